import Compute
import GGUF
import SPAEngine
import Tokenizer

/// A plugin and its file.
struct LoadedPlugin: Sendable {
    let path: String
    let plugin: Plugin

    /// Reads a plugin for a base.
    init(path: String, for base: BaseModel) throws {
        self.path = path
        plugin = try Plugin.load(path: path, for: base)
    }
}

/// Everything that answers: base, tokenizer, template and plugin.
struct LoadedEngine: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    /// The plugins, of which one may speak in each answer: the one that was chosen, and beside it the one that was taught.
    let loaded: [LoadedPlugin]
    /// Decides which, once an answer.
    let planner: AnswerPlanner
    private let reader: QuestionReader
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
        var loaded: [LoadedPlugin] = []
        if let path = settings.plugin, usesPlugin {
            do {
                loaded.append(try LoadedPlugin(path: path, for: base))
            } catch EngineError.wrongBase where !settings.pluginWasGiven {
                let name = path == settings.paths.plugin ? "the installed plugin" : path
                notes.append("\(name) does not fit \(base.name); the base speaks alone")
            }
        }
        if let path = settings.taught, path != settings.plugin, usesPlugin {
            do {
                loaded.append(try LoadedPlugin(path: path, for: base))
            } catch  where !settings.taughtWasGiven {
                notes.append("what was taught is left out (\(error))")
            }
        }
        if settings.deadline != nil, let plugin = loaded.first?.plugin, !plugin.method.usesSideNetwork {
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
                "model": "\(settings.model)",
                "plugin": "\(loaded.isEmpty ? "none" : loaded.map(\.path).joined(separator: ", "))",
                "threads": "\(settings.threads)", "context": "\(wanted)",
            ])
        return LoadedEngine(
            base: base, tokenizer: tokenizer, template: settings.raw ? .raw : ChatTemplate.detect(file),
            loaded: loaded, notes: notes, contextLength: wanted, reader: nil)
    }

    private init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, loaded: [LoadedPlugin], notes: [String],
        contextLength: Int, reader: QuestionReader?
    ) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.loaded = loaded
        self.notes = notes
        self.contextLength = contextLength
        let reader = reader ?? QuestionReader(base: base, tokenizer: tokenizer, template: template)
        self.reader = reader
        planner = AnswerPlanner(reader: reader, plugins: loaded.map(\.plugin))
    }

    /// The plugins, in the order in which they are asked.
    var plugins: [Plugin] { loaded.map(\.plugin) }
    /// The plugin that was chosen.
    var plugin: Plugin? { loaded.first?.plugin }

    /// The same with other plugins, or none.
    func with(_ loaded: [LoadedPlugin]) -> LoadedEngine {
        LoadedEngine(
            base: base, tokenizer: tokenizer, template: template, loaded: loaded, notes: [],
            contextLength: contextLength, reader: reader)
    }

    /// Its plugins with another one, or none, in the place of the one that was taught.
    /// - Parameter old: the file that was taught before.
    func plugins(taught new: LoadedPlugin?, insteadOf old: String?) -> [LoadedPlugin] {
        loaded.filter { $0.path != old && $0.path != new?.path } + (new.map { [$0] } ?? [])
    }

    /// What makes replies.
    func generator() throws -> Generator {
        let generator = try Generator(base: base, tokenizer: tokenizer, contextLength: contextLength)
        try generator.setPlugins(plugins)
        return generator
    }

    /// The ids after which the assistant speaks.
    func prompt(_ messages: [Message]) -> [Int32] { template.encode(messages, with: tokenizer) }

    /// Answers a conversation, as its plan says.
    func reply(
        by generator: Generator, plan: AnswerPlan, options: GenerationOptions, control: GenerationControl,
        aside: Bool = false
    ) -> AsyncStream<GenerationOutput> {
        generator.generate(
            promptIDs: prompt(plan.messages), options: options, control: control, aside: aside || !plan.isWhole,
            speaker: plan.speaker, subject: plan.subject)
    }
}
