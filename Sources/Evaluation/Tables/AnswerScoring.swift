import SPAEngine
import Tokenizer
import Training

/// What one answer earned and cost.
struct AnswerScore: Codable, Sendable, Equatable {
    /// F1 without stemming, in percent.
    var rougeL: Double
    var rouge1: Double
    var rouge2: Double
    var tokens: Int
    var sideTokens: Int
}

/// Who answers: the base, or a plugin at a price.
struct Speaker: Sendable {
    let plugin: Plugin?
    /// What the plugin depends on; "base" without one.
    let identity: String
    var setting = GateSetting()

    static let base = Speaker(plugin: nil, identity: "base")

    var settings: GenerationSettings {
        GenerationSettings(
            mode: plugin == nil ? .base : .gated, threshold: setting.threshold ?? 0.5, price: setting.price)
    }
}

/// What is asked of a gate: a price in nats, or for the `linear` gate a threshold. The plugin's own where nil.
struct GateSetting: Codable, Sendable, Equatable {
    var price: Float?
    var threshold: Float?
}

/// Answers rows and scores the answers, keeping what is done in pieces. All who share the base's states answer a prompt in
/// turn, so that it is read once.
struct AnswerScoring: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let cache: ResultCache

    /// Rows whose scores are kept together: what Ctrl-C loses at most.
    private static let piece = 20

    /// The scores of each speaker, by the order of the rows.
    /// - Parameter tick: called after each row with how many there are to come; false ends by `stopped`.
    func scores(
        _ speakers: [Speaker], rows: [TrainingRow], maximumTokens: Int, tick: (_ left: Int) -> Bool
    ) async throws -> [[AnswerScore]] {
        var result: [[AnswerScore]] = speakers.map { _ in [] }
        var generator: Generator?
        for start in stride(from: 0, to: rows.count, by: Self.piece) {
            let piece = Array(rows[start..<min(rows.count, start + Self.piece)])
            let keys = speakers.map { key($0, piece, maximumTokens) }
            var scores: [[AnswerScore]?] = keys.map { cache.read($0) }
            let missing = scores.indices.filter { scores[$0] == nil }
            if !missing.isEmpty {
                let own = try generator ?? Generator(base: base, tokenizer: tokenizer, contextLength: contextLength)
                generator = own
                var found: [[AnswerScore]] = missing.map { _ in [] }
                for (index, row) in piece.enumerated() {
                    for (place, speaker) in missing.enumerated() {
                        let answer = try await answer(row, speakers[speaker], own, maximumTokens)
                        found[place].append(answer.score)
                    }
                    guard tick(rows.count - start - index - 1) else { throw EvaluationError.stopped }
                }
                for (place, speaker) in missing.enumerated() {
                    try cache.write(found[place], keys[speaker])
                    scores[speaker] = found[place]
                }
            }
            for index in scores.indices { result[index] += scores[index] ?? [] }
        }
        return result
    }

    /// The scores of a speaker, where all rows have been answered.
    func kept(_ speaker: Speaker, rows: [TrainingRow], maximumTokens: Int) -> [AnswerScore]? {
        var result: [AnswerScore] = []
        for start in stride(from: 0, to: rows.count, by: Self.piece) {
            let piece = Array(rows[start..<min(rows.count, start + Self.piece)])
            guard let scores = cache.read(key(speaker, piece, maximumTokens), as: [AnswerScore].self) else {
                return nil
            }
            result += scores
        }
        return result
    }

    /// One answer, with its tokens.
    func answer(
        _ row: TrainingRow, _ speaker: Speaker, _ generator: Generator, _ maximumTokens: Int
    ) async throws -> (score: AnswerScore, tokens: [TokenEvent]) {
        let asked = EvaluationRow(row)
        let prompt = template.encode(asked.question ?? [], with: tokenizer)
        try generator.setPlugin(speaker.plugin)
        let stream = generator.generate(
            promptIDs: prompt, options: GenerationOptions(maximumTokens: maximumTokens),
            control: GenerationControl(speaker.settings))
        var tokens: [TokenEvent] = []
        var ledger = Ledger()
        for await output in stream {
            switch output {
            case .promptRead: break
            case .token(let event): tokens.append(event)
            case .finished(let summary): ledger = summary.ledger
            case .failed(let error): throw error
            }
        }
        let text = String(decoding: tokens.flatMap(\.bytes), as: UTF8.self)
        let reference = asked.reference ?? ""
        let score = AnswerScore(
            rougeL: 100 * Rouge.longest(reference: reference, candidate: text).f1,
            rouge1: 100 * Rouge.grams(1, reference: reference, candidate: text).f1,
            rouge2: 100 * Rouge.grams(2, reference: reference, candidate: text).f1, tokens: ledger.tokens,
            sideTokens: ledger.sideTokens)
        return (score, tokens)
    }

    /// Tokens that a prompt and its answer have together.
    var contextLength: Int { min(1024, base.configuration.contextLength) }

    private func key(_ speaker: Speaker, _ rows: [TrainingRow], _ maximumTokens: Int) -> ResultCache.Key {
        ResultCache.Key(
            "answers",
            [base.fingerprint, speaker.identity, "\(speaker.setting)", "\(maximumTokens)", rows.contentHash])
    }
}

extension [TrainingRow] {
    /// The same for the same rows in the same order.
    var contentHash: String { "\(stableHash(map { "\($0.hash)" }.joined(separator: " "))) of \(count)" }
}

/// The mean of some scores.
struct MeanScore: Sendable, Equatable {
    var rougeL = 0.0
    var rouge1 = 0.0
    var rouge2 = 0.0
    /// Side tokens of all tokens, in percent.
    var usagePercent = 0.0
    var tokens = 0
    var rows = 0

    init(_ scores: [AnswerScore]) {
        rows = scores.count
        tokens = scores.reduce(0) { $0 + $1.tokens }
        guard rows > 0 else { return }
        func mean(_ value: (AnswerScore) -> Double) -> Double { scores.reduce(0) { $0 + value($1) } / Double(rows) }
        rougeL = mean(\.rougeL)
        rouge1 = mean(\.rouge1)
        rouge2 = mean(\.rouge2)
        guard tokens > 0 else { return }
        usagePercent = 100 * Double(scores.reduce(0) { $0 + $1.sideTokens }) / Double(tokens)
    }
}
