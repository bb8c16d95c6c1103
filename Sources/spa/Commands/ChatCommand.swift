import ArgumentParser
import ChatUI
import FoundationEssentials
import Screen
import Store
import Terminal

/// `spa`, `spa chat`
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Opens the chat in this terminal (the default).",
        discussion: "F1 shows the keys. Esc stops a reply, Ctrl-C twice quits.")

    @Option(
        help: ArgumentHelp(
            "Colours: dark, light, sixteen, colour-blind, monochrome, or a theme of your own.", valueName: "name"))
    var theme: String?
    @Flag(help: "Go on with the conversation that was written last.")
    var resume = false
    @Option(
        help: ArgumentHelp(
            "Go on with this conversation: the first digits of its number in 'spa conversations list'.",
            valueName: "number"))
    var conversation: String?
    @Option(help: ArgumentHelp("Record the session into a new file, for 'spa replay'.", valueName: "file"))
    var record: String?
    @Flag(help: "Keep nothing of this chat.")
    var `private` = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if resume, conversation != nil { throw ValidationError("Give --resume or --conversation, not both.") }
        if `private`, resume || conversation != nil {
            throw ValidationError("A private chat is not kept; open a kept one without --private.")
        }
    }

    func run() throws {
        let settings = try shared.settings()
        guard Paths.exists(settings.model) else { throw CommandFailure.noModel(path: settings.model) }
        if let plugin = settings.plugin, !Paths.exists(plugin) {
            throw CommandFailure.cannotRead(path: plugin, reason: "no such file")
        }
        Paths.makeFolder(settings.paths.state)
        let terminal = try NcursesTerminal(log: settings.paths.log)
        defer { terminal.close() }
        let events = EventQueue(waker: terminal.waker)
        let engine = ChatEngine(settings: settings, events: events)
        engine.load()
        let themes = ThemeFile.load(directories: settings.paths.themes)
        let history = InputHistoryFile(path: "\(settings.paths.state)/history.jsonl")
        let store = openStore(settings.paths, events)
        if resume || conversation != nil { store?.submit(.resume(conversation)) }
        let noColor = !(ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        var chat = ChatSettings(
            size: terminal.size, themes: themes.themes, themeName: theme ?? settings.theme, noColor: noColor,
            mode: PluginMode(settings.mode), price: settings.price.map(Double.init),
            threshold: Double(settings.threshold), network: settings.network.text, system: settings.system,
            history: history.read(), warnings: themes.warnings)
        chat.deadline = settings.deadline
        chat.keeping = KeepingSettings(
            isOn: store != nil, nameSeed: UInt64.random(in: 0...UInt64.max),
            startTime: ConversationDatabase.clock(), samplerSeed: settings.sampling.seed,
            isGreedy: settings.sampling.isGreedy)
        chat.prompts = PromptFiles.read(settings.paths.prompts)
        chat.keys = settings.keys.map { ($0.key, $0.value) }
        var window = ChatWindow(
            terminal: terminal, engine: engine, events: events, history: history, store: store, settings: chat)
        if let record { window.record(to: Files.expanded(record)) }
        window.run()
        terminal.close()
        engine.shutDown()
        store?.close()
    }

    /// The store of conversations; nil for a private chat.
    private func openStore(_ paths: Paths, _ events: EventQueue) -> ConversationStore? {
        if `private` { return nil }
        Paths.makeFolder(paths.data)
        return ConversationStore(path: paths.conversations) { events.push(.store($0)) }
    }
}
