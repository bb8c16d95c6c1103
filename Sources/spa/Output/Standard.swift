import Glibc

/// Standard output and standard error.
enum Standard {
    /// Whether standard output is a terminal.
    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether standard error is a terminal.
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// Why standard output takes no more.
    enum OutputFailure {
        /// Whoever read it has gone, which is their right.
        case readerGone
        case failed(reason: String)

        /// Ends the program: quietly where the reader has gone.
        func endProgram() -> Never {
            switch self {
            case .readerGone: exit(0)
            case .failed(let reason):
                Standard.error("spa: \(CommandFailure.cannotWrite(path: "standard output", reason: reason))")
                exit(1)
            }
        }
    }

    /// Writes at once, or ends the program.
    static func output(_ text: String) { failure(writing: text)?.endProgram() }

    /// Writes at once; nil where that went well.
    static func failure(writing text: String) -> OutputFailure? {
        if Files.write(Array(text.utf8), to: STDOUT_FILENO) { return nil }
        return errno == EPIPE ? .readerGone : .failed(reason: Files.systemReason())
    }

    /// Writes a line at once; on a terminal nothing in it can act as a control sequence.
    static func line(_ text: String) { output((outputIsTerminal ? harmless(text) : text) + "\n") }

    /// Writes a line to standard error; on a terminal nothing in it can act as a control sequence.
    static func error(_ text: String) { errorText((errorIsTerminal ? harmless(text) : text) + "\n") }

    /// Writes text to standard error as it is.
    static func errorText(_ text: String) { _ = Files.write(Array(text.utf8), to: STDERR_FILENO) }

    /// Text without control characters but for tabs and line ends: what comes out of files or of a model is no terminal's
    /// command.
    static func harmless(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            result.append(isControl ? "\u{fffd}" : scalar)
        }
        return String(result)
    }

    /// Whether something is piped or redirected into standard input; not so for a terminal or `/dev/null`.
    static var hasPipedInput: Bool {
        var facts = stat()
        return fstat(STDIN_FILENO, &facts) == 0 && [S_IFIFO, S_IFREG, S_IFSOCK].contains(facts.st_mode & S_IFMT)
    }

    /// All of standard input where something is piped into it; nil otherwise.
    static func pipedInput() throws(CommandFailure) -> String? {
        guard hasPipedInput else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer.prefix(count)
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw .cannotRead(path: "standard input", reason: Files.systemReason())
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .cannotRead(path: "standard input", reason: "it is not UTF-8 text")
        }
        return text
    }
}

/// One line on standard error that moves on a terminal; elsewhere nothing but the last one is shown.
struct ProgressLine {
    private var shown = false

    /// Replaces the line.
    mutating func show(_ text: String) {
        guard Standard.errorIsTerminal else { return }
        // A line that wraps is not removed by what begins the next one.
        var window = winsize()
        let columns =
            ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 ? Int(window.ws_col) : 80
        Standard.errorText("\r\u{1b}[K" + (text.count < columns ? text : text.prefix(max(columns - 2, 0)) + "…"))
        shown = true
    }

    /// Removes the line.
    mutating func clear() {
        if shown { Standard.errorText("\r\u{1b}[K") }
        shown = false
    }
}
