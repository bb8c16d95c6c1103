import Chat
import ChatUI

/// What the engine answers to the instrument, made up from the question alone.
extension Stage {
    /// `inspected`: answers the last question; the chosen token leads on its path, and the numbers differ by token.
    mutating func answerInspection() {
        if case .inspect(let question)? = asked {
            let words = [" a", " the", " plugin", "é", " 世界", "\n", " 👩‍🚀", " of", ".", ""]
            func list(_ shift: Int) -> [TokenCandidate] {
                (0..<10).map { rank in
                    let word = words[(rank + shift + question.before.count) % words.count]
                    let id = rank == 0 ? question.id : Int32(1000 + rank)
                    return TokenCandidate(
                        id: id, bytes: rank == 0 ? Array("chosen".utf8) : Array(word.utf8),
                        probability: 0.61 / Float(1 + rank * rank + shift))
                }
            }
            let inspection = TokenInspection(
                base: list(1), side: list(0), baseLoss: 1.25 + Float(question.before.count) / 4, sideLoss: 0.5)
            send(.instrument(.inspected(question, inspection)))
        }
    }

    /// `road WORDS`: answers the last road, one token a word; those in brackets come from the side.
    mutating func walkRoad(_ text: String) {
        if case .walk(let road)? = asked {
            for (index, word) in text.split(separator: " ").enumerated() {
                let isSide = word.hasPrefix("[")
                let bytes = Array((" " + word.filter { $0 != "[" && $0 != "]" }).utf8)
                send(
                    .instrument(
                        .roadToken(
                            road,
                            TokenRecord(
                                index: index, id: Int32(index), bytes: bytes, path: isSide ? .side : .base))))
            }
            send(.instrument(.roadEnded(road, nil)))
        }
    }
}
