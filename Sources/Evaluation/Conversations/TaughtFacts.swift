import Training

/// What a plugin was taught, as the words by which its answers are known again.
///
/// A word of an answer is distinctive where it is not common, is not in the question and is in few answers of the subject.
public struct TaughtFacts: Sendable, Equatable {
    /// The distinctive words, in lower case.
    public let words: Set<String>

    /// A word in more answers than this belongs to the subject, not to a fact.
    private static let mostAnswers = 3

    /// The facts of training rows; passages have none.
    public init(_ rows: [TrainingRow]) {
        var questions: [String: Set<String>] = [:]
        for row in rows {
            guard case .conversation(let messages) = row.content,
                let last = messages.lastIndex(where: { $0.role == .assistant })
            else { continue }
            let question = messages[..<last].last { $0.role == .user }?.content ?? ""
            questions[messages[last].content, default: []].formUnion(Self.stems(question))
        }
        var answers: [String: Int] = [:]
        for (answer, asked) in questions {
            let known = asked.union(CommonWords.stems)
            for word in Set(Self.spans(answer).map(\.word)) where !known.contains(PorterStemmer.stem(word)) {
                answers[word, default: 0] += 1
            }
        }
        words = Set(answers.filter { $0.value <= Self.mostAnswers }.keys)
    }

    /// Who says a taught fact.
    public struct Found: Sendable, Equatable {
        /// Distinctive words with a token of the side in them, in the answer's order.
        public var side: [String] = []
        /// Those that the base says alone.
        public var base: [String] = []

        /// What was found.
        public init(side: [String] = [], base: [String] = []) {
            self.side = side
            self.base = base
        }
    }

    /// The distinctive words of an answer that its question has not.
    public func found(in answer: SpokenText, to question: String) -> Found {
        let asked = Self.stems(question)
        var found = Found()
        for (word, bytes) in Self.spans(answer.text) where words.contains(word) {
            if asked.contains(PorterStemmer.stem(word)) { continue }
            if answer.hasSide(bytes) { found.side.append(word) } else { found.base.append(word) }
        }
        return found
    }

    private static func stems(_ text: String) -> Set<String> { Set(spans(text).map { PorterStemmer.stem($0.word) }) }

    /// The words of a text in lower case, with the bytes of each; single letters are none.
    static func spans(_ text: String) -> [(word: String, bytes: Range<Int>)] {
        var spans: [(String, Range<Int>)] = []
        var (word, start, place) = ("", 0, 0)
        func end() {
            let isLetter = word.unicodeScalars.count == 1 && word.unicodeScalars.allSatisfy(\.properties.isAlphabetic)
            if !word.isEmpty, !isLetter { spans.append((word.lowercased(), start..<place)) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if RightAnswer.isOfWord(scalar) {
                if word.isEmpty { start = place }
                word.unicodeScalars.append(scalar)
            } else {
                end()
            }
            place += UTF8.width(scalar)
        }
        end()
        return spans
    }
}

/// Words that say nothing of any fact.
enum CommonWords {
    /// Their stems.
    static let stems = Set(
        """
        a about above after again against all also am an and another any are around as at away back be because been before \
        being below between both but by can cannot come could did do does doing done down during each either else even ever \
        every few first for from get give go goes going gone good got had has have having he her here hers him his how i if \
        in into is it its itself just keep know last least less let like live lived lives make many may me mine more most \
        much must my name named never new next no none nor not nothing now of off often on once one only or other our ours \
        out over own per please put said same say says second see set she should since so some something sometimes still \
        such take takes than that the their theirs them then there these they thing things this those though through time \
        to together too two under until up upon us use used uses very via was way we well went were what when where whether \
        which while who whom whose why will with within without would yes yet you your yours
        """.split(separator: " ").map { PorterStemmer.stem(String($0)) })
}
