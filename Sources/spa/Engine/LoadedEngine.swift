import Compute
import GGUF
import SPAEngine
import Tokenizer

/// Everything that answers: base, tokenizer, template and plugin.
struct LoadedEngine: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let plugin: Plugin?
    /// What a person should know of the loading; nothing that keeps them from an answer.
    let notes: [String]
    /// Tokens that prompt and answer have together.
    let contextLength: Int

    /// Where no other length is asked for: enough for a long conversation, and 90 MB with the standard model.
    private static let standardContext = 4096

    /// Loads what the settings say.
    /// - Parameters:
    ///   - needsPlugin: false leaves an installed plugin alone that nobody asked for.
    static func load(
        _ settings: Settings, precision: BaseModel.Precision = .fast, usesPlugin: Bool = true
    ) throws -> LoadedEngine {
        guard Paths.exists(settings.model) else { throw CommandFailure.noModel(path: settings.model) }
        let file = try GGUFFile(path: settings.model)
        let tokenizer = try Tokenizer(file: file)
        file.discard()
        StartPages.release()
        let base = try BaseModel(file: file, precision: precision, team: ThreadTeam(threads: settings.threads))
        var notes: [String] = []
        var plugin: Plugin?
        if let path = settings.plugin, usesPlugin {
            do {
                plugin = try Plugin.load(path: path, for: base)
            } catch EngineError.wrongBase where !settings.pluginWasGiven {
                notes.append("the installed plugin does not fit \(base.name); the base speaks alone")
            }
        }
        if settings.deadline != nil, let plugin, !plugin.method.usesSideNetwork {
            notes.append("--deadline has no effect: every token of this plugin waits for its exchanges")
        }
        let most = base.configuration.contextLength
        let wanted = settings.context ?? min(most, standardContext)
        if wanted > most {
            notes.append("\(base.name) was trained on \(most) tokens; beyond them answers get worse")
        }
        Log.shared.info(
            "loaded",
            metadata: [
                "model": "\(settings.model)", "plugin": "\(plugin == nil ? "none" : settings.plugin ?? "none")",
                "threads": "\(settings.threads)", "context": "\(wanted)",
            ])
        return LoadedEngine(
            base: base, tokenizer: tokenizer, template: settings.raw ? .raw : ChatTemplate.detect(file),
            plugin: plugin, notes: notes, contextLength: wanted)
    }

    /// The same with another plugin, or none.
    func with(plugin: Plugin?) -> LoadedEngine {
        LoadedEngine(
            base: base, tokenizer: tokenizer, template: template, plugin: plugin, notes: [],
            contextLength: contextLength)
    }

    /// What makes replies.
    func generator() throws -> Generator {
        try Generator(base: base, tokenizer: tokenizer, plugin: plugin, contextLength: contextLength)
    }

    /// The ids after which the assistant speaks.
    func prompt(_ messages: [Message]) -> [Int32] { template.encode(messages, with: tokenizer) }
}
