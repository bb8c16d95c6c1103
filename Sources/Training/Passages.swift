/// Splits prose into passages to learn as continuations: whole paragraphs, joined or cut to a length that a training
/// window holds; no two passages share text.
package enum Passages {
    /// About how many characters make 200 tokens of prose.
    package static let targetLength = 700

    package static func split(_ text: String, targetLength: Int = targetLength) -> [String] {
        var passages: [String] = []
        var current = ""
        func close() {
            if !current.isBlank { passages.append(current) }
            current = ""
        }
        for paragraph in paragraphs(of: text) {
            let pieces = pieces(of: paragraph, length: targetLength)
            for piece in pieces {
                // The pieces of a paragraph that was cut stand alone: between them there was no end of a paragraph.
                if !current.isEmpty, pieces.count > 1 || current.utf8.count + piece.utf8.count > targetLength {
                    close()
                }
                current += current.isEmpty ? piece : "\n\n" + piece
            }
            if pieces.count > 1 { close() }
        }
        close()
        return passages
    }

    private static func paragraphs(of text: String) -> [String] {
        var result: [String] = []
        var lines: [Substring] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                if !lines.isEmpty { result.append(lines.joined(separator: "\n")) }
                lines = []
            } else {
                lines.append(line)
            }
        }
        if !lines.isEmpty { result.append(lines.joined(separator: "\n")) }
        return result
    }

    /// A paragraph that is too long, cut after sentences; a sentence that is too long, between words; what has no
    /// spaces, between characters.
    private static func pieces(of paragraph: String, length: Int) -> [String] {
        guard paragraph.utf8.count > length else { return [paragraph] }
        var result: [String] = []
        var rest = Substring(paragraph)
        while rest.utf8.count > length {
            var end = rest.startIndex
            var afterSentence: Substring.Index?
            var afterWord: Substring.Index?
            var used = 0
            var previous: Character = " "
            while end < rest.endIndex {
                let character = rest[end]
                let size = character.utf8.count
                if used > 0, used + size > length { break }
                used += size
                end = rest.index(after: end)
                if character.isWhitespace {
                    afterWord = end
                    if ".!?…。".contains(previous) { afterSentence = end }
                }
                previous = character
            }
            let cut = afterSentence ?? afterWord ?? end
            result.append(trimmed(rest[..<cut]))
            rest = rest[cut...].drop(while: \.isWhitespace)
        }
        if !rest.isEmpty { result.append(trimmed(rest)) }
        return result.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
