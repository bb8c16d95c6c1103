import Compute
import Tokenizer

/// Something that a plugin was taught: an answer, and the questions that it was taught for.
public struct TaughtFact: Sendable, Equatable {
    /// The questions, in the person's own words.
    public var questions: [String]
    /// The answer.
    public var answer: String
    /// The question before, where `questions` refer back to it; empty where they stand alone.
    public var earlier: String

    /// A fact.
    public init(questions: [String], answer: String, earlier: String = "") {
        self.questions = questions
        self.answer = answer
        self.earlier = earlier
    }
}

/// Decides once an answer, on the device, whether a question asks for something that the plugin was taught. The device knows
/// the question and its own rows; the gate of every token (arXiv 2403.07088, Eq. 1) sees states alone, which after a turn
/// on the subject are about the subject whatever is asked next.
public struct QuestionGate: Sendable, Equatable {
    /// What was taught.
    public var facts: [TaughtFact]
    /// What the base's states say of a question; nil for words alone.
    public var states: QuestionStateGate?

    /// A gate.
    public init(facts: [TaughtFact], states: QuestionStateGate? = nil) {
        self.facts = facts
        self.states = states
    }

    /// The trained numbers.
    public var parameterCount: Int { states.map { $0.weight.count + 1 } ?? 0 }

    /// Words of the same kinds as `word`, with which a question asks for something else.
    package static func others(than word: String) -> [String] { WordRelations.others(than: word) }

    /// The logarithm of the odds that a question with this likeness to a taught one asks for the same.
    ///
    /// Fitted by logistic regression on 100 taught facts with 800 paraphrases, 490 near misses, 300 general questions with a
    /// word of theirs and 120 others; held-out sets: 97 % of the paraphrases where 5 % of the everyday questions are admitted.
    static func logit(_ likeness: QuestionLikeness, states: Float?) -> Float {
        let (weights, bias) = states == nil ? Self.byWords : Self.byBoth
        return zip(weights, likeness.values).reduce(bias) { $0 + $1.0 * $1.1 }
            + statesWeight * min(max(states ?? 0, -6), 6)
    }

    private static let byWords: ([Float], Float) = (
        [0, 0.42, 1.87, -2.79, -0.66, -2.4, 0.95, -0.9, -7.03, -2.15, -1.44, -1.58, 0.8], -0.47
    )
    private static let byBoth: ([Float], Float) = (
        [0, 0, 0, -3.27, -0.42, -2.44, 0.99, -0.44, -6.98, -2.43, -1.35, -0.77, 0.76], 1.61
    )
    private static let statesWeight: Float = 0.65
}

/// Tells from the base's own states, read while nothing but the question stands before them, whether a question is one of
/// the plugin's: the logarithm of the odds is weight · x + bias, x the mean over the question's tokens of rms(h^l) of a few
/// blocks l of middle depth.
public struct QuestionStateGate: Sendable, Equatable {
    /// [blocks · H]
    public var weight: [Float]
    /// The logarithm of the odds of a question whose states say nothing.
    public var bias: Float

    /// A gate.
    public init(weight: [Float], bias: Float) {
        self.weight = weight
        self.bias = bias
    }

    /// The blocks read: middle depth knows what a text is about, and not yet which token comes next.
    public static func blocks(of blockCount: Int) -> [Int] {
        Array(Set([max(1, blockCount * 2 / 5), max(1, blockCount * 3 / 5)])).sorted()
    }

    func logit(_ state: [Float]) -> Float {
        VectorMath.dot(weight, state, count: min(weight.count, state.count)) + bias
    }
}
