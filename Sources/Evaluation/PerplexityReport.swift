import Glibc
import SPAEngine
import Tokenizer

/// How well a text was foretold, token by token.
public struct PerplexityReport: Sendable, Equatable {
    /// The tokens of the text.
    public var tokens: Int
    /// The loss of each token that had one before it, nats.
    public var loss: [Float]
    /// Those on the side path.
    public var sideTokens: Int

    /// Scores a text.
    /// - Parameters:
    ///   - progress: called with the tokens done and all of them.
    public init(
        text: String, tokenizer: Tokenizer, scorer: PathScorer, mode: GenerationMode = .base, threshold: Float = 0.5,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(EngineError) {
        var ids = tokenizer.encode(text)
        tokens = ids.count
        if tokenizer.addsBeginOfSequence, let begin = tokenizer.beginOfSequence { ids.insert(begin, at: 0) }
        let scores = try scorer.score(text: ids) { progress($0, ids.count) }
        loss = scores.map { $0.loss(mode, threshold: threshold) }
        sideTokens = scores.count { $0.path(mode, threshold: threshold) == .side }
    }

    /// The mean loss, nats a token; nan where nothing could be foretold.
    public var meanLoss: Double { loss.reduce(0.0) { $0 + Double($1) } / Double(loss.count) }

    /// exp(mean loss).
    public var perplexity: Double { exp(meanLoss) }
}
