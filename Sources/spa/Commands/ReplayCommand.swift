import ArgumentParser
import ChatUI
import Evaluation
import FoundationEssentials
import Screen
import Terminal

/// `spa replay FILE`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays a recorded session in the window, without a model.",
        discussion: """
            'spa chat --record FILE', or /record FILE in the chat, records one. Space pauses, + and - change the speed, the \
            left and right arrows go from question to question.
            """)

    @Argument(help: "The trace.", completion: .file())
    var file: String
    @Option(help: ArgumentHelp("How fast: 2 is twice as fast.", valueName: "factor"))
    var speed = 1.0
    @Option(
        help: ArgumentHelp(
            "Draw the window at the end into an SVG file, an existing one anew, and open no window.", valueName: "file")
    )
    var picture: String?
    @Option(help: ArgumentHelp("The picture's window.", valueName: "columns x rows"))
    var size = "116x34"
    @Option(help: ArgumentHelp("The picture's moment (default: the end).", valueName: "seconds"))
    var until: Double?
    @Option(help: ArgumentHelp("Keys pressed before the picture, such as 'Alt-i Right'.", valueName: "keys"))
    var keys = ""
    @Option(help: ArgumentHelp("Colours, as for 'spa chat'.", valueName: "name"), completion: .themes)
    var theme: String?

    func validate() throws {
        guard speed.isFinite, (0.01...1000).contains(speed) else {
            throw ValidationError("The speed is a number from 0.01 to 1000, such as 2.")
        }
        if let until, !(until >= 0) { throw ValidationError("A moment is a number of seconds, such as 12.5.") }
    }

    func run() throws {
        let path = Files.expanded(file)
        let bytes = Array(try Files.bytes(path))
        let trace: Trace
        do throws(TraceError) {
            trace = try Trace(reading: bytes)
        } catch {
            throw CommandFailure.notPlayable(path: path, reason: "\(error)")
        }
        let settings = try Settings(Settings.sources())
        if let picture { return try draw(trace, settings, into: Files.expanded(picture)) }
        Paths.makeFolder(settings.paths.state)
        let terminal = try NcursesTerminal(log: settings.paths.log)
        defer { terminal.close() }
        let events = EventQueue(waker: terminal.waker)
        let themes = ThemeFile.load(directories: settings.paths.themes)
        var warnings = themes.warnings
        if trace.unreadable > 0 {
            warnings.insert("\(Figures.count(trace.unreadable, "line")) of the trace could not be read.", at: 0)
        }
        var chat = ChatSettings(
            size: terminal.size, themes: themes.themes,
            themeName: settings.themeName(asked: theme, on: terminal.background), noColor: Settings.noColor,
            warnings: warnings)
        chat.keys = settings.keys.map { ($0.key, $0.value) }
        chat.isReplay = true
        chat.replaySpeed = speed
        let player = ReplayPlayer(trace, speed: speed, events: events)
        var window = ChatWindow(
            terminal: terminal, engine: ChatEngine(settings: settings, events: events), events: events,
            history: InputHistoryFile(path: "\(settings.paths.state)/history.jsonl"), store: nil, player: player,
            settings: chat)
        player.start()
        window.run()
        terminal.close()
        NcursesTerminal.endAsAsked()
    }

    /// Draws the window as it is at a moment of the trace.
    private func draw(_ trace: Trace, _ settings: Settings, into path: String) throws {
        let sides = size.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, (1...1000).contains(sides[0]), (1...1000).contains(sides[1]) else {
            throw ValidationError("The size is columns x rows, such as 116x34, not '\(size)'.")
        }
        let pressed = try keys.split(separator: " ").map { name in
            guard let key = Key(name: String(name)) else {
                throw ValidationError("'\(name)' is no key, such as F2, Ctrl-T or Alt-x.")
            }
            return key
        }
        let themes = ThemeFile.load(directories: settings.paths.themes).themes
        if let theme, !themes.contains(where: { $0.name == theme }) {
            throw ValidationError("There is no theme '\(theme)': \(themes.map(\.name).joined(separator: ", ")).")
        }
        if trace.unreadable > 0 {
            Standard.error("spa: left out: \(Figures.count(trace.unreadable, "line")) of the trace")
        }
        var chat = ChatSettings(
            size: Size(columns: sides[0], rows: sides[1]), themes: themes, themeName: theme ?? settings.theme)
        chat.isReplay = true
        var state = State(settings: chat)
        for line in trace.lines.prefix(while: { $0.at <= (until ?? .infinity) * 1000 }) {
            _ = update(&state, .tick(milliseconds: line.at))
            _ = update(&state, .replayed(line))
        }
        for key in pressed { _ = update(&state, .key(key)) }
        try Files.write(state.frame().svg(theme: state.theme, title: "spa"), to: path)
    }
}
