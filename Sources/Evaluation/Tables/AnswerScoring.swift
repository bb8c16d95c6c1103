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
    /// The seed of lots in the place of the gate; not for scores that are kept.
    var lots: UInt64?

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

/// Answers rows and scores the answers. All who share the base's states answer a prompt together, so that it is read once,
/// and several prompts at once.
package struct Answering: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate

    /// Answers as a chat has them.
    package init(base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
    }

    typealias Answer = (score: AnswerScore, tokens: [TokenEvent])

    /// The answers of each speaker to each row, many at once.
    /// - Parameter tick: called after each row with how many there are to come; false ends by `stopped`.
    func answers(
        _ speakers: [Speaker], rows: [TrainingRow], maximumTokens: Int, tick: (_ left: Int) -> Bool
    ) throws -> [[Answer]] {
        let batch = try BatchGenerator(
            base: base, tokenizer: tokenizer, plugins: speakers.map(\.plugin), contextLength: contextLength)
        let requests = rows.flatMap { row in
            let prompt = prompt(row)
            return speakers.enumerated().map { place, speaker in
                var request = BatchGenerator.Request(promptIDs: prompt, speaker: place, settings: speaker.settings)
                request.lots = speaker.lots
                return request
            }
        }
        var (open, left) = ([Int](repeating: speakers.count, count: rows.count), rows.count)
        let replies = try batch.replies(to: requests, options: GenerationOptions(maximumTokens: maximumTokens)) {
            index, _ in
            open[index / speakers.count] -= 1
            guard open[index / speakers.count] == 0 else { return true }
            left -= 1
            return tick(left)
        }
        guard let replies else { throw EvaluationError.stopped }
        return speakers.indices.map { place in
            rows.indices.map { row in
                let reply = replies[row * speakers.count + place]
                return (score(rows[row], reply.tokens, reply.summary.ledger), reply.tokens)
            }
        }
    }

    /// Whether a row's prompt leaves room for an answer.
    func takes(_ row: TrainingRow, maximumTokens: Int) -> Bool {
        (1...contextLength - min(maximumTokens, contextLength - 1)).contains(prompt(row).count)
    }

    private func prompt(_ row: TrainingRow) -> [Int32] {
        template.encode(EvaluationRow(row).question ?? [], with: tokenizer)
    }

    private func score(_ row: TrainingRow, _ tokens: [TokenEvent], _ ledger: Ledger) -> AnswerScore {
        let text = String(decoding: tokens.flatMap(\.bytes), as: UTF8.self)
        let reference = EvaluationRow(row).reference ?? ""
        return AnswerScore(
            rougeL: 100 * Rouge.longest(reference: reference, candidate: text).f1,
            rouge1: 100 * Rouge.grams(1, reference: reference, candidate: text).f1,
            rouge2: 100 * Rouge.grams(2, reference: reference, candidate: text).f1, tokens: ledger.tokens,
            sideTokens: ledger.sideTokens)
    }

    /// Tokens that a prompt and its answer have together.
    var contextLength: Int { min(1024, base.configuration.contextLength) }
}

/// The scores of answers, kept in pieces as they are made.
struct AnswerScoring: Sendable {
    let answering: Answering
    let cache: ResultCache

    /// Rows whose scores are kept together: what Ctrl-C loses at most.
    private static let piece = 20

    /// The scores of each speaker, by the order of the rows.
    /// - Parameter tick: called after each row with how many there are to come; false ends by `stopped`.
    func scores(
        _ speakers: [Speaker], rows: [TrainingRow], maximumTokens: Int, tick: (_ left: Int) -> Bool
    ) async throws -> [[AnswerScore]] {
        var result: [[AnswerScore]] = speakers.map { _ in [] }
        for start in stride(from: 0, to: rows.count, by: Self.piece) {
            let piece = Array(rows[start..<min(rows.count, start + Self.piece)])
            let keys = speakers.map { key($0, piece, maximumTokens) }
            var scores: [[AnswerScore]?] = keys.map { cache.read($0) }
            let missing = scores.indices.filter { scores[$0] == nil }
            if !missing.isEmpty {
                let answers = try answering.answers(
                    missing.map { speakers[$0] }, rows: piece, maximumTokens: maximumTokens
                ) { left in tick(left + rows.count - start - piece.count) }
                for (speaker, answers) in zip(missing, answers) {
                    let found = answers.map(\.score)
                    try cache.write(found, keys[speaker])
                    scores[speaker] = found
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

    private func key(_ speaker: Speaker, _ rows: [TrainingRow], _ maximumTokens: Int) -> ResultCache.Key {
        ResultCache.Key(
            "answers",
            [answering.base.fingerprint, speaker.identity, "\(speaker.setting)", "\(maximumTokens)", rows.contentHash])
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
