import ArgumentParser
import ChatUI
import FoundationEssentials
import Screen
import Terminal

/// `spa replay FILE`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays a recorded session in the window, without a model.",
        discussion: "'spa chat --record FILE', or /record FILE in the chat, records one.")

    @Argument(help: "The trace.")
    var file: String
    @Option(help: ArgumentHelp("How fast: 2 is twice as fast (default: 1).", valueName: "factor"))
    var speed = 1.0
    @Option(help: ArgumentHelp("Colours, as for 'spa chat'.", valueName: "name"))
    var theme: String?

    func validate() throws {
        guard speed.isFinite, (0.01...1000).contains(speed) else {
            throw ValidationError("The speed is a number from 0.01 to 1000, such as 2.")
        }
    }

    func run() throws {
        let path = Files.expanded(file)
        let bytes = Array(try Files.bytes(path))
        let trace: Trace
        do throws(TraceError) {
            trace = try Trace(reading: bytes)
        } catch {
            throw CommandFailure.cannotRead(path: path, reason: "\(error)")
        }
        let settings = try Settings(Settings.sources())
        Paths.makeFolder(settings.paths.state)
        let terminal = try NcursesTerminal(log: settings.paths.log)
        defer { terminal.close() }
        let events = EventQueue(waker: terminal.waker)
        let themes = ThemeFile.load(directories: settings.paths.themes)
        var warnings = themes.warnings
        if trace.unreadable > 0 {
            warnings.insert(
                "\(trace.unreadable) \(trace.unreadable == 1 ? "line" : "lines") of the trace could not be read.", at: 0
            )
        }
        let noColor = !(ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        var chat = ChatSettings(
            size: terminal.size, themes: themes.themes, themeName: theme ?? settings.theme, noColor: noColor,
            warnings: warnings)
        chat.keys = settings.keys.map { ($0.key, $0.value) }
        chat.isReplay = true
        let player = ReplayPlayer(trace, speed: speed, events: events)
        var window = ChatWindow(
            terminal: terminal, engine: ChatEngine(settings: settings, events: events), events: events,
            history: InputHistoryFile(path: "\(settings.paths.state)/history.jsonl"), store: nil, settings: chat)
        player.start()
        window.run()
        terminal.close()
    }
}
