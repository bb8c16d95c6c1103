import Chat
import ChatUI
import Dispatch
import SPAEngine
import Synchronization
import Tokenizer

/// The engine of a chat: loads in the background, answers, and takes changes while it answers. All methods return at
/// once and may be called from the window's thread; what happens comes as events.
final class ChatEngine: Sendable {
    struct State {
        var engine: LoadedEngine?
        /// The file of what was taught, which runs beside whatever plugin is chosen; nil for none.
        var taught: String?
        var generator: Generator?
        /// The running reply's.
        var control: GenerationControl?
        /// Of what runs beside the conversation.
        var aside: GenerationControl?
        /// For the next reply.
        var generation: GenerationSettings
        var seed: UInt64
    }
    let settings: Settings
    let events: EventQueue
    /// Where what is chosen is kept; nil where nobody chooses.
    let choices: ChoicesFile?
    let state: Mutex<State>
    private let replies = DispatchGroup()
    private let replyEnded: @Sendable (GenerationSummary) -> Void

    /// An engine that is yet to load.
    /// - Parameter replyEnded: is told of each reply, after its last event.
    init(
        settings: Settings, events: EventQueue, choices: ChoicesFile? = nil,
        replyEnded: @escaping @Sendable (GenerationSummary) -> Void = { _ in }
    ) {
        self.choices = choices
        self.settings = settings
        self.events = events
        self.replyEnded = replyEnded
        state = Mutex(
            State(taught: settings.taught, generation: settings.generation, seed: settings.sampling.seed))
    }

    /// Begins to load.
    func load() {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            do {
                let engine = try LoadedEngine.load(settings)
                let generator = try engine.generator()
                state.withLock {
                    $0.engine = engine
                    $0.generator = generator
                }
                // First, so that a chat without a window tells it before it reads a line.
                let notes = (choices?.notes ?? []) + engine.notes
                if !notes.isEmpty { events.push(.notice("Note: \(notes.joined(separator: "; ")).")) }
                events.push(.engineReady(EngineInfo(engine, threads: settings.threads)))
            } catch {
                Log.shared.error("loading: \(error)")
                events.push(.engineFailed("\(error)"))
            }
        }
    }

    /// What answers now, and the file of what was taught.
    var current: (engine: LoadedEngine?, taught: String?) { state.withLock { ($0.engine, $0.taught) } }

    /// Another engine answers from the next reply on. With the same base, what has been read stays read.
    func replace(_ engine: LoadedEngine) throws {
        let before = state.withLock { ($0.engine?.base, $0.generator) }
        let generator: Generator
        if let kept = before.1, before.0 === engine.base {
            try kept.setPlugins(engine.plugins)
            generator = kept
        } else {
            generator = try engine.generator()
        }
        state.withLock {
            $0.engine = engine
            $0.generator = generator
        }
    }

    /// Answers a conversation.
    func send(_ messages: [PromptMessage]) {
        let asked = ContinuousClock.now
        var options = settings.options
        let (engine, generator, control) = state.withLock { state in
            options.sampling.seed = state.seed
            let control = GenerationControl(state.generation)
            state.control = control
            state.aside?.cancel()
            return (state.engine, state.generator, control)
        }
        guard let engine, let generator else {
            events.push(.failed("the model has not loaded yet; send again in a moment"))
            return
        }
        replies.enter()
        Task { [self] in
            defer { replies.leave() }
            let messages = messages.map { Message($0) }
            events.push(.replyStarted(promptTokens: engine.prompt(messages).count))
            let plan: AnswerPlan
            do throws(EngineError) {
                plan = try engine.planner.plan(messages)
            } catch {
                return events.push(.failed(Self.advice(error)))
            }
            var isFirst = true
            for await output in engine.reply(by: generator, plan: plan, options: options, control: control) {
                switch output {
                case .promptRead(_, _, _, let cost): tell(cost)
                case .token(let event):
                    if isFirst {
                        let (seconds, attoseconds) = (ContinuousClock.now - asked).components
                        events.push(
                            .firstToken(milliseconds: Double(seconds) * 1000 + Double(attoseconds) / 1e15))
                        isFirst = false
                    }
                    events.push(.token(TokenRecord(event)))
                case .retracted(let count): events.push(.retracted(count))
                case .finished(let summary):
                    note(summary)
                    // Of a prompt whose reading was stopped.
                    if isFirst { tell(summary.promptExchanges) }
                    events.push(.replyEnded(Chat.StopReason(summary.stop)))
                    replyEnded(summary)
                case .failed(let error):
                    Log.shared.error("reply: \(error)")
                    events.push(.failed(Self.advice(error)))
                }
            }
        }
    }

    /// Ends the running reply within the token being made.
    func stop() { state.withLock { $0.control }?.cancel() }

    /// Ends what runs beside the conversation.
    func stopAside() { state.withLock { $0.aside }?.cancel() }

    /// Changes settings from the next token on.
    func update(_ change: (inout GenerationSettings) -> Void) {
        let control = state.withLock { state in
            change(&state.generation)
            return state.control
        }
        control?.update(change)
    }

    /// Samples the next replies from this seed.
    func setSeed(_ seed: UInt64) { state.withLock { $0.seed = seed } }

    /// Changes the network from the next exchange on.
    func setNetwork(_ text: String) {
        do throws(EngineError) {
            let profile = try NetworkProfile.parse(text)
            update { $0.network = profile }
        } catch {
            events.push(.warning("\(error)"))
        }
    }

    /// Stops, and waits a moment for the reply's end, so that the process can leave in order.
    func shutDown() {
        stop()
        stopAside()
        _ = replies.wait(timeout: .now() + .seconds(2))
    }

    /// What reading a prompt took of exchanges, where it took any.
    private func tell(_ cost: ExchangeCost) {
        if cost.transmissions > 0 { events.push(.promptRead(PromptExchanges(cost))) }
    }

    private func note(_ summary: GenerationSummary) {
        let ledger = summary.ledger
        Log.shared.info(
            "reply",
            metadata: [
                "tokens": "\(ledger.tokens)", "side": "\(ledger.sideTokens)", "stop": "\(summary.stop.rawValue)",
                "prompt": "\(summary.promptTokens)", "read": "\(summary.computedPromptTokens)",
                "first_token_ms": "\(Figures.text(summary.firstTokenMilliseconds ?? .nan))",
                "tokens_per_second": "\(Figures.text(summary.tokensPerSecond))",
            ])
    }

    static func advice(_ error: EngineError) -> String {
        guard case .contextFull(let needed, let capacity) = error else { return "\(error)" }
        return
            "the question and what is sent before it have \(needed) tokens and the context holds \(capacity): shorten it, begin a new conversation, or make the context larger with --context"
    }
}
