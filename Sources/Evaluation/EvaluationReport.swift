import SPAEngine

/// Mean losses over the same tokens, nats a token.
public struct LossReport: Sendable, Equatable {
    /// Tokens scored.
    public var tokens = 0
    /// The base alone.
    public var base = 0.0
    /// The side always; as the base without a plugin.
    public var side = 0.0
    /// As asked: the gate, or one path.
    public var chosen = 0.0
    /// Tokens on the side path, as asked.
    public var sideTokens = 0

    /// The means of some scores.
    public init(_ scores: [TokenScore], mode: GenerationMode, threshold: Float) {
        tokens = scores.count
        for score in scores {
            base += Double(score.baseLoss)
            side += Double(score.sideLoss ?? score.baseLoss)
            chosen += Double(score.loss(mode, threshold: threshold))
            if score.path(mode, threshold: threshold) == .side { sideTokens += 1 }
        }
        guard tokens > 0 else { return }
        base /= Double(tokens)
        side /= Double(tokens)
        chosen /= Double(tokens)
    }
}

/// One answer beside what it was to be.
public struct AnswerReport: Sendable, Equatable {
    /// The question.
    public var question: String
    /// The answer to compare with, where there is one.
    public var reference: String?
    /// The answer.
    public var answer: String
    /// The base's own answer, where that was asked for.
    public var baseAnswer: String?
    /// What it cost.
    public var ledger: Ledger
    /// What reading the question took of exchanges, where a plugin acts inside the base's blocks.
    public var promptExchanges: ExchangeCost
    /// Why it ended.
    public var stop: StopReason
    /// Whether it goes round in circles.
    public var loops: Bool
    /// The taught question that was read in place of the one asked; nil where that was read itself.
    public var asTaught: String?

    /// ROUGE-L F1 with the reference, 0 to 1.
    public var rougeL: Double? { reference.map { Rouge.longest(reference: $0, candidate: answer).f1 } }

    /// ROUGE-n F1 with the reference, 0 to 1.
    public func rouge(_ n: Int) -> Double? {
        reference.map { Rouge.grams(n, reference: $0, candidate: answer).f1 }
    }

    /// ROUGE-L F1 of the base's own answer with the reference, 0 to 1.
    public var baseRougeL: Double? {
        guard let reference, let baseAnswer else { return nil }
        return Rouge.longest(reference: reference, candidate: baseAnswer).f1
    }
}

/// What an evaluation found.
public struct EvaluationReport: Sendable, Equatable {
    /// Rows.
    public var examples: Int
    /// Losses over the rows that have answers; nil where none has.
    public var loss: LossReport?
    /// Generated answers, in the rows' order.
    public var answers: [AnswerReport]
    /// Sums over the generated answers.
    public var ledger: Ledger
    /// Sums over the questions' reading.
    public var promptExchanges = ExchangeCost()
    /// What was simulated; nil for none.
    public var network: NetworkProfile?

    /// Mean ROUGE-L F1 over the answers that have a reference, in percent; nil where none has.
    public var rougeLPercent: Double? { Self.percent(answers.compactMap(\.rougeL)) }

    /// Mean ROUGE-n F1, in percent.
    public func rougePercent(_ n: Int) -> Double? { Self.percent(answers.compactMap { $0.rouge(n) }) }

    /// Mean ROUGE-L F1 of the base's own answers, in percent.
    public var baseRougeLPercent: Double? { Self.percent(answers.compactMap(\.baseRougeL)) }

    /// The share of answers that are the same as the base's own, in percent; nil where those were not asked for.
    public var sameAsBasePercent: Double? {
        Self.percent(answers.compactMap { answer in answer.baseAnswer.map { $0 == answer.answer ? 1 : 0 } })
    }

    /// The share of answers that go round in circles, in percent.
    public var loopPercent: Double? { Self.percent(answers.map { $0.loops ? 1 : 0 }) }

    /// The share of answers that the limit of tokens or the context cut, in percent.
    public var limitPercent: Double? {
        Self.percent(answers.map { $0.stop == .length || $0.stop == .context ? 1 : 0 })
    }

    /// Usage over the generated tokens; without generated answers, over the scored ones. In percent.
    public var usagePercent: Double {
        if ledger.tokens > 0 { return ledger.usagePercent }
        guard let loss, loss.tokens > 0 else { return 0 }
        return 100 * Double(loss.sideTokens) / Double(loss.tokens)
    }

    /// Exchanges for each generated token.
    public var transmissionsPerToken: Double {
        ledger.tokens == 0 ? 0 : Double(ledger.transmissions) / Double(ledger.tokens)
    }

    /// T_net of Eq. 4 by the formula, for the exchanges and bytes of the ledger, milliseconds; nil without a network.
    public var formulaNetworkMilliseconds: Double? { network.map(ledger.expectedNetworkMilliseconds) }

    private static func percent(_ shares: [Double]) -> Double? {
        shares.isEmpty ? nil : 100 * shares.reduce(0, +) / Double(shares.count)
    }
}
