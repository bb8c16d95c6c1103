import GRDB

/// What can go wrong with stored conversations, each with what, where and what to do.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    /// A later version of the program has written the file.
    case newer(path: String)
    /// The file cannot be opened, and nothing is wrong with what it holds as far as one can see.
    case cannotOpen(path: String, reason: String)
    /// What the file holds is damaged.
    case damaged(path: String, reason: String)
    /// Reading or writing did not work this time.
    case failed(path: String, reason: String)
    /// No conversation has a number that begins so.
    case unknown(String)
    /// More than one has.
    case ambiguous(String)
    /// There is none yet.
    case empty

    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .newer(let path):
            "\(path): written by a newer spa and left as it is; update spa, or set XDG_DATA_HOME to another folder"
        case .cannotOpen(let path, let reason):
            "\(path): cannot be opened (\(reason)); check its permissions and its folder's"
        case .damaged(let path, let reason):
            "\(path): damaged (\(reason)); the next start puts the file aside and begins a new one"
        case .failed(let path, let reason):
            "\(path): \(reason); make room or end what holds the file, and try again"
        case .unknown(let text):
            "no conversation “\(text)”; 'spa conversations list' shows their numbers"
        case .ambiguous(let text):
            "more than one conversation begins with “\(text)”; give more digits"
        case .empty:
            "there is no conversation yet; the chat keeps each one as it is written"
        }
    }

    /// The sentence for what SQLite says.
    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = error as? StoreError ?? .failed(path: path, reason: "\(error)")
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            self = .cannotOpen(path: path, reason: reason)
        default: self = .failed(path: path, reason: reason)
        }
    }
}
