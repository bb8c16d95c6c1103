import FoundationEssentials
import Training

/// The data sets of the paper's Table 3, by their folders' names.
public enum PaperDataSet: String, Sendable, CaseIterable, Codable {
    /// One-sentence summaries of news.
    case xsum
    /// Summaries of news in a few sentences.
    case cnnDailyMail = "cnn_dailymail"
    /// Questions about a story, within a conversation.
    case coqa
    /// Science questions.
    case sciq

    /// As the paper writes it.
    public var title: String {
        switch self {
        case .xsum: "XSum"
        case .cnnDailyMail: "CNN/DM"
        case .coqa: "CoQA"
        case .sciq: "SciQ"
        }
    }

    /// The longest answer asked for, in tokens: more than nearly every reference has.
    public var maximumTokens: Int {
        switch self {
        case .xsum: 60
        case .cnnDailyMail: 100
        case .coqa: 24
        case .sciq: 16
        }
    }
}

/// One data set, divided: rows to learn, rows to choose by, rows to report.
struct DividedData: Sendable {
    let dataSet: PaperDataSet
    /// In an order by hash, so that the first n are a fair sample for every n.
    let train: [TrainingRow]
    /// Carved out of `train.jsonl` by hash of the document, and never learned.
    let validation: [TrainingRow]
    /// Of the same rows those that prices are chosen by.
    let pricing: [TrainingRow]
    /// Rows of `test.jsonl`, likewise in an order by hash.
    let test: [TrainingRow]

    /// Reads `folder/<name>`; nil where there is no such folder.
    static func read(_ dataSet: PaperDataSet, in folder: String) throws(EvaluationError) -> DividedData? {
        let own = "\(folder)/\(dataSet.rawValue)"
        guard FileManager.default.fileExists(atPath: own) else { return nil }
        let learned = try rows("\(own)/train.jsonl")
        let reported = try rows("\(own)/test.jsonl")
        // One document in eight. Rows of one document stay together: a story's questions share its text.
        let isValidation = { (row: Row) in stableHash("validation \(row.document)") % 8 == 0 }
        let validation = learned.filter(isValidation).map(\.row)
        return DividedData(
            dataSet: dataSet, train: learned.filter { !isValidation($0) }.map(\.row), validation: validation,
            pricing: validation, test: reported.map(\.row))
    }

    private struct Row {
        let row: TrainingRow
        let document: String
    }

    private struct Line: Decodable {
        let id: String?
        let prompt: String
        let response: String
    }

    private static func rows(_ path: String) throws(EvaluationError) -> [Row] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw .cannotRead(path: path, reason: "no such file, or no permission")
        }
        let decoder = JSONDecoder()
        var rows: [(order: UInt64, row: Row)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
            guard let line = try? decoder.decode(Line.self, from: Data(line)), !line.response.isEmpty else {
                throw .badRow(path: path, line: index + 1, problem: "no \"prompt\" and \"response\"")
            }
            let row = TrainingRow(prompt: line.prompt, response: line.response, source: "\(path):\(index + 1)")
            // `story_turn4` is of the document `story`; a row without an id is its own.
            let id = line.id ?? "\(row.hash)"
            let document = id.lastIndex(of: "_").map { String(id[..<$0]) } ?? id
            rows.append((stableHash("order \(id) \(row.hash)"), Row(row: row, document: document)))
        }
        guard rows.count >= 2 else { throw .tooFewRows(path: path, found: rows.count, needed: 2) }
        return rows.sorted { $0.order < $1.order }.map(\.row)
    }
}
