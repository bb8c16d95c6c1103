import Chat
import GRDB

extension ConversationDatabase {
    /// The most hits of one search.
    public static let hitLimit = 100
    private static let matchBegins: Character = "\u{2}"
    private static let matchEnds: Character = "\u{3}"

    /// Turns in whose question or answer all of these words are, each word possibly the start of a longer one; best
    /// first. Where no words fit, turns that hold the text as it stands, newest first: scripts without spaces between
    /// words are found that way.
    public func search(_ text: String) throws(StoreError) -> [SearchHit] {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return [] }
        let pattern = words.map { "\"" + $0.replacing("\"", with: "\"\"").replacing("\0", with: "") + "\"*" }
        let hits = try read { database in
            // A pattern of punctuation alone is none for SQLite.
            let rows = try? Row.fetchAll(
                database,
                sql: """
                    SELECT t.id AS turn, t.conversation, c.title,
                        snippet(words, 0, char(2), char(3), '…', 12) AS question,
                        snippet(words, 1, char(2), char(3), '…', 12) AS answer
                    FROM words JOIN turn t ON t.id = words.rowid JOIN conversation c ON c.id = t.conversation
                    WHERE words MATCH ? AND c.deleted IS NULL ORDER BY words.rank, t.asked DESC LIMIT \(Self.hitLimit)
                    """, arguments: [pattern.joined(separator: " ")])
            return (rows ?? []).map(Self.marked)
        }
        return hits.isEmpty ? try containing(words.joined(separator: " ")) : hits
    }

    private func containing(_ text: String) throws(StoreError) -> [SearchHit] {
        let escaped = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT t.id AS turn, t.conversation, c.title, t.question, t.answer
                    FROM turn t JOIN conversation c ON c.id = t.conversation
                    WHERE (t.question LIKE ?1 ESCAPE '\\' OR t.answer LIKE ?1 ESCAPE '\\') AND c.deleted IS NULL
                    ORDER BY t.asked DESC, t.ordinal DESC LIMIT \(Self.hitLimit)
                    """, arguments: ["%\(escaped)%"]
            ).map { Self.around(text, $0) }
        }
    }

    /// A hit whose words SQLite has marked.
    private static func marked(_ row: Row) -> SearchHit {
        let question = row.string("question") ?? ""
        let isAnswer = !question.contains(matchBegins)
        var pieces: [SearchHit.Piece] = []
        var isMatch = false
        for character in isAnswer ? row.string("answer") ?? "" : question {
            if character == matchBegins || character == matchEnds {
                isMatch = character == matchBegins
            } else if let last = pieces.indices.last, pieces[last].isMatch == isMatch {
                pieces[last].text.append(shown(character))
            } else {
                pieces.append(SearchHit.Piece(String(shown(character)), isMatch: isMatch))
            }
        }
        return hit(row, isAnswer: isAnswer, pieces)
    }

    /// A hit with the text around the first place that holds it.
    private static func around(_ text: String, _ row: Row) -> SearchHit {
        let question = row.string("question") ?? ""
        let answer = row.string("answer") ?? ""
        let wanted = text.lowercased()
        for (whole, isAnswer) in [(question, false), (answer, true)] {
            let characters = Array(whole)
            let lowered = characters.map { $0.lowercased() }
            let count = text.count
            guard count <= characters.count,
                let start = (0...characters.count - count).first(where: {
                    lowered[$0..<$0 + count].joined() == wanted
                })
            else { continue }
            let before = max(start - 30, 0)
            let after = min(start + count + 60, characters.count)
            func piece(_ range: Range<Int>, _ isMatch: Bool = false) -> SearchHit.Piece {
                SearchHit.Piece(String(characters[range].map(shown)), isMatch: isMatch)
            }
            var pieces = [piece(before..<start), piece(start..<start + count, true), piece(start + count..<after)]
            if before > 0 { pieces[0].text = "…" + pieces[0].text }
            if after < characters.count { pieces[2].text += "…" }
            return hit(row, isAnswer: isAnswer, pieces.filter { !$0.text.isEmpty })
        }
        return hit(row, isAnswer: false, [SearchHit.Piece(String(question.prefix(90).map(shown)))])
    }

    private static func hit(_ row: Row, isAnswer: Bool, _ excerpt: [SearchHit.Piece]) -> SearchHit {
        SearchHit(
            conversation: ConversationID(rawValue: row.long("conversation") ?? 0), title: row.string("title") ?? "",
            turn: TurnID(rawValue: row.long("turn") ?? 0), isAnswer: isAnswer, excerpt: excerpt)
    }

    /// As it stands in a line.
    private static func shown(_ character: Character) -> Character {
        let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return isControl || character.isNewline ? " " : character
    }
}
