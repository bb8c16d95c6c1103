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

    /// `compared COLUMN WORDS`: tokens of a column, one a word; those in brackets come from the side.
    mutating func compare(_ rest: Substring) {
        guard case .compare(let question)? = asked, let (column, text) = Self.column(rest) else { return }
        var isSide = false
        for (index, word) in text.split(separator: " ").enumerated() {
            if word.hasPrefix("[") { isSide = true }
            let shown = word.filter { $0 != "[" && $0 != "]" }
            let id = Int32(truncatingIfNeeded: shown.utf8.reduce(index) { $0 &* 31 &+ Int($1) })
            let token = TokenRecord(
                index: index, id: id, bytes: Array(((index == 0 ? "" : " ") + shown).utf8),
                path: isSide ? .side : .base, milliseconds: PartTimes(base: 6, device: isSide ? 1 : 0))
            send(.instrument(.compared(question, column, token)))
            if word.hasSuffix("]") { isSide = false }
        }
    }

    /// `ended-column COLUMN REASON`
    mutating func endColumn(_ rest: Substring) {
        guard case .compare(let question)? = asked, let (column, text) = Self.column(rest),
            let reason = StopReason(rawValue: String(text))
        else { return }
        send(.instrument(.comparisonEnded(question, column, reason, nil)))
    }

    private static func column(_ rest: Substring) -> (ComparisonColumn, Substring)? {
        let (name, text) = Script.cut(rest)
        let column: ComparisonColumn = name == "base" ? .base : name == "side" ? .side : .gated
        return (column, text)
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
