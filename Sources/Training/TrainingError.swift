/// What can go wrong in training, each with what, where and what to do.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A file or folder that cannot be read.
    case cannotRead(path: String, reason: String)
    /// A file that cannot be written.
    case cannotWrite(path: String, reason: String)
    /// Rows that cannot be learned: the first few, and how many there are.
    case badRows(first: [RowProblem], count: Int)
    /// Nothing to learn.
    case noRows(paths: [String])
    /// Every row's question alone is longer than a row may be.
    case rowsTooLong(count: Int, longest: Int)
    /// A checkpoint of other data, settings or base.
    case otherCheckpoint(path: String)
    /// A damaged checkpoint.
    case badCheckpoint(path: String, problem: String)
    /// The system has no memory or temporary space.
    case outOfMemory(what: String, bytes: Int)
    /// Cancelled before anything had been trained.
    case cancelled
    /// The loss is no number any more.
    case diverged(epoch: Int)

    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            return "\(path): cannot be read (\(reason)); give JSONL, text or Markdown files, or a folder of them"
        case .cannotWrite(let path, let reason):
            return "\(path): cannot be written (\(reason)); choose another place or free some space"
        case .badRows(let first, let count):
            let list = first.map(\.description).joined(separator: "\n  ")
            let more = count > first.count ? "\n  and \(count - first.count) more" : ""
            let rows = count == 1 ? "1 row" : "\(count) rows"
            return
                "\(rows) cannot be used; correct them ('spa train --skip-bad-rows' leaves such rows out):\n  \(list)\(more)"
        case .noRows(let paths):
            return "\(paths.joined(separator: ", ")): nothing to learn; rows look like {\"prompt\": …, \"response\": …}"
        case .rowsTooLong(let count, let longest):
            let rows = count == 1 ? "the question of the only row is" : "the questions of all \(count) rows are"
            return
                "\(rows) longer than \(longest) tokens, so no answer is left to learn; shorten them, or raise --longest"
        case .otherCheckpoint(let path):
            return
                "\(path): this checkpoint is of other data, settings or base; remove it, or begin again with --restart"
        case .badCheckpoint(let path, let problem):
            return "\(path): the checkpoint is damaged (\(problem)); remove it to start again"
        case .outOfMemory(let what, let bytes):
            return
                "no room for \(what) (\(bytes / 1_048_576) MiB); train on fewer rows or free some space in the temporary folder"
        case .cancelled:
            return "training was cancelled before the first step; nothing was trained, what was prepared is kept"
        case .diverged(let epoch):
            return "the loss is not a number any more in epoch \(epoch); lower the learning rate"
        }
    }
}

/// A row that cannot be learned, by file and line.
public struct RowProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1.
    public let line: Int
    /// What is wrong.
    public let problem: String

    package init(path: String, line: Int, problem: String) {
        self.path = path
        self.line = line
        self.problem = problem
    }

    /// `file:line: problem`.
    public var description: String { "\(path):\(line): \(problem)" }
}
