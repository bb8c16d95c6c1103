import Chat
import ChatUI
import SPAEngine
import Tokenizer

extension ChatEngine {
    /// Candidates of each path that are shown.
    private static let candidates = 10

    /// Does what the instrument asks for, beside the conversation.
    func perform(_ effect: InstrumentEffect) {
        switch effect {
        case .inspect(let question): inspect(question)
        case .walk(let road): walk(road)
        case .compare(let question): compare(question)
        case .setDeadline(let milliseconds): update { $0.deadline = milliseconds }
        case .stop: stopAside()
        }
    }

    /// What is needed for a text beside the conversation; one that runs is ended. nil before the model has loaded.
    private func beginAside() -> (LoadedEngine, Generator, GenerationControl, GenerationOptions)? {
        state.withLock { state in
            guard let engine = state.engine, let generator = state.generator else { return nil }
            state.aside?.cancel()
            let control = GenerationControl(state.generation)
            // What might have been said does not depend on a network.
            control.update { ($0.network, $0.deadline) = (nil, nil) }
            state.aside = control
            var options = settings.options
            options.sampling.seed = state.seed
            return (engine, generator, control, options)
        }
    }

    private func inspect(_ question: TokenQuestion) {
        let (engine, generator) = state.withLock { ($0.engine, $0.generator) }
        guard let engine, let generator else { return }
        Task { [self] in
            do throws(EngineError) {
                let plan = try engine.plan(of: question)
                let found = try await generator.inspect(
                    question.id, after: engine.text(before: question, plan), count: Self.candidates,
                    price: question.price, speaker: plan.speaker, subject: plan.subject)
                events.push(.instrument(.inspected(question, Chat.TokenInspection(found, engine.tokenizer))))
            } catch {
                events.push(.instrument(.inspectionFailed(question, "\(error)")))
            }
        }
    }

    /// The other path's token, and what follows it as the gate decides. Without a gate the other path goes on alone.
    private func walk(_ road: RoadQuestion) {
        guard let (engine, generator, control, options) = beginAside() else { return }
        control.update { settings in
            settings.mode = generator.plugin?.gate != nil ? .gated : road.path == .base ? .base : .side
        }
        Task { [self] in
            func end(_ failure: String? = nil) { events.push(.instrument(.roadEnded(road, failure))) }
            let found: Chat.TokenInspection
            let plan: AnswerPlan
            let text: [Int32]
            do throws(EngineError) {
                plan = try engine.plan(of: road.token)
                text = engine.text(before: road.token, plan)
                found = Chat.TokenInspection(
                    try await generator.inspect(
                        road.token.id, after: text, count: 1, price: road.token.price, speaker: plan.speaker,
                        subject: plan.subject),
                    engine.tokenizer)
            } catch {
                return end("\(error)")
            }
            guard let first = (road.path == .base ? found.base : found.side).first else {
                return end("There is no plugin to ask.")
            }
            guard !engine.tokenizer.endOfGeneration.contains(first.id) else { return end("it would have ended here") }
            let path: Chat.TokenPath = road.path
            events.push(
                .instrument(
                    .roadToken(road, TokenRecord(index: 0, id: first.id, bytes: first.bytes, path: path))))
            var options = options
            (options.maximumTokens, options.beams, options.stopsRepetition) = (road.count - 1, nil, false)
            options.replyTokensInPrompt = road.token.before.count + 1
            for await output in generator.generate(
                promptIDs: text + [first.id], options: options, control: control, aside: true, speaker: plan.speaker,
                subject: plan.subject)
            {
                switch output {
                case .token(let event): events.push(.instrument(.roadToken(road, TokenRecord(event))))
                case .failed(let error): return end("\(error)")
                case .promptRead, .retracted, .finished: break
                }
            }
            end()
        }
    }

    /// Base alone, side always, gated, from the same prompt and seed, each in a fork and without a network.
    private func compare(_ question: ComparisonQuestion) {
        guard let (engine, generator, control, options) = beginAside() else { return }
        let messages = question.messages.map { Message($0) }
        Task { [self] in
            let plan: AnswerPlan
            do throws(EngineError) {
                plan = try engine.planner.plan(messages)
            } catch {
                for column in ComparisonColumn.allCases {
                    events.push(.instrument(.comparisonEnded(question, column, .failed, Self.advice(error))))
                }
                return
            }
            for column in ComparisonColumn.allCases {
                control.update { settings in
                    settings.mode = column == .base ? .base : column == .side ? .side : .gated
                }
                let read = column == .base ? AnswerPlan(messages: messages) : plan
                for await output in engine.reply(
                    by: generator, plan: read, options: options, control: control, aside: true)
                {
                    switch output {
                    case .promptRead: break
                    case .token(let event):
                        events.push(.instrument(.compared(question, column, TokenRecord(event))))
                    case .retracted(let count): events.push(.instrument(.comparisonRetracted(question, column, count)))
                    case .finished(let summary):
                        let reason = Chat.StopReason(summary.stop)
                        events.push(.instrument(.comparisonEnded(question, column, reason, nil)))
                    case .failed(let error):
                        events.push(.instrument(.comparisonEnded(question, column, .failed, Self.advice(error))))
                    }
                }
            }
        }
    }
}

extension LoadedEngine {
    /// The plan of the answer that a token is of: the same as when it was made, as it depends on what was said alone.
    func plan(of question: TokenQuestion) throws(EngineError) -> AnswerPlan {
        try planner.plan(question.messages.map { Message($0) })
    }

    /// The ids that a token was chosen after.
    func text(before question: TokenQuestion, _ plan: AnswerPlan) -> [Int32] { prompt(plan.messages) + question.before }
}

extension Chat.TokenInspection {
    /// The engine's answer, as the chat keeps it.
    init(_ found: SPAEngine.TokenInspection, _ tokenizer: Tokenizer) {
        func list(_ candidates: [Candidate]) -> [TokenCandidate] {
            candidates.map {
                TokenCandidate(id: $0.id, bytes: tokenizer.bytes(of: $0.id), probability: $0.probability)
            }
        }
        self.init(
            base: list(found.base), side: list(found.side), baseLoss: found.baseLoss, sideLoss: found.sideLoss)
    }
}
