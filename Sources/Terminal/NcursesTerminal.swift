import CTerminal
import FoundationEssentials
import Glibc
import Screen

/// A real terminal through ncurses.
///
/// One at a time in a process, used by one thread. Output goes through ncurses, input through `InputDecoder`, so that a
/// lone Esc, pastes and the end of input are ours. While it is open, standard error goes to the log, and every way out
/// (`close`, `exit`, signals, traps) restores the terminal.
public final class NcursesTerminal: TerminalScreen {
    private let input: Int32
    private let output: Int32
    private let log: String?
    private let stopProcess: () -> Void
    private let painter: CellPainter
    private var decoder = InputDecoder()
    private var lastByte = ContinuousClock.now
    private var isOpen = true
    private var hasHungUp = false
    /// What the screen shows; nil where that is not known.
    private var shown: Frame?
    /// Keys that were pressed while the terminal was asked.
    private var early: [TerminalInput] = []
    /// The terminal's background; nil where it does not say.
    public private(set) var background: TerminalBackground?
    /// The present size; at least 1 x 1.
    public private(set) var size: Size

    /// Opens a terminal.
    ///
    /// - Parameters:
    ///   - input: the descriptor of its keyboard.
    ///   - output: the descriptor of its screen.
    ///   - type: its name in the terminal database; nil takes `$TERM`.
    ///   - log: where standard error goes while the screen is open; nil leaves it.
    ///   - theme: the first look.
    ///   - asks: asks the terminal for its background and for what it can do; it has a moment to answer.
    ///   - usesMouse: the wheel and clicks come as keys, and the terminal's own selection needs Shift.
    public convenience init(
        input: Int32 = 0, output: Int32 = 1, type: String? = nil, log: String? = nil,
        theme: Theme = Theme(name: "plain"), asks: Bool = true, usesMouse: Bool = false
    ) throws(TerminalError) {
        try self.init(
            input: input, output: output, type: type, log: log, theme: theme, stopProcess: { spa_stop_process() })
        let name = type ?? getenv("TERM").map { String(cString: $0) } ?? ""
        if asks, TerminalAnswers.mayAsk(name) { ask() }
        background = background ?? TerminalAnswers.background(colours: getenv("COLORFGBG").map { String(cString: $0) })
        if usesMouse { spa_screen_use_mouse(true) }
    }

    package init(
        input: Int32, output: Int32, type: String?, log: String?, theme: Theme, stopProcess: @escaping () -> Void
    ) throws(TerminalError) {
        self.input = input
        self.output = output
        self.log = log
        self.stopProcess = stopProcess
        _ = spa_use_utf8_locale()
        let name = type ?? getenv("TERM").map { String(cString: $0) } ?? ""
        switch Int(spa_screen_open(input, output, name)) {
        case SPA_OPEN_OK: break
        case SPA_OPEN_NOT_A_TERMINAL: throw .notATerminal
        case SPA_OPEN_UNKNOWN_TERMINAL: throw .unknownTerminal(name)
        case SPA_OPEN_TOO_SIMPLE: throw .tooSimple(name)
        case SPA_OPEN_BUSY: throw .busy
        default: throw .system
        }
        size = Self.presentSize()
        painter = CellPainter()
        if let log, !spa_error_redirect(log) {
            spa_screen_close()
            throw .log(log)
        }
        painter.setTheme(theme)
    }

    deinit { close() }

