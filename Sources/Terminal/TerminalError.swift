/// Why a terminal could not be opened.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Standard input or output is a file or a pipe.
    case notATerminal
    /// The terminal database has no such type.
    case unknownTerminal(String)
    /// The terminal cannot move its cursor.
    case tooSimple(String)
    /// Another screen is open in this process.
    case busy
    /// The log cannot be opened.
    case log(String)
    /// The system refused a descriptor.
    case system

    /// A sentence a person can act on.
    public var description: String {
        switch self {
        case .notATerminal:
            "the chat needs a terminal for input and output; for pipes and files use `spa run`"
        case .unknownTerminal(let name):
            "the terminal type \"\(name)\" is unknown here; set TERM to a known one, for example TERM=xterm-256color"
        case .tooSimple(let name):
            "a terminal of type \"\(name)\" cannot place its cursor; use another terminal or `spa run`"
        case .busy: "a screen is open already in this process; close it first"
        case .log(let path): "the log \(path) cannot be opened for writing; check the folder and its permissions"
        case .system: "the terminal cannot be opened: the system has no descriptor left"
        }
    }
}
