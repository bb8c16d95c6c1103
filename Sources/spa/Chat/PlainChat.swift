import ChatUI
import Dispatch
import Glibc
import Store
import Synchronization
import Terminal

/// The chat without a window: a line in, an answer out. Answers go to standard output, everything else to standard error;
/// no cursor moves. The end of input ends it, Ctrl-C stops an answer.
struct PlainChat {
    private let engine: ChatEngine
    private let events: EventQueue
    private let signal: DispatchSemaphore
    private let store: ConversationStore?
    private var state: State
    private var transcript = PlainTranscript()
    private let isReplying = Flag()
    private let interrupt: any DispatchSourceSignal
    private let start = ContinuousClock.now
    private var isOver = false
    /// Why there is nowhere to write answers to any more; the chat then ends, and what was answered is kept.
    private(set) var outputFailure: Standard.OutputFailure?
    private let isTyped = isatty(STDIN_FILENO) == 1
    private let painter = TokenPainter(isTerminal: Standard.outputIsTerminal, environment: ["TERM": "dumb"])

    /// - Parameter signal: what the events' waker signals.
    init(
        engine: ChatEngine, events: EventQueue, signal: DispatchSemaphore, store: ConversationStore?,
        settings: ChatSettings
    ) {
        self.engine = engine
        self.events = events
        self.signal = signal
        self.store = store
        state = State(settings: settings)
        interrupt = Self.onInterrupt(events, isReplying)
    }

    /// Runs until the input ends; false where the model did not load.
    mutating func run() -> Bool {
        Standard.error("Loading the model.")
        while case .loading = state.engine { wait() }
        tell()
        guard case .ready = state.engine else { return false }
        if isTyped { Standard.error("Ready. Type a message and press Enter; /help lists the commands.") }
        while !isOver {
            if isTyped { Standard.errorText("> ") }
            guard let line = readLine() else { break }
            drain()
            apply(.submitted(line))
            answer()
        }
        if isTyped { Standard.error("") }
        return true
    }

    /// Waits for the answer that was asked for, and tells it as it comes.
    private mutating func answer() {
        tell()
        guard state.isReplying else { return }
        if isTyped { Standard.error("Answer:") }
        isReplying.isOn.store(true, ordering: .relaxed)
        transcript.begin(state)
        while state.isReplying {
            wait()
            let text = painter.paint(transcript.answer(state), .base)
            guard outputFailure == nil, let failure = Standard.failure(writing: text) else { continue }
            (outputFailure, isOver) = (failure, true)
            apply(.stop)
        }
        isReplying.isOn.store(false, ordering: .relaxed)
        for line in PlainTranscript.figures(state) { Standard.error(line) }
        tell()
    }

    private mutating func wait() {
        signal.wait()
        drain()
    }

    private mutating func drain() {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        apply(.tick(milliseconds: Double(seconds) * 1000 + Double(attoseconds) / 1e15))
        for event in events.drain() { apply(event) }
    }

    private mutating func tell() {
        for line in transcript.remarks(&state) { Standard.error(line) }
    }

    private mutating func apply(_ event: Event) {
        for effect in update(&state, event) where !engine.takes(effect) {
            switch effect {
            case .store(let request): store?.submit(request)
            case .save(let path, let text): apply(Files.saving(text, to: path))
            case .quit: isOver = true
            default: break
            }
        }
    }

    private final class Flag: Sendable {
        let isOn = Atomic(false)
    }

    /// Ctrl-C stops the answer where one is written, and ends the program elsewhere, as it does without us.
    private static func onInterrupt(_ events: EventQueue, _ isReplying: Flag) -> any DispatchSourceSignal {
        Glibc.signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            if isReplying.isOn.load(ordering: .relaxed) {
                events.push(.stop)
            } else {
                Glibc.signal(SIGINT, SIG_DFL)
                // Not `raise`: the threads of dispatch queues hear no signals.
                kill(getpid(), SIGINT)
            }
        }
        source.resume()
        return source
    }
}
