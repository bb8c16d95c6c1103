import Screen

/// What a terminal reports.
public enum TerminalInput: Sendable, Hashable {
    /// A key.
    case key(Key)
    /// The screen has a new size; the next frame is drawn whole.
    case resize(Size)
    /// The terminal is gone, or a signal asks for the end; nothing more will come.
    case hangUp
}

/// A screen that shows frames and reports keys. Used by one thread; `wake()` of the implementations alone is for others.
public protocol TerminalScreen: AnyObject {
    /// The present size.
    var size: Size { get }
    /// Ends a `nextInput` that waits, from any thread.
    var waker: TerminalWaker { get }
    /// Shows a frame; only what changed since the last one is sent. Parts beyond the screen are cut.
    func present(_ frame: Frame)
    /// Changes the look of everything; the next frame is drawn whole.
    func setTheme(_ theme: Theme)
    /// Repaints everything with the next frame: for a screen that another program wrote over.
    func redraw()
    /// Waits for input, at most so long (negative: for ever). Returns all that is there; empty after a time-out or a `wake()`.
    func nextInput(timeoutMilliseconds: Int) -> [TerminalInput]
    /// Puts text into the clipboard of the terminal that the person sits at (OSC 52), also over ssh.
    func copy(_ text: String)
    /// Hands the terminal to another program while `body` runs, and takes it back; the next frame is drawn whole.
    func lend(_ body: () -> Void)
    /// Stops the process like Ctrl-Z in a shell, with the terminal handed back; returns when it is continued.
    func suspend()
    /// Hands the terminal back. Further calls do nothing.
    func close()
}

/// Ends a waiting `nextInput`; may be called from any thread, also after the screen was closed.
public struct TerminalWaker: Sendable {
    private let action: @Sendable () -> Void

    /// Makes a waker of an action.
    public init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    /// Wakes. Calls before the next `nextInput` count: it returns at once. Several calls may count as one.
    public func wake() { action() }
}
