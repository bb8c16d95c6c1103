/// Whether an answer says what it is to say.
public enum RightAnswer {
    /// Whether a text has each of the elements, in one of its alternatives: whole words, whatever their case and the white space
    /// between them.
    public static func isRight(_ answer: String, _ right: [[String]]) -> Bool {
        let text = normal(answer)
        return right.allSatisfy { $0.contains { has(text, normal($0)) } }
    }

    /// Whether there is something to look for.
    static func hasWords(_ text: String) -> Bool { text.contains { !$0.isWhitespace } }

    /// Lower case, one space for each stretch of white space, straight apostrophes.
    private static func normal(_ text: String) -> [Unicode.Scalar] {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.unicodeScalars.map { $0 == "\u{2019}" ? "'" : $0 }
    }

    private static func has(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        guard let first = part.first, let last = part.last, part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { start in
            let end = start + part.count
            guard text[start] == first, text[start..<end].elementsEqual(part) else { return false }
            let beginsWord = start == 0 || !isOfWord(first) || !isOfWord(text[start - 1])
            return beginsWord && (end == text.count || !isOfWord(last) || !isOfWord(text[end]))
        }
    }

    /// Whether a scalar is a letter or a digit.
    static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
