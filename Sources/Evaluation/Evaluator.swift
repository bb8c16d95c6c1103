import SPAEngine
import Tokenizer
import Training

/// Measures a plugin, or the base alone, on rows: losses by teacher forcing, answers by generation. A simulated network is
/// not waited for.
public struct Evaluator: Sendable {
    /// What is measured.
    public struct Options: Sendable, Equatable {
        /// How answers are generated.
        public var generation = GenerationOptions(maximumTokens: 128)
        /// Who speaks, threshold, price, network.
        public var settings = GenerationSettings()
        /// Whether answers are generated.
        public var answers = true
        /// Whether the base answers as well, to compare.
        public var comparesWithBase = false
        /// Instructions before each question.
        public var system: String?
        /// Tokens that prompt and answer have together.
        public var contextLength = 2048
        /// How many answers are generated at once, without beams and network. They are the same answers, made in less time; each
        /// one's own time is not seen.
        public var together = 1

        /// The defaults: greedy answers of at most 128 tokens, gated.
        public init() {}
    }

    private let base: BaseModel
    private let tokenizer: Tokenizer
    private let template: ChatTemplate
    private let plugins: [Plugin]
    private let planner: AnswerPlanner
    private let options: Options

    /// An evaluator.
    public init(base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, plugins: [Plugin], options: Options) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.plugins = plugins
        planner = AnswerPlanner(
            reader: QuestionReader(base: base, tokenizer: tokenizer, template: template), plugins: plugins)
        self.options = options
    }

    /// Measures.
    /// - Parameters:
    ///   - control: cancelling it ends the evaluation; the report then is of the rows done.
    ///   - progress: called with the rows done.
    public func evaluate(
        _ rows: [EvaluationRow], control: GenerationControl? = nil, progress: (Int) -> Void = { _ in }
    ) async throws -> EvaluationReport {
        let generator = try Generator(
            base: base, tokenizer: tokenizer, contextLength: options.contextLength, clock: SkippingClock())
        try generator.setPlugins(plugins)
        var scorers: [PathScorer] = []
        for plugin in plugins.isEmpty ? [nil] : plugins.map(Optional.some) {
            scorers.append(
                try PathScorer(
                    base: base, plugin: plugin, price: options.settings.price, window: options.contextLength))
        }
        let encoder = RowEncoder(tokenizer: tokenizer, template: template, longest: options.contextLength)
        var report = EvaluationReport(
            examples: 0, loss: nil, answers: [], ledger: Ledger(), network: options.settings.network)
        var scores: [TokenScore] = []
        var made: [Int: AnswerReport] = [:]
        for (index, row) in rows.enumerated() {
            if control?.isCancelled == true { break }
            if let scored = row.scored {
                let (planned, plan) = try planned(scored, row.question)
                if let encoded = encoder.encode(planned).row {
                    scores += try scorers[plan?.speaker ?? 0].score(
                        encoded.tokens, after: encoded.positions, subject: plan?.subject)
                }
            }
            if options.answers, let question = row.question {
                if answersTogether, made[index] == nil {
                    let end = min(rows.count, index + 8 * options.together)
                    guard let answers = try answers(rows, index..<end, control) else { break }
                    made = answers
                }
                var answer = made[index]
                if answer == nil {
                    do {
                        answer = try await self.answer(question, row.reference, generator, control)
                    } catch EngineError.contextFull(let needed, let capacity) {
                        throw EvaluationError.rowTooLong(
                            row: index + 1, question: question.last?.content ?? "", needed: needed, capacity: capacity)
                    }
                }
                guard let answer else { break }
                report.ledger.add(answer.ledger)
                report.promptExchanges += answer.promptExchanges
                report.answers.append(answer)
            }
            report.examples += 1
            progress(report.examples)
        }
        if !scores.isEmpty {
            // Without a link the base speaks alone.
            let mode = options.settings.network?.isOffline == true ? .base : options.settings.mode
            report.loss = LossReport(scores, mode: mode, threshold: options.settings.threshold)
        }
        return report
    }

    private func answer(
        _ question: [Message], _ reference: String?, _ generator: Generator, _ control: GenerationControl?
    ) async throws -> AnswerReport? {
        let plan = try plan(question)
        var baseAnswer: String?
        if options.comparesWithBase {
            let whole = AnswerPlan(messages: instructed(question))
            guard let reply = try await reply(whole, .base, generator, control) else { return nil }
            baseAnswer = reply.text
        }
        guard let reply = try await reply(plan, options.settings.mode, generator, control) else { return nil }
        return AnswerReport(
            question: question.last?.content ?? "", reference: reference, answer: reply.text, baseAnswer: baseAnswer,
            ledger: reply.summary.ledger, promptExchanges: reply.summary.promptExchanges, stop: reply.summary.stop,
            loops: Loops.has(reply.tokens, stop: reply.summary.stop), asTaught: plan.asTaught)
    }

    private func plan(_ question: [Message]) throws(EngineError) -> AnswerPlan {
        try planner.plan(instructed(question))
    }

    private func prompt(_ messages: [Message]) -> [Int32] { template.encode(messages, with: tokenizer) }

    /// A row as the program reads it: its answer after the turns that the plan leaves.
    private func planned(
        _ row: TrainingRow, _ question: [Message]?
    ) throws(EngineError) -> (row: TrainingRow, plan: AnswerPlan?) {
        guard case .conversation(let messages) = row.content, let question, messages.count == question.count + 1,
            let answer = messages.last
        else { return (instructed(row), nil) }
        let plan = try plan(question)
        guard !plan.isWhole else { return (instructed(row), plan) }
        return (TrainingRow(content: .conversation(plan.messages + [answer]), source: row.source), plan)
    }

    /// With the instructions, where there are some and the messages have none of their own.
    private func instructed(_ messages: [Message]) -> [Message] {
        guard let system = options.system, messages.first?.role != .system else { return messages }
        return [Message(role: .system, content: system)] + messages
    }

    private func instructed(_ row: TrainingRow) -> TrainingRow {
        guard options.system != nil, case .conversation(let messages) = row.content else { return row }
        return TrainingRow(content: .conversation(instructed(messages)), source: row.source)
    }

    private var answersTogether: Bool {
        options.together > 1 && options.generation.beams == nil && options.settings.network == nil
    }

    /// The answers to some of the rows, by the rows' indices; nil where cancelled.
    private func answers(
        _ rows: [EvaluationRow], _ range: Range<Int>, _ control: GenerationControl?
    ) throws -> [Int: AnswerReport]? {
        let batch = try BatchGenerator(
            base: base, tokenizer: tokenizer, plugins: plugins.map(Optional.some) + [nil],
            contextLength: options.contextLength, width: options.together)
        let asked = range.filter { rows[$0].question != nil }
        var requests: [BatchGenerator.Request] = []
        var asTaught: [String?] = []
        for index in asked {
            var settings = options.settings
            let question = rows[index].question ?? []
            let plan = try plan(question)
            asTaught.append(plan.asTaught)
            requests.append(
                .init(
                    promptIDs: prompt(plan.messages), speaker: plan.speaker ?? plugins.count, settings: settings,
                    subject: plan.subject))
            settings.mode = .base
            if options.comparesWithBase {
                requests.append(.init(promptIDs: prompt(instructed(question)), settings: settings))
            }
        }
        let replies = try batch.replies(to: requests, options: options.generation) { _, _ in
            control?.isCancelled != true
        }
        guard let replies else { return nil }
        func text(_ reply: BatchGenerator.Reply) -> String {
            String(decoding: reply.tokens.flatMap(\.bytes), as: UTF8.self)
        }
        let perRow = options.comparesWithBase ? 2 : 1
        var answers: [Int: AnswerReport] = [:]
        for (place, index) in asked.enumerated() {
            let reply = replies[perRow * place]
            answers[index] = AnswerReport(
                question: rows[index].question?.last?.content ?? "", reference: rows[index].reference,
                answer: text(reply),
                baseAnswer: options.comparesWithBase ? text(replies[perRow * place + 1]) : nil,
                ledger: reply.summary.ledger, promptExchanges: reply.summary.promptExchanges,
                stop: reply.summary.stop, loops: Loops.has(reply.tokens.map(\.id), stop: reply.summary.stop),
                asTaught: asTaught[place])
        }
        return answers
    }

    /// nil where cancelled.
    private func reply(
        _ plan: AnswerPlan, _ mode: GenerationMode, _ generator: Generator, _ control: GenerationControl?
    ) async throws -> (text: String, tokens: [Int32], summary: GenerationSummary)? {
        var settings = options.settings
        settings.mode = mode
        let own = GenerationControl(settings)
        var (bytes, tokens): ([[UInt8]], [Int32]) = ([], [])
        let stream = generator.generate(
            promptIDs: prompt(plan.messages), options: options.generation, control: own, aside: !plan.isWhole,
            speaker: plan.speaker, subject: plan.subject)
        for await output in stream {
            switch output {
            case .promptRead: break
            case .token(let event):
                bytes.append(event.bytes)
                tokens.append(event.id)
            case .retracted(let count):
                bytes.removeLast(min(count, bytes.count))
                tokens.removeLast(min(count, tokens.count))
            case .finished(let summary):
                if summary.stop == .cancelled { return nil }
                return (String(decoding: bytes.joined(), as: UTF8.self), tokens, summary)
            case .failed(let error): throw error
            }
            if control?.isCancelled == true { own.cancel() }
        }
        return nil
    }
}
