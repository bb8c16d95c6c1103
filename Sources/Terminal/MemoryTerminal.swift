import Screen

/// A terminal for tests: keeps what was presented and plays inputs from a script.
public final class MemoryTerminal: TerminalScreen {
    /// The present size; `enqueue(.resize)` changes it when it is read.
    public private(set) var size: Size
    /// The frames presented, oldest first.
    public private(set) var frames: [Frame] = []
    /// The theme set last.
    public private(set) var theme: Theme
    /// How often `redraw()` was asked for.
    public private(set) var redraws = 0
    /// How often `suspend()` was asked for.
    public private(set) var suspensions = 0
    /// What `copy` was given last.
    public private(set) var clipboard: String?
    /// Whether the terminal was closed.
    public private(set) var isClosed = false
    private var inputs: [[TerminalInput]] = []

    /// An empty terminal.
    public init(size: Size, theme: Theme = Theme(name: "plain")) {
        self.size = size
        self.theme = theme
    }

    /// The frame presented last; a blank one before the first.
    public var frame: Frame { frames.last ?? Frame(size: size) }

    /// Nothing waits here, so there is nothing to wake.
    public var waker: TerminalWaker { TerminalWaker {} }

    /// Adds inputs that one `nextInput` returns together.
    public func enqueue(_ batch: [TerminalInput]) { inputs.append(batch) }

    /// Adds keys, one `nextInput` each.
    public func enqueue(keys: [Key]) { for key in keys { inputs.append([.key(key)]) } }

    /// Keeps the frame.
    public func present(_ frame: Frame) { if !isClosed { frames.append(frame) } }

    /// Keeps the theme.
    public func setTheme(_ theme: Theme) { self.theme = theme }

    /// Counts.
    public func redraw() { redraws += 1 }

    /// Never waits: returns the next batch, or nothing.
    public func nextInput(timeoutMilliseconds: Int) -> [TerminalInput] {
        guard !inputs.isEmpty else { return [] }
        let batch = inputs.removeFirst()
        for case .resize(let size) in batch { self.size = size }
        return batch
    }

    /// Counts.
    public func suspend() { suspensions += 1 }

    /// Keeps the text.
    public func copy(_ text: String) { clipboard = text }

    /// Runs `body` and counts a redraw.
    public func lend(_ body: () -> Void) {
        body()
        redraws += 1
    }

    /// Later frames are not kept.
    public func close() { isClosed = true }
}