    /// Asks the terminal and waits a moment for its answers; keys that come meanwhile are kept.
    package func ask(patience: Int = TerminalAnswers.patience) {
        spa_screen_ask(TerminalAnswers.questions)
        let end = ContinuousClock.now.advanced(by: .milliseconds(patience))
        var bytes: [UInt8] = []
        var answers = TerminalAnswers(bytes)
        while !answers.isComplete, bytes.count < 4096 {
            let ready = Int(spa_wait(input, Self.milliseconds(from: ContinuousClock.now, to: end)))
            if ready & SPA_READY_INPUT != 0 {
                var buffer = [UInt8](repeating: 0, count: 1024)
                let count = Glibc.read(input, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer.prefix(count)
                answers = TerminalAnswers(bytes)
            } else if ready & SPA_READY_HANGUP != 0 || ContinuousClock.now >= end {
                break
            }
        }
        background = answers.background
        spa_screen_draw_together(answers.drawsTogether)
        lastByte = ContinuousClock.now
        early = decoder.feed(answers.rest).map(TerminalInput.key)
    }

    /// Ends a waiting `nextInput` from any thread.
    public var waker: TerminalWaker { TerminalWaker { spa_wake() } }

    /// Shows a frame; cells equal to those shown are not touched.
    public func present(_ frame: Frame) {
        guard isOpen, shown != frame else { return }
        if shown == nil { spa_screen_erase() }
        painter.paint(frame, over: shown, on: size)
        let cursor = frame.cursor
        spa_screen_show(Int32(clamping: cursor?.row ?? -1), Int32(clamping: cursor?.column ?? -1))
        shown = frame
    }

    /// Changes the look; the next frame is drawn whole.
    public func setTheme(_ theme: Theme) {
        painter.setTheme(theme)
        shown = nil
    }

    /// The next frame is sent whole.
    public func redraw() {
        shown = nil
        spa_screen_invalidate()
    }

    /// Waits for input; never polls while nothing happens.
    ///
    /// After the terminal is gone every call returns `.hangUp`, from the second on after a pause, so that a caller that
    /// goes on asking does not spin.
    public func nextInput(timeoutMilliseconds: Int) -> [TerminalInput] {
        if hasHungUp || !isOpen {
            _ = spa_wait(-1, 100)
            _ = spa_wake_clear()
            return [.hangUp]
        }
        let deadline =
            timeoutMilliseconds < 0 ? nil : ContinuousClock.now.advanced(by: .milliseconds(timeoutMilliseconds))
        var inputs = early
        early = []
        while true {
            takeSignals(into: &inputs)
            guard inputs.isEmpty else { return inputs }
            let now = ContinuousClock.now
            let flushTime = decoder.pendingMilliseconds.map { lastByte.advanced(by: .milliseconds($0)) }
            let until = [deadline, flushTime].compactMap(\.self).min()
            let ready = Int(spa_wait(input, until.map { Self.milliseconds(from: now, to: $0) } ?? -1))
            if ready & SPA_READY_INPUT != 0 { read(into: &inputs) }
            if ready & SPA_READY_HANGUP != 0 { hangUp(into: &inputs) }
            if let flushTime, ready & SPA_READY_INPUT == 0, ContinuousClock.now >= flushTime {
                inputs += decoder.flush().map(TerminalInput.key)
            }
            if ready & SPA_READY_WAKE != 0 {
                _ = spa_wake_clear()
                takeSignals(into: &inputs)
                return inputs
            }
            if !inputs.isEmpty {
                takeSignals(into: &inputs)
                return inputs
            }
            if let deadline, ContinuousClock.now >= deadline { return inputs }
        }
    }

    /// Stops the process with the terminal handed back; returns when it is continued.
    public func suspend() {
        guard isOpen else { return }
        spa_error_restore()
        spa_screen_pause()
        stopProcess()
        _ = spa_take_signals()
        resume()
    }

    /// Writes OSC 52; a terminal that does not know it passes over it.
    public func copy(_ text: String) {
        guard isOpen else { return }
        let sequence = "\u{1B}]52;c;" + Data(text.utf8).base64EncodedString() + "\u{07}"
        var rest = Array(sequence.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                return
            }
        }
    }

    /// Pauses the screen while `body` runs.
    public func lend(_ body: () -> Void) {
        guard isOpen else { return body() }
        spa_error_restore()
        spa_screen_pause()
        body()
        resume()
    }

    /// Hands the terminal back and puts standard error and the signal handlers back.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        spa_screen_close()
        spa_error_restore()
    }

    /// Ends the process by the signal that asked for its end, once everything is written down; returns where none did.
    public static func endAsAsked() { spa_end_as_asked() }

    private func resume() {
        spa_screen_resume()
        if let log { _ = spa_error_redirect(log) }
        shown = nil
    }

    private func takeSignals(into inputs: inout [TerminalInput]) {
        if spa_asked_to_end() != 0 { return hangUp(into: &inputs) }
        let signals = Int(spa_take_signals())
        if signals & SPA_SIGNAL_STOP != 0 {
            suspend()
        } else if signals & SPA_SIGNAL_CONTINUE != 0 {
            // Stopped by SIGSTOP: the shell has had the terminal meanwhile.
            resume()
        }
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard spa_screen_system_size(&columns, &rows), Size(columns: Int(columns), rows: Int(rows)) != size else {
            // The frame that was shown has to come back although nobody pressed a key.
            if shown == nil, signals & (SPA_SIGNAL_STOP | SPA_SIGNAL_CONTINUE) != 0 { inputs.append(.resize(size)) }
            return
        }
        spa_screen_resize(columns, rows)
        size = Self.presentSize()
        shown = nil
        inputs.append(.resize(size))
    }

    private func read(into inputs: inout [TerminalInput]) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(input, &buffer, buffer.count)
        if count > 0 {
            lastByte = ContinuousClock.now
            inputs += decoder.feed(buffer.prefix(count)).map(TerminalInput.key)
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            hangUp(into: &inputs)
        }
    }

    private func hangUp(into inputs: inout [TerminalInput]) {
        guard !hasHungUp else { return }
        hasHungUp = true
        inputs += decoder.flush().map(TerminalInput.key)
        inputs.append(.hangUp)
    }

    private static func presentSize() -> Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        spa_screen_size(&columns, &rows)
        return Size(columns: max(1, Int(columns)), rows: max(1, Int(rows)))
    }

    /// Milliseconds, rounded up, so that a wait does not end too early.
    private static func milliseconds(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = start.duration(to: end).components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds))
    }
}
