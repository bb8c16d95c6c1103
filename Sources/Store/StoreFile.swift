import GRDB
import Glibc

/// Opening the file of conversations: a new one where there is none; a broken one, or one of another program, is put
/// aside under a name that says so and a new one begun. Nothing is ever overwritten.
enum StoreFile {
    /// An open file, and a sentence where another one was put aside.
    struct Opened {
        let queue: DatabaseQueue
        let note: String?
    }

    /// Opens the file; its folder is there.
    ///
    /// - Parameter patience: seconds for which another program's write is waited for.
    static func open(_ path: String, patience: Double) throws(StoreError) -> Opened {
        // Of two programs that start at the same time on a broken file, one puts it aside.
        let lock = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if lock >= 0 { while flock(lock, LOCK_EX) != 0, errno == EINTR {} }
        defer { if lock >= 0 { close(lock) } }
        guard let reason = try problem(at: path, patience) else {
            return Opened(queue: try migrated(path, patience), note: nil)
        }
        let other = try putAside(path, reason)
        return Opened(
            queue: try migrated(path, patience),
            note: "\(path) was \(reason.text); it is kept as \(other), and a new file was begun.")
    }

    /// Why a file is not used.
    private enum Problem {
        case broken, foreign

        /// For a sentence.
        var text: String {
            switch self {
            case .broken: "damaged"
            case .foreign: "no file of spa’s"
            }
        }
        /// For a file name.
        var name: String {
            switch self {
            case .broken: "broken"
            case .foreign: "foreign"
            }
        }
    }

    /// What is wrong with what a file holds; nil where there is nothing wrong, or no file.
    private static func problem(at path: String, _ patience: Double) throws(StoreError) -> Problem? {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT { return nil }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .cannotOpen(path: path, reason: "it is no file") }
        if facts.st_size == 0 { return nil }
        guard let start = start(of: path, count: 16) else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
        guard start == Array("SQLite format 3\0".utf8) else { return .foreign }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(patience, journal: false))
            defer { try? queue.close() }
            return try queue.read { database in
                let owner = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
                let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
                if owner != Schema.applicationID, tables > 0 { return .foreign }
                guard try String.fetchAll(database, sql: "PRAGMA quick_check(1)") == ["ok"] else { return .broken }
                if try Schema.migrator.hasBeenSuperseded(database) { throw StoreError.newer(path: path) }
                if tables > 0, try Schema.migrator.hasCompletedMigrations(database) { try readable(database) }
                return nil
            }
        } catch {
            let error = StoreError(error, path: path)
            if case .damaged = error { return .broken }
            throw error
        }
    }

    /// Throws where a table is missing or not as it should be.
    private static func readable(_ database: Database) throws {
        do {
            for table in Schema.tables { _ = try Row.fetchOne(database, sql: "SELECT * FROM \(table) LIMIT 1") }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: error.message)
        }
    }

    private static func migrated(_ path: String, _ patience: Double) throws(StoreError) -> DatabaseQueue {
        do {
            makePrivate(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration(patience, journal: true))
            try Schema.migrator.migrate(queue)
            return queue
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// What was written to a friend is nobody else's to read, whatever the umask: the file is made before SQLite would, which
    /// gives what it keeps beside a file the file's own permissions.
    private static func makePrivate(_ path: String) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            fchmod(descriptor, 0o600)
            close(descriptor)
            return
        }
        for suffix in ["", "-wal", "-shm"] {
            var facts = stat()
            guard stat(path + suffix, &facts) == 0, facts.st_mode & 0o077 != 0 else { continue }
            chmod(path + suffix, facts.st_mode & 0o700)
        }
    }

    private static func configuration(_ patience: Double, journal: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "spa.conversations"
        // Another spa may be writing.
        configuration.busyMode = .timeout(patience)
        // A program that dies loses nothing that was committed, and readers do not wait for the writer.
        if journal { configuration.journalMode = .wal }
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }

    /// Renames the file and what SQLite keeps beside it, and returns the new name.
    private static func putAside(_ path: String, _ problem: Problem) throws(StoreError) -> String {
        var (seconds, parts) = (time(nil), tm())
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
        let date = String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for attempt in 0..<1000 {
            let other = "\(path).\(problem.name)-\(date)" + (attempt == 0 ? "" : "-\(attempt)")
            // Whoever opens a store holds the lock: nobody takes the name in between.
            if access(other, F_OK) == 0 { continue }
            guard rename(path, other) == 0 else {
                throw .cannotOpen(path: path, reason: String(cString: strerror(errno)).lowercased())
            }
            for suffix in ["-wal", "-shm", "-journal"] { rename(path + suffix, other + suffix) }
            return other
        }
        throw .cannotOpen(path: path, reason: "too many files were put aside")
    }

    /// The first bytes of a file; nil where it cannot be read.
    private static func start(of path: String, count: Int) -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = Glibc.read(descriptor, &bytes, count)
        return read < 0 ? nil : Array(bytes.prefix(read))
    }
}
