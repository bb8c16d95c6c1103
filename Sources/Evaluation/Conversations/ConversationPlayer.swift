import SPAEngine
import Tokenizer

/// Plays scripted conversations as the chat does: each answer follows the answers that the program itself gave before. A
/// simulated network is not waited for.
public struct ConversationPlayer: Sendable {
    private let base: BaseModel
    private let tokenizer: Tokenizer
    private let template: ChatTemplate
    private let plugins: [Plugin]
    private let planner: AnswerPlanner
    private let options: Evaluator.Options

    /// A player; of the options it takes those of single answers.
    public init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, plugins: [Plugin],
        options: Evaluator.Options
    ) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.plugins = plugins
        planner = AnswerPlanner(
            reader: QuestionReader(base: base, tokenizer: tokenizer, template: template), plugins: plugins)
        self.options = options
    }

    /// Plays, and scores.
    /// - Parameters:
    ///   - facts: what was taught on a conversation's subject; nil where nobody knows.
    ///   - control: cancelling it ends the evaluation; the report then has the conversations played to their end.
    ///   - progress: called with the conversations done.
    public func play(
        _ scripts: [ConversationScript], facts: (ConversationScript) -> TaughtFacts?, control: GenerationControl? = nil,
        progress: (Int) -> Void = { _ in }
    ) async throws -> ConversationReport {
        let generator = try Generator(
            base: base, tokenizer: tokenizer, contextLength: options.contextLength, clock: SkippingClock())
        try generator.setPlugins(plugins)
        var report = ConversationReport()
        for (index, script) in scripts.enumerated() {
            guard let turns = try await play(script, facts(script), generator, control) else { break }
            report.conversations.append(ConversationReport.Conversation(script: script, turns: turns))
            progress(index + 1)
        }
        return report
    }

    /// nil where cancelled.
    private func play(
        _ script: ConversationScript, _ facts: TaughtFacts?, _ generator: Generator, _ control: GenerationControl?
    ) async throws -> [ConversationReport.Turn]? {
        var said: [Message] = []
        if let system = options.system { said.append(Message(role: .system, content: system)) }
        var turns: [ConversationReport.Turn] = []
        for (index, turn) in script.turns.enumerated() {
            let question = Message(role: .user, content: turn.user)
            let reply: (answer: SpokenText, summary: GenerationSummary)?
            do {
                reply = try await self.reply(said + [question], generator, control)
            } catch EngineError.contextFull(let needed, let capacity) {
                throw EvaluationError.conversationTooLong(
                    path: script.path, line: script.line, turn: index + 1, needed: needed, capacity: capacity)
            }
            guard let reply else { return nil }
            turns.append(
                ConversationReport.Turn(
                    turn, answer: reply.answer, tokens: reply.summary.ledger.tokens,
                    sideTokens: reply.summary.ledger.sideTokens, stop: reply.summary.stop, facts: facts))
            // As in the chat: what got no answer is not shown to the model again.
            if !reply.answer.text.isEmpty {
                said += [question, Message(role: .assistant, content: reply.answer.text)]
            }
        }
        return turns
    }

    /// nil where cancelled.
    private func reply(
        _ messages: [Message], _ generator: Generator, _ control: GenerationControl?
    ) async throws -> (answer: SpokenText, summary: GenerationSummary)? {
        if control?.isCancelled == true { return nil }
        let plan = try planner.plan(messages)
        let own = GenerationControl(options.settings)
        var events: [TokenEvent] = []
        let stream = generator.generate(
            promptIDs: template.encode(plan.messages, with: tokenizer), options: options.generation, control: own,
            aside: !plan.isWhole, speaker: plan.speaker, subject: plan.subject)
        for await output in stream {
            switch output {
            case .promptRead: break
            case .token(let event): events.append(event)
            case .retracted(let count): events.removeLast(min(count, events.count))
            case .finished(let summary): return summary.stop == .cancelled ? nil : (spoken(events), summary)
            case .failed(let error): throw error
            }
            if control?.isCancelled == true { own.cancel() }
        }
        return nil
    }

    private func spoken(_ events: [TokenEvent]) -> SpokenText {
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        var answer = SpokenText()
        for event in events { answer.add(decoder.push(bytes: event.bytes), event.path) }
        answer.add(decoder.finish(), events.last?.path ?? .base)
        return answer
    }
}
