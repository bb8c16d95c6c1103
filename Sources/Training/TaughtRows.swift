import FoundationEssentials
import SPAEngine
import Tokenizer

/// What a person has taught, in the order in which it was taught: each question with its answer, and of the turns before it only
/// the one that it refers back to, so that nothing is learned of the talk around it. A question that is taught again has its
/// newer answer alone.
public struct TaughtRows: Sendable, Equatable {
    /// The rows as they are learned.
    public private(set) var rows: [TrainingRow] = []

    /// Rows as they were kept, each of which teaches its last answer.
    public init(_ rows: [TrainingRow] = []) {
        for row in rows { add(row) }
    }

    /// A row as it is shown.
    public struct Entry: Sendable, Equatable {
        /// What is asked; empty for a passage.
        public let question: String
        /// What is answered, or the passage.
        public let answer: String
        /// The question before, where the one asked refers back to it; empty where it stands alone.
        public let earlier: String
    }

    /// The rows as they are shown.
    public var entries: [Entry] { rows.map(Self.entry) }

    /// Teaches the last answer of a conversation, or a passage.
    public mutating func add(_ row: TrainingRow) {
        insert(Self.taught(row).last ?? row)
    }

    /// Teaches every answer of a row.
    public mutating func addAll(_ row: TrainingRow) {
        let all = Self.taught(row)
        if all.isEmpty { insert(row) }
        for row in all { insert(row) }
    }

    /// Forgets the row of this number, counted from 1, and says what it was; nil where there is none.
    public mutating func remove(number: Int) -> Entry? {
        rows.indices.contains(number - 1) ? Self.entry(rows.remove(at: number - 1)) : nil
    }

    /// The rows as a file of JSON lines, as `TrainingData` reads it.
    public func jsonLines() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try rows.reduce(into: "") { text, row in
            let line =
                switch row.content {
                case .conversation(let messages): try encoder.encode(["messages": messages])
                case .passage(let passage): try encoder.encode(["text": passage])
                }
            text += String(decoding: line, as: UTF8.self) + "\n"
        }
    }

    private mutating func insert(_ row: TrainingRow) {
        let key = Self.key(row)
        rows.removeAll { Self.key($0) == key }
        rows.append(row)
    }

    /// A row for each answer of a conversation; instructions are left out, as nobody gives them when they ask again. None of what
    /// is no conversation of questions and answers.
    private static func taught(_ row: TrainingRow) -> [TrainingRow] {
        guard case .conversation(let messages) = row.content else { return [] }
        let turns = messages.filter { $0.role != .system }
        return turns.indices.dropFirst().compactMap { place in
            guard isTurn(place, turns), !turns[place].content.allSatisfy(\.isWhitespace) else { return nil }
            let before = place - 2
            let needsEarlier = isTurn(before, turns) && StandaloneQuestion.refersBack(turns[place - 1].content)
            return TrainingRow(
                content: .conversation(Array(turns[(needsEarlier ? before - 1 : place - 1)...place])),
                source: row.source)
        }
    }

    /// Whether an answer stands there, and its question before it.
    private static func isTurn(_ place: Int, _ messages: [Message]) -> Bool {
        place > 0 && messages[place].role == .assistant && messages[place - 1].role == .user
    }

    private static func entry(_ row: TrainingRow) -> Entry {
        switch row.content {
        case .passage(let text): return Entry(question: "", answer: text, earlier: "")
        case .conversation(let messages):
            let questions = messages.filter { $0.role == .user }.map(\.content)
            return Entry(
                question: questions.last ?? "", answer: messages.last { $0.role == .assistant }?.content ?? "",
                earlier: questions.dropLast().last ?? "")
        }
    }

    /// The same for the same question, however it is written; for a passage, the passage.
    private static func key(_ row: TrainingRow) -> [[Substring]] {
        let entry = entry(row)
        return [entry.earlier, entry.question.isEmpty ? entry.answer : entry.question].map { text in
            text.lowercased().split { $0.isWhitespace || $0.isPunctuation }
        }
    }
}
