/// Names of conversations.
public enum ConversationTitle {
    /// The most graphemes of a title.
    public static let limit = 60

    /// A title from the first question: its first line with anything in it, on one line, cut after a word.
    public static func of(question: String) -> String {
        let line = question.split(whereSeparator: \.isNewline).lazy.map(cleaned).first { !$0.isEmpty } ?? ""
        guard line.count > limit else { return line }
        let cut = line.prefix(limit - 1)
        let words = cut.lastIndex(of: " ").map { cut[..<$0] } ?? cut
        // One long word is cut where it must be.
        return (words.count > limit / 2 ? words : cut) + "…"
    }

    /// A title that the person typed, on one line and no longer than the limit; nil where nothing is left of it.
    public static func typed(_ text: String) -> String? {
        let line = cleaned(text[...])
        return line.isEmpty ? nil : String(line.prefix(limit))
    }

    /// Without control characters, and with single spaces between the words.
    private static func cleaned(_ text: Substring) -> String {
        let words = text.split { character in
            character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        return words.joined(separator: " ")
    }
}
