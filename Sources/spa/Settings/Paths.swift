import Glibc

/// Where the program keeps its files, by the XDG Base Directory Specification.
struct Paths: Sendable, Equatable {
    /// Settings and a person's own themes.
    let configuration: String
    /// Models, plugins, installed themes.
    let data: String
    /// Logs.
    let state: String
    /// What can be made again.
    let cache: String

    /// The folders that these variables say; a value that is no absolute path is ignored.
    init(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
        func folder(_ variable: String, _ fallback: String) -> String {
            let value = environment[variable] ?? ""
            return (value.hasPrefix("/") ? value : "\(home)/\(fallback)") + "/spa"
        }
        configuration = folder("XDG_CONFIG_HOME", ".config")
        data = folder("XDG_DATA_HOME", ".local/share")
        state = folder("XDG_STATE_HOME", ".local/state")
        cache = folder("XDG_CACHE_HOME", ".cache")
    }

    /// The model that set-up installs.
    var model: String { "\(data)/models/SmolLM2-135M-Instruct.Q4_1.gguf" }
    /// The plugin that set-up installs.
    var plugin: String { "\(data)/plugins/spa.gguf" }
    /// Plugins that the program itself installs and trains.
    var plugins: String { "\(data)/plugins" }
    /// The plugin that `/teach` makes, and the rows that it learned.
    var taughtPlugin: String { "\(plugins)/personal.gguf" }
    var taughtRows: String { "\(data)/taught.jsonl" }
    /// The settings.
    var configurationFile: String { "\(configuration)/config.toml" }
    /// A person's own instructions, a file each.
    var prompts: String { "\(configuration)/prompts" }
    /// A person's own themes first, then the installed ones.
    var themes: [String] { ["\(configuration)/themes", "\(data)/themes"] }
    /// The conversations.
    var conversations: String { "\(data)/conversations.sqlite" }
    /// What was chosen in the chat.
    var choices: String { "\(state)/choices.json" }
    /// The log.
    var log: String { "\(state)/spa.log" }

    /// Where files for a moment go.
    static var temporary: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    /// Whether a file is there.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a folder and those above it; an existing one is fine. Private, as what is kept there may be.
    static func makeFolder(_ path: String, mode: mode_t = 0o700) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += part + "/"
            mkdir(made, mode)
        }
    }
}
