import ArgumentParser
import ChatUI
import Dispatch
import FoundationEssentials
import Glibc
import Manual
import SPAEngine
import Screen
import Store
import Terminal

/// `spa`, `spa chat`
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Opens the chat in this terminal (the default).",
        discussion: """
            F1 shows the keys. Esc stops a reply, Ctrl-C twice quits.

            Where input or output is no terminal, and with --plain, there is no window: each line of standard input is a \
            message or a command, answers are plain text with the side's words as [side: …].
            """)

    @Option(
        help: ArgumentHelp(Setting.theme.help, valueName: "name"),
        completion: .themes)
    var theme: String?
    @Flag(help: "Go on with the conversation that was written last.")
    var resume = false
    @Option(
        help: ArgumentHelp(
            "Go on with this conversation: the first digits of its number in 'spa conversations list'.",
            valueName: "number"))
    var conversation: String?
    @Option(
        help: ArgumentHelp("Record the session into a new file, for 'spa replay'.", valueName: "file"),
        completion: .file())
    var record: String?
    @Flag(help: "Keep nothing of this chat.")
    var `private` = false
    @Flag(help: "No window: lines in, plain text out, for screen readers and pipes.")
    var plain = false
    @Flag(help: .init(Setting.mouse.help))
    var mouse = false
    @OptionGroup var shared: SharedOptions
    /// As the chat is what opens without a command, a command that is misspelled comes here.
    @Argument(help: .hidden) var others: [String] = []

    func validate() throws {
        if let other = others.first {
            // What follows an option that is misspelled comes here as well.
            let words = CommandLine.arguments
            if let place = words.firstIndex(of: other), words[place - 1].hasPrefix("--") {
                throw ValidationError("There is no option '\(words[place - 1])'; 'spa help chat' lists them.")
            }
            throw ValidationError("There is no command '\(other)'; 'spa --help' lists them.")
        }
        if resume, conversation != nil { throw ValidationError("Give --resume or --conversation, not both.") }
        if `private`, resume || conversation != nil {
            throw ValidationError("A private chat is not kept; open a kept one without --private.")
        }
    }

    func run() throws {
        let paths = Paths(environment: try Settings.sources().environment)
        Paths.makeFolder(paths.state)
        let choices = ChoicesFile(paths, isWritten: !`private`)
        let settings = try shared.settings(
            .varied, Settings.Defaults(usesTaught: true, chosen: choices.choices))
        guard Paths.exists(settings.model) else { throw CommandFailure.noModel(path: settings.model) }
        for plugin in [settings.plugin, settings.taught].compactMap(\.self) where !Paths.exists(plugin) {
            throw CommandFailure.cannotRead(path: plugin, reason: "no such file")
        }
        if let conversation {
            // A number that is none is told before anything is asked or kept.
            Paths.makeFolder(settings.paths.data)
            let database = try ConversationDatabase(path: settings.paths.conversations)
            defer { database.close() }
            if let note = database.note { Standard.error("spa: \(note)") }
            _ = try database.find(conversation)
        }
        if plain || isatty(STDIN_FILENO) == 0 || !Standard.outputIsTerminal { return try runPlain(settings, choices) }
        let terminal = try NcursesTerminal(log: settings.paths.log, usesMouse: mouse || settings.mouse)
        defer { terminal.close() }
        let events = EventQueue(waker: terminal.waker)
        let engine = ChatEngine(settings: settings, events: events, choices: choices)
        engine.load()
        let store = openStore(settings.paths, events, takesDraft: true)
        var window = ChatWindow(
            terminal: terminal, engine: engine, events: events, history: history(settings), store: store,
            settings: chatSettings(settings, terminal.size, terminal.background, store, choices))
        if let record { window.record(to: Files.expanded(record)) }
        window.run()
        // Before the terminal: until then a signal that ends the program leaves time to write. Where the terminal has gone, that
        // of its shell comes later.
        let problem = store?.close()
        terminal.close()
        tell(problem)
        engine.shutDown()
        NcursesTerminal.endAsAsked()
    }

    private func runPlain(_ settings: Settings, _ choices: ChoicesFile) throws {
        if record != nil { throw CommandFailure.needsWindow("--record") }
        // No panel says it here.
        if let mode = settings.mode.words, choices.choices.mode == settings.mode.rawValue {
            Standard.error("\(mode), as you chose last; /plugin gated lets the gate choose.")
        }
        let signal = DispatchSemaphore(value: 0)
        let events = EventQueue(waker: TerminalWaker { signal.signal() })
        let engine = ChatEngine(settings: settings, events: events, choices: choices)
        engine.load()
        // A draft is for who can go on writing it.
        let store = openStore(settings.paths, events, takesDraft: false)
        var plain = chatSettings(settings, Size(columns: 80, rows: 24), nil, store, choices)
        plain.hasWindow = false
        var chat = PlainChat(
            engine: engine, events: events, signal: signal, store: store, settings: plain)
        let isLoaded = chat.run()
        engine.shutDown()
        tell(store?.close())
        chat.outputFailure?.endProgram()
        if !isLoaded { throw ExitCode.failure }
    }

    private func tell(_ problem: StoreError?) {
        if let problem { Standard.error("spa: the end of this chat is not kept: \(problem).") }
    }

    private func history(_ settings: Settings) -> InputHistoryFile {
        InputHistoryFile(path: "\(settings.paths.state)/history.jsonl")
    }

    private func chatSettings(
        _ settings: Settings, _ size: Size, _ background: TerminalBackground?, _ store: ConversationStore?,
        _ choices: ChoicesFile
    ) -> ChatSettings {
        let themes = ThemeFile.load(directories: settings.paths.themes)
        if let chosen = choices.choices.theme, !themes.themes.contains(where: { $0.name == chosen }) {
            // The chat says that it is not there, once.
            choices.update { $0.theme = nil }
        }
        var chat = ChatSettings(
            size: size, themes: themes.themes, themeName: settings.themeName(asked: theme, on: background),
            noColor: Settings.noColor,
            mode: PluginMode(settings.mode), price: settings.price.map(Double.init),
            threshold: Double(settings.threshold), network: settings.network.text, system: settings.system,
            history: history(settings).read(), warnings: themes.warnings)
        chat.deadline = settings.deadline
        chat.insisted = shared.insisted
        chat.keeping = KeepingSettings(
            isOn: store != nil, nameSeed: UInt64.random(in: 0...UInt64.max),
            startTime: ConversationDatabase.clock(), samplerSeed: settings.sampling.seed,
            isGreedy: settings.sampling.isGreedy)
        chat.prompts = PromptFiles.read(settings.paths.prompts)
        chat.keys = settings.keys.map { ($0.key, $0.value) }
        return chat
    }

    /// The store of conversations; nil for a private chat.
    private func openStore(_ paths: Paths, _ events: EventQueue, takesDraft: Bool) -> ConversationStore? {
        if `private` { return nil }
        Paths.makeFolder(paths.data)
        let store = ConversationStore(path: paths.conversations, takesDraft: takesDraft) { events.push(.store($0)) }
        if resume || conversation != nil { store.submit(.resume(conversation)) }
        return store
    }
}

extension GenerationMode {
    /// What it means for the words of an answer; nil where the gate chooses.
    fileprivate var words: String? {
        switch self {
        case .gated: nil
        case .base: "The base writes every word"
        case .side: "The side writes every word"
        }
    }
}
