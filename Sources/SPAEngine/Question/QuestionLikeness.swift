/// A taught question with its answer, as comparisons need them.
package struct TaughtWords: Sendable {
    let question: ContentWords
    let answer: ContentWords
    /// What kinds of things the answer says.
    let says: AskedKind

    package init(question: ContentWords, answer: ContentWords, says: AskedKind) {
        self.question = question
        self.answer = answer
        self.says = says
    }
}

/// How a question compares with a taught one: what the question gate decides on.
package struct QuestionLikeness: Sendable, Equatable {
    /// The share of the question's words that the taught question, or its answer, has.
    package var covered: Float = 0
    /// The same where a word that only the answer has counts half.
    var coveredByTaught: Float = 0
    /// It names a key, a command, an option or a number that the taught one does not know.
    var namesUnknown = false
    /// Both name the same key, command or option.
    var identified: Float = 0
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
    /// They ask for different kinds of things: where and when.
    var asksOther: Float = 0
    /// It asks for a kind of thing that neither the taught question asks for nor the answer says.
    package var asksUnsaid: Float = 0
    /// The weight of the one word in whose place the taught question has another that means something else.
    var substituted: Float = 0
    /// It asks in general, the taught one does not.
    var isGeneral: Float = 0
    /// The weight of all of the question's words, at most 3.
    var weight: Float = 0

    /// Compares.
    /// - Parameters:
    ///   - earlier: the words of the question before, where this one refers back to it: they may stand for what is missing.
    package init(
        _ question: ContentWords, taught known: TaughtWords, earlier: ContentWords? = nil
    ) {
        let (taught, answer) = (known.question, known.answer)
        func best(_ word: ContentWord, _ words: [ContentWord]) -> Float {
            words.reduce(0) { max($0, WordRelations.relation(word, $1).likeness) }
        }
        var (left, total, leftByTaught): (Float, Float, Float) = (0, 0, 0)
        for word in question.words {
            let inTaught = best(word, taught.words)
            let said = best(word, answer.words)
            let inAnswer = said >= 0.85 ? said : 0
            if inAnswer > inTaught { fromAnswer += word.weight * inAnswer }
            let found = max(inTaught, 0.9 * inAnswer)
            left += word.weight * (1 - found)
            leftByTaught += word.weight * (1 - max(inTaught, 0.5 * inAnswer))
            if word.isIdentifier {
                if inTaught == 1 { identified = 1 } else if said < 1 { namesUnknown = true }
            }
            total += word.weight
            heaviestLeft = max(heaviestLeft, word.weight * (1 - found))
            if found < 0.7, taught.words.contains(where: { WordRelations.relation(word, $0).excludes }) {
                excluded += word.weight
            }
        }
        covered = total > 0 ? 1 - left / total : 0
        coveredByTaught = total > 0 ? 1 - leftByTaught / total : 0
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
        if !question.asks.isEmpty, question.asks.isDisjoint(with: taught.asks) {
            if !taught.asks.isEmpty { asksOther = 1 }
            if question.asks.isDisjoint(with: known.says) { asksUnsaid = 1 }
        }
        if question.isIndefinite, !taught.isIndefinite { isGeneral = 1 }
        let unlike = min(heaviestLeft, heaviestTaughtLeft)
        if unlike > 0.3, OneSubstitution.is(question.order, taught.order) { substituted = unlike }
    }

    /// What has words with meaning and hardly one of the taught question's asks for nothing of it, and what names another key does
    /// neither.
    package var isPossible: Bool { weight == 0 || covered >= 0.3 && !namesUnknown }

    /// Which of several taught questions is the nearest: the order among them.
    var closeness: Float {
        0.6 * coveredByTaught + 0.4 * coveredTaught - 0.3 * excluded - 0.2 * isNotMine + 0.3 * identified
            - 0.25 * asksUnsaid
    }

    /// What the logarithm of the odds is made of.
    package var values: [Float] {
        [
            covered, coveredTaught, min(covered, coveredTaught), heaviestLeft, heaviestTaughtLeft, excluded, fromAnswer,
            isNotMine, isYours, isAnothers, asksOther, isGeneral, weight, asksUnsaid, substituted,
        ]
    }
}
