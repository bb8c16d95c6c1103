/// How a question compares with a taught one: what the question gate decides on.
struct QuestionLikeness: Sendable, Equatable {
    /// The share of the question's words that the taught question, or its answer, has.
    var covered: Float = 0
    /// The share of the taught question's words that the question has.
    var coveredTaught: Float = 0
    /// The weight of the question's heaviest word that has no counterpart.
    var heaviestLeft: Float = 0
    /// The same of the taught question.
    var heaviestTaughtLeft: Float = 0
    /// The weight of words that ask for something else of the same kind: cat for dog.
    var excluded: Float = 0
    /// The weight of words that only the answer has.
    var fromAnswer: Float = 0
    /// The taught question is about the person who asks, this one is not.
    var isNotMine: Float = 0
    /// … but about the one who is asked.
    var isYours: Float = 0
    /// It is about somebody else, the taught one is not.
    var isAnothers: Float = 0
    /// They ask for different things: where and when.
    var asksOther: Float = 0
    /// It asks in general, the taught one does not.
    var isGeneral: Float = 0
    /// The weight of all of the question's words, at most 3.
    var weight: Float = 0

    /// Compares.
    /// - Parameters:
    ///   - earlier: the words of the question before, where this one refers back to it: they may stand for what is missing.
    init(
        _ question: ContentWords, taught: ContentWords, answer: ContentWords, earlier: ContentWords? = nil
    ) {
        func best(_ word: ContentWord, _ words: [ContentWord]) -> Float {
            words.reduce(0) { max($0, WordRelations.relation(word, $1).likeness) }
        }
        var (left, total): (Float, Float) = (0, 0)
        for word in question.words {
            let inTaught = best(word, taught.words)
            let known = best(word, answer.words)
            let inAnswer = known >= 0.85 ? known : 0
            if inAnswer > inTaught { fromAnswer += word.weight * inAnswer }
            let found = max(inTaught, 0.9 * inAnswer)
            left += word.weight * (1 - found)
            total += word.weight
            heaviestLeft = max(heaviestLeft, word.weight * (1 - found))
            if found < 0.7, taught.words.contains(where: { WordRelations.relation(word, $0).excludes }) {
                excluded += word.weight
            }
        }
        covered = total > 0 ? 1 - left / total : 0
        weight = min(total, 3)
        var (leftTaught, totalTaught): (Float, Float) = (0, 0)
        let asked = question.words + (earlier?.words ?? [])
        for word in taught.words {
            let missing = word.weight * (1 - best(word, asked))
            leftTaught += missing
            totalTaught += word.weight
            heaviestTaughtLeft = max(heaviestTaughtLeft, missing)
        }
        coveredTaught = totalTaught > 0 ? 1 - leftTaught / totalTaught : 0
        let isMine = question.isMine || earlier?.isMine == true
        if taught.isMine, !isMine {
            isNotMine = 1
            if question.isYours { isYours = 1 }
        }
        if question.isAnothers, !taught.isAnothers { isAnothers = 1 }
        if let asks = question.asks, let taughtAsks = taught.asks, asks != taughtAsks { asksOther = 1 }
        if question.isIndefinite, !taught.isIndefinite { isGeneral = 1 }
    }

    /// Which of several taught questions is the nearest: the order among them.
    var closeness: Float {
        0.6 * covered + 0.4 * coveredTaught - 0.3 * excluded - 0.2 * isNotMine + 0.3 * fromAnswer
    }

    /// What the logarithm of the odds is made of.
    var values: [Float] {
        [
            covered, coveredTaught, min(covered, coveredTaught), heaviestLeft, heaviestTaughtLeft, excluded, fromAnswer,
            isNotMine, isYours, isAnothers, asksOther, isGeneral, weight,
        ]
    }
}
