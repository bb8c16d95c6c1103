import FoundationEssentials
import Tokenizer
import Training

/// What an evaluation asks, and what it compares with.
public struct EvaluationRow: Sendable, Equatable {
    /// The conversation up to the question; nil for a passage, which asks nothing.
    public var question: [Message]?
    /// The answer to compare with; nil for a question without one.
    public var reference: String?
    /// What losses are measured on; nil for a question without an answer.
    public var scored: TrainingRow?

    /// A question without an answer to compare with.
    public init(question: [Message]) {
        self.question = question
    }

    /// A training row: its last answer is asked for, all of its answers are scored.
    public init(_ row: TrainingRow) {
        scored = row
        guard case .conversation(let messages) = row.content,
            let last = messages.lastIndex(where: { $0.role == .assistant })
        else { return }
        question = Array(messages[..<last])
        reference = messages[last].content
    }
}

/// Reads what `spa evaluate` is given.
public enum EvaluationData {
    /// The rows of training files; files in which no row has an answer, `{"prompt": …}`, give questions.
    public static func read(_ paths: [String]) throws(TrainingError) -> [EvaluationRow] {
        var rows: [EvaluationRow] = []
        for path in paths {
            if let questions = try questions(path) {
                rows += questions.map { EvaluationRow(question: [Message(role: .user, content: $0)]) }
            } else {
                rows += try TrainingData.read([path]).rows.map { EvaluationRow($0) }
            }
        }
        return rows
    }

    /// The questions of files, without their answers.
    public static func questions(in paths: [String]) throws(TrainingError) -> [String] {
        let questions = try read(paths).compactMap { $0.question?.last?.content }
        guard !questions.isEmpty || paths.isEmpty else { throw .noRows(paths: paths) }
        return questions
    }

    private struct Question: Decodable {
        let prompt: String
        let response: String?
    }

    /// nil for a file of training rows, or of none.
    private static func questions(_ path: String) throws(TrainingError) -> [String]? {
        guard path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson"),
            let bytes = FileManager.default.contents(atPath: path)
        else { return nil }
        let decoder = JSONDecoder()
        var questions: [String] = []
        var problems: [RowProblem] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
            guard let row = try? decoder.decode(Question.self, from: Data(line)) else {
                problems.append(
                    RowProblem(path: path, line: index + 1, problem: "the line is no question, {\"prompt\": …}"))
                continue
            }
            if row.response != nil { return nil }
            questions.append(row.prompt)
        }
        if questions.isEmpty { return nil }
        if !problems.isEmpty { throw .badRows(first: Array(problems.prefix(5)), count: problems.count) }
        return questions
    }
}
