/// What can go wrong in an evaluation, each with what, where and what to do.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// A folder has none of the data sets that the tables need.
    case noDataSets(folder: String)
    /// A data set has too few rows.
    case tooFewRows(path: String, found: Int, needed: Int)
    /// A line is no row.
    case badRow(path: String, line: Int, problem: String)
    /// A question, counted from 1, leaves no room for an answer.
    case rowTooLong(row: Int, question: String, needed: Int, capacity: Int)
    /// No conversation in some files, or none on a subject.
    case noConversations(paths: [String], subject: String?, subjects: [String])
    /// A turn of a conversation, counted from 1, leaves no room for an answer.
    case conversationTooLong(path: String, line: Int, turn: Int, needed: Int, capacity: Int)
    /// A file cannot be read.
    case cannotRead(path: String, reason: String)
    /// A file cannot be written.
    case cannotWrite(path: String, reason: String)
    /// The caller asked to stop; what was done is kept.
    case stopped

    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .noDataSets(let folder):
            "\(folder): there is no data set here; give a folder with xsum, cnn_dailymail, coqa or sciq, each with "
                + "train.jsonl and test.jsonl"
        case .tooFewRows(let path, let found, let needed):
            "\(path): there are \(found) rows, \(needed) are needed; give more"
        case .badRow(let path, let line, let problem): "\(path):\(line): \(problem); correct or remove the line"
        case .rowTooLong(let row, let question, let needed, let capacity):
            "question \(row), “\(question.prefix(40))…”, needs \(needed) positions and the context holds \(capacity); "
                + "shorten it, raise --context, or measure losses alone with --no-answers"
        case .noConversations(let paths, let subject, let subjects):
            if let subject, !subjects.isEmpty {
                "\(paths.joined(separator: ", ")): there is no conversation on \(subject); there are some on "
                    + subjects.joined(separator: ", ")
            } else {
                "\(paths.joined(separator: ", ")): there is no conversation here; one is a line "
                    + "{\"subject\": …, \"turns\": [{\"user\": …, \"kind\": …, \"right\": […]}, …]}"
            }
        case .conversationTooLong(let path, let line, let turn, let needed, let capacity):
            "\(path):\(line): turn \(turn) needs \(needed) positions and the context holds \(capacity); raise --context, "
                + "or shorten the conversation"
        case .cannotRead(let path, let reason): "\(path): cannot be read (\(reason)); check the name"
        case .cannotWrite(let path, let reason): "\(path): cannot be written (\(reason)); choose another place"
        case .stopped: "stopped; the same command goes on from here"
        }
    }
}
