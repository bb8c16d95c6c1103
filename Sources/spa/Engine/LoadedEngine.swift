import Compute
import GGUF
import SPAEngine
import Tokenizer

/// Everything that answers: base, tokenizer, template and plugin.
struct LoadedEngine: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    /// The plugins, of which one may speak in each answer; the one that was chosen is the first.
    let plugins: [Plugin]
    /// Decides which, once an answer.
    let planner: AnswerPlanner
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
        var plugins: [Plugin] = []
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
        if let plugin { plugins.append(plugin) }
        return LoadedEngine(
            base: base, tokenizer: tokenizer, template: settings.raw ? .raw : ChatTemplate.detect(file),
            plugins: plugins, notes: notes, contextLength: wanted)
    }

    private init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, plugins: [Plugin], notes: [String],
        contextLength: Int
    ) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.plugins = plugins
        self.notes = notes
        self.contextLength = contextLength
        planner = AnswerPlanner(
            reader: QuestionReader(base: base, tokenizer: tokenizer, template: template), plugins: plugins)
    }

    /// The plugin that was chosen.
    var plugin: Plugin? { plugins.first }

    /// The same with other plugins, or none.
    func with(plugins: [Plugin]) -> LoadedEngine {
        LoadedEngine(
            base: base, tokenizer: tokenizer, template: template, plugins: plugins, notes: [],
            contextLength: contextLength)
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
