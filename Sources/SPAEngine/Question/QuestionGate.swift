import Compute
import Glibc
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

    /// The logarithm of the odds that a question with this likeness to a taught one asks for the same, by words alone.
    package static func logit(_ likeness: QuestionLikeness) -> Float {
        zip(byWords, likeness.values).reduce(biasByWords + sure * likeness.identified) { $0 + $1.0 * $1.1 }
    }

    /// The same with what the base says of the two questions.
    static func logit(_ likeness: QuestionLikeness, expected: QuestionExpectation, states: Float) -> Float {
        let values = likeness.values + [expected.nats / 10, expected.share, min(max(states, -6), 6)]
        return zip(byAll, values).reduce(biasByAll + sure * likeness.identified) { $0 + $1.0 * $1.1 }
    }

    /// What is taken off where a question has been compared with so many taught ones, of which one may be near by chance.
    static func chance(questions: Int) -> Float { 0.35 * max(0, log10(Float(max(1, questions)) / 5)) }

    // Fitted by logistic regression on sixty invented facts with 360 paraphrases, 238 questions that are near and ask for
    // something else, and 120 everyday questions with a word of theirs; shifted towards the person's own rows.
    // What is said of the one who is asked was rare among them, and is set.
    private static let byWords: [Float] = [
        1.15, 1.06, 1.99, -1.79, -0.94, -1.88, 0.83, -1.03, -4, -1.14, -0.37, -2.47, 1.06, -2.28, -1.55,
    ]
    private static let biasByWords: Float = -1.83
    private static let byAll: [Float] = [
        0.71, 0.52, 1.52, -1.81, -0.85, -2.07, 0.74, -0.81, -4, -0.82, -0.42, -2.11, 0.38, -2.15, -1.85, 1.45, -2.9,
        0.31,
    ]
    private static let biasByAll: Float = 0.29
    /// What it says that both name the same key or command.
    private static let sure: Float = 2
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
