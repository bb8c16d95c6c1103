/// What can go wrong while a plugin is trained, each with what, where and what to do.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A file or folder that cannot be read.
    case cannotRead(path: String, problem: String)
    /// Rows that cannot be used, by file and line.
    case badRows(shown: [BadRow], total: Int)
    /// No row to learn.
    case noRows(paths: [String])
    /// A checkpoint that cannot be used.
    case badCheckpoint(path: String, problem: String)
    /// A file that cannot be written.
    case cannotWrite(path: String, problem: String)
    /// The system has no memory or temporary space.
    case outOfMemory(what: String, bytes: Int)
    /// Stopped before there was anything to keep.
    case cancelled

    /// One row that cannot be used.
    public struct BadRow: Sendable, Equatable {
        /// The file.
        public let path: String
        /// The line, from 1.
        public let line: Int
        /// Why.
        public let problem: String

        /// A bad row.
        public init(path: String, line: Int, problem: String) {
            self.path = path
            self.line = line
            self.problem = problem
        }
    }

    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .cannotRead(let path, let problem): "\(path): \(problem)"
        case .badRows(let shown, let total):
            shown.map { "\($0.path):\($0.line): \($0.problem)" }.joined(separator: "; ")
                + (total > shown.count ? "; and \(total - shown.count) more" : "")
                + ". Mend the rows, or leave them out with --skip-bad-rows"
        case .noRows(let paths):
            "\(paths.joined(separator: ", ")): no row to learn; give lines of {\"prompt\":…,\"response\":…}, {\"messages\":[…]} or {\"text\":…}, or a text file"
        case .badCheckpoint(let path, let problem): "\(path): \(problem); delete it or train with --restart"
        case .cannotWrite(let path, let problem): "\(path): cannot be written: \(problem)"
        case .outOfMemory(let what, let bytes): "no room for \(what) (\(bytes / 1_048_576) MiB); train on fewer rows"
        case .cancelled: "training was stopped before there was anything to keep"
        }
    }
}
