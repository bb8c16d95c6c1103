import FoundationEssentials
import Tokenizer

/// Rows read from a person's files.
public struct TrainingData: Sendable, Equatable {
    /// The rows in the order of the files; of equal rows the first.
    public var rows: [TrainingRow]
    /// Rows that were left out, by file and line.
    public var skipped: [RowProblem]
    /// How many rows stood there more than once.
    public var duplicates: Int

    /// Given rows.
    public init(rows: [TrainingRow], skipped: [RowProblem] = []) {
        var seen: Set<UInt64> = []
        self.rows = rows.filter { seen.insert($0.hash).inserted }
        self.skipped = skipped
        duplicates = rows.count - self.rows.count
    }

    /// Reads JSONL (`{"prompt","response"}`, `{"messages"}`, `{"text"}`), text and Markdown files, or folders of them
    /// (searched by name, to any depth; hidden files are left out).
    /// - Parameters:
    ///   - skipBadRows: leave rows out that cannot be learned, in place of an error.
    public static func read(_ paths: [String], skipBadRows: Bool = false) throws(TrainingError) -> TrainingData {
        var rows: [TrainingRow] = []
        var problems: [RowProblem] = []
        var allFiles: [String] = []
        for path in paths { allFiles += try files(at: path) }
        for path in allFiles {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw .cannotRead(path: path, reason: "no such file, or no permission")
            }
            if isText(path) {
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw .cannotRead(path: path, reason: "it is not UTF-8 text")
                }
                for (index, passage) in Passages.split(text).enumerated() {
                    rows.append(TrainingRow(content: .passage(passage), source: "\(path)#\(index + 1)"))
                }
            } else {
                readLines(of: bytes, path: path, &rows, &problems)
            }
        }
        if !problems.isEmpty, !skipBadRows {
            throw .badRows(first: Array(problems.prefix(5)), count: problems.count)
        }
        let data = TrainingData(rows: rows, skipped: problems)
        if data.rows.isEmpty { throw .noRows(paths: paths) }
        return data
    }

    private static func isText(_ path: String) -> Bool {
        [".txt", ".md", ".markdown"].contains { path.lowercased().hasSuffix($0) }
    }

    private static func files(at path: String) throws(TrainingError) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .cannotRead(path: path, reason: "no such file or folder")
        }
        guard isFolder else { return [path] }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw .cannotRead(path: path, reason: "the folder cannot be listed")
        }
        let visible = names.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
        let files = visible.filter { isText($0) || [".jsonl", ".ndjson"].contains(where: $0.lowercased().hasSuffix) }
        if files.isEmpty { throw .cannotRead(path: path, reason: "the folder holds no .jsonl, .txt or .md file") }
        return files.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
    }

    private static func readLines(
        of bytes: Data, path: String, _ rows: inout [TrainingRow], _ problems: inout [RowProblem]
    ) {
        let decoder = JSONDecoder()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
            let line = line.starts(with: [0xef, 0xbb, 0xbf]) ? line.dropFirst(3) : line
            do {
                let row = try decoder.decode(JSONRow.self, from: Data(line))
                rows.append(TrainingRow(content: try row.content(), source: "\(path):\(index + 1)"))
            } catch {
                problems.append(RowProblem(path: path, line: index + 1, problem: JSONRow.problem(of: error)))
            }
        }
    }
}

/// One line of a JSONL file; keys that are not ours are ignored.
private struct JSONRow: Decodable {
    let prompt: String?
    let response: String?
    let system: String?
    let messages: [Message]?
    let text: String?

    struct Unusable: Error { let problem: String }

    func content() throws(Unusable) -> TrainingRow.Content {
        if let messages {
            guard messages.contains(where: { $0.role == .assistant && !$0.content.isBlank }) else {
                throw Unusable(problem: "\"messages\" has no turn of the assistant to learn")
            }
            return .conversation(messages)
        }
        if let prompt, let response {
            if response.isBlank { throw Unusable(problem: "\"response\" is empty") }
            let start = system.map { [Message(role: .system, content: $0)] } ?? []
            return .conversation(
                start + [Message(role: .user, content: prompt), Message(role: .assistant, content: response)])
        }
        if let text {
            if text.isBlank { throw Unusable(problem: "\"text\" is empty") }
            return .passage(text)
        }
        if prompt != nil { throw Unusable(problem: "\"prompt\" without \"response\"") }
        throw Unusable(problem: "no \"prompt\" and \"response\", no \"messages\", no \"text\"")
    }

    static func problem(of error: any Error) -> String {
        switch error {
        case let error as Unusable: return error.problem
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            let key = context.codingPath.last?.stringValue
            return key.map { "\"\($0)\" is not what it should be (text, or a list of messages)" }
                ?? "the line is no JSON object"
        case DecodingError.keyNotFound(let key, _): return "a message lacks \"\(key.stringValue)\""
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "a message's role is none of system, user, assistant"
        default: return "the line is not valid JSON"
        }
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
