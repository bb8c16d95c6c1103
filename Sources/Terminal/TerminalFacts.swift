import CTerminal
import Glibc
import Screen

/// What is known of the terminal that this process runs in, without opening it.
public struct TerminalFacts: Sendable, Equatable {
    /// Whether standard input and output are a terminal.
    public let isTerminal: Bool
    /// `$TERM`; empty where there is none.
    public let type: String
    /// Its size; nil where there is no terminal.
    public let size: Size?
    /// Colours of the terminal database; nil where it does not know the type.
    public let colours: Int?
    /// Whether text is UTF-8 in this locale, or in the one that is taken in its place.
    public let isUTF8: Bool
    /// Programs between this one and the terminal that change what it can do: tmux, screen, ssh.
    public let between: [String]

    /// Asks the system, the terminal database and the environment.
    public static func read() -> TerminalFacts {
        func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        var window = winsize()
        let hasSize = ioctl(1, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        let type = variable("TERM")
        let colours = type.isEmpty ? -1 : Int(spa_terminal_colours(type))
        var between: [String] = []
        if !variable("TMUX").isEmpty { between.append("tmux") }
        if !variable("STY").isEmpty { between.append("screen") }
        if !variable("SSH_CONNECTION").isEmpty { between.append("ssh") }
        return TerminalFacts(
            isTerminal: isatty(0) == 1 && isatty(1) == 1, type: type,
            size: hasSize ? Size(columns: Int(window.ws_col), rows: Int(window.ws_row)) : nil,
            colours: colours >= 0 ? colours : nil, isUTF8: spa_use_utf8_locale(), between: between)
    }
}
