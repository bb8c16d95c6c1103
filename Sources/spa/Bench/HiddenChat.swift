import Chat
import ChatUI
import Dispatch
import FoundationEssentials
import Glibc
import SPAEngine
import Screen
import Store
import Synchronization
import Terminal

/// Accounts of replies, from the engine's threads to one that waits for them.
private final class Summaries: Sendable {
    private let waiting = Mutex<[GenerationSummary]>([])
    private let count = DispatchSemaphore(value: 0)

    func add(_ summary: GenerationSummary) {
        waiting.withLock { $0.append(summary) }
        count.signal()
    }

    func next() throws(CommandFailure) -> GenerationSummary {
        guard count.wait(timeout: .now() + .seconds(120)) == .success,
            let summary = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() })
        else { throw .engine("an answer failed or took more than two minutes; 'spa chat' shows more") }
        return summary
    }
}

/// The chat's engine with nobody looking.
struct QuietChat {
    private let engine: ChatEngine
    private let events = EventQueue(waker: TerminalWaker {})
    private let summaries = Summaries()

    init(_ loaded: LoadedEngine, _ settings: Settings) throws {
        engine = ChatEngine(settings: settings, events: events) { [summaries] in summaries.add($0) }
        try engine.replace(loaded)
    }

    func answer(_ question: String) throws(CommandFailure) -> GenerationSummary {
        engine.send([PromptMessage(.user, question)])
        let summary = try summaries.next()
        _ = events.drain()
        return summary
    }
}

/// The whole chat, typed into on a terminal that nobody sees. What it keeps goes with it.
final class HiddenChat: Sendable {
    private let folder: String
    private let summaries = Summaries()
    private let window = DispatchQueue(label: "spa.window", qos: .userInteractive)
    private let keyboard = Mutex<Int32?>(nil)
    private let isOpen = DispatchSemaphore(value: 0)

    init(_ loaded: LoadedEngine, _ settings: Settings, _ size: Size) throws(CommandFailure) {
        var template = Array("\(Paths.temporary)/spa-bench-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard made != nil else { throw .cannotWrite(path: folder, reason: String(cString: strerror(errno))) }
        window.async { [self] in
            do {
                try run(loaded, settings, size)
            } catch {
                Standard.error("\(error)")
                isOpen.signal()
            }
        }
        isOpen.wait()
        guard keyboard.withLock({ $0 }) != nil else { throw .engine("the window did not open") }
    }

    /// From first to last on one thread, which owns the terminal.
    private func run(_ loaded: LoadedEngine, _ settings: Settings, _ size: Size) throws {
        let hidden = try HiddenTerminal(size)
        defer { hidden.close() }
        let events = EventQueue(waker: hidden.terminal.waker)
        let engine = ChatEngine(settings: settings, events: events) { [summaries] in summaries.add($0) }
        try engine.replace(loaded)
        events.push(.engineReady(EngineInfo(loaded, threads: settings.threads)))
        let store = ConversationStore(path: "\(folder)/conversations.sqlite") { events.push(.store($0)) }
        defer { store.close() }
        var chat = ChatSettings(
            size: size, mode: PluginMode(settings.mode), price: settings.price.map(Double.init),
            threshold: Double(settings.threshold), network: settings.network.text)
        chat.keeping = KeepingSettings(isOn: true, nameSeed: 1, startTime: ConversationDatabase.clock())
        var window = ChatWindow(
            terminal: hidden.terminal, engine: engine, events: events,
            history: InputHistoryFile(path: "\(folder)/history.jsonl"), store: store, settings: chat)
        keyboard.withLock { $0 = hidden.keyboard }
        isOpen.signal()
        window.run()
        engine.shutDown()
    }

    /// Types a question into a new conversation and waits for the end of its answer.
    func answer(_ question: String) throws(CommandFailure) -> GenerationSummary {
        // Alt-8 begins a conversation; the question is pasted.
        type("\u{1B}8\u{1B}[200~\(question)\u{1B}[201~\r")
        let summary = try summaries.next()
        // The window hears of the end a frame later, and begins no other conversation before.
        usleep(200_000)
        return summary
    }

    /// Ctrl-D leaves the chat.
    func close() {
        type("\u{04}")
        window.sync {}
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func type(_ text: String) {
        guard let descriptor = keyboard.withLock({ $0 }) else { return }
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
