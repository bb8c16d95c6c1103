/// What can go wrong in a command, each with what, where and what to do.
enum CommandFailure: Error, Equatable, CustomStringConvertible {
    /// There is no model file at this place.
    case noModel(path: String)
    /// A file cannot be read.
    case cannotRead(path: String, reason: String)
    /// A file is no trace that can be played.
    case notPlayable(path: String, reason: String)
    /// Rows to learn have one that cannot be learned.
    case badRow(String)
    /// A file cannot be written.
    case cannotWrite(path: String, reason: String)
    /// A setting makes no sense; the source is a variable, or a key of the configuration file.
    case badSetting(source: String, value: String, problem: String)
    /// The configuration file is no TOML, or has something that is no setting.
    case badConfiguration(path: String, problem: String)
    /// An option is for the chat's window, and there is none.
    case needsWindow(String)
    /// A plugin is needed and there is none.
    case noPlugin
    /// The text has too few tokens to foretell one from another.
    case nothingToPredict(path: String)
    /// A generation ended by an error.
    case engine(String)

    /// A sentence that says what happened and what to do.
    var description: String {
        switch self {
        case .noModel(let path):
            "\(path): there is no model here; run demo/run --setup to fetch one, or give a GGUF file with --model"
        case .cannotRead(let path, let reason):
            "\(path): cannot be read (\(reason)); check the name and its permissions"
        case .notPlayable(let path, let reason): "\(path): \(reason)"
        case .badRow(let problem): "\(problem); correct or remove the line, then /teach again"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written (\(reason)); choose another place"
        case .badSetting(let source, let value, let problem):
            "\(source): '\(value)' \(problem); change or remove it"
        case .badConfiguration(let path, let problem):
            "\(path): \(problem); correct or remove the line"
        case .needsWindow(let option):
            "\(option) needs the chat's window; leave it out, or start spa in a terminal without --plain"
        case .noPlugin:
            "there is no plugin to speak for the side; give one with --plugin FILE"
        case .nothingToPredict(let path):
            "\(path): the text has fewer than two tokens; give a longer one"
        case .engine(let reason): reason
        }
    }
}
