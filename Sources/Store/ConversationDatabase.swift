import Chat
import GRDB
import Glibc

/// Stored conversations in an SQLite file, from the calling thread. The chat writes through `ConversationStore`; commands
/// and tests use this directly. Any number of programs may use one file at the same time.
public final class ConversationDatabase: Sendable {
    /// The file.
    public let path: String
    /// A sentence to show where a broken or foreign file was put aside.
    public let note: String?
    private let queue: DatabaseQueue
    private let now: @Sendable () -> Double

    /// Opens the file, or makes it; its folder must be there.
    ///
    /// - Parameters:
    ///   - patience: seconds for which another program's write is waited for.
    ///   - now: the time in seconds since 1970.
    public init(
        path: String, patience: Double = 5, now: @escaping @Sendable () -> Double = ConversationDatabase.clock
    ) throws(StoreError) {
        let opened = try StoreFile.open(path, patience: patience)
        self.path = path
        self.now = now
        queue = opened.queue
        note = opened.note
    }

    /// The time of this machine, in seconds since 1970.
    public static let clock: @Sendable () -> Double = {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// Ends the use of the file.
    public func close() { try? queue.close() }

    // MARK: Writing

    /// Writes changes in order, all or none of them. Requests that ask for something are passed over.
    public func write(_ requests: [StoreRequest]) throws(StoreError) {
        try write { database in
            var touched: [TurnID: Bool] = [:]
            for request in requests { try self.apply(request, in: database, &touched) }
            for (turn, isComplete) in touched { try Self.gather(turn, isComplete: isComplete, in: database) }
        }
    }

    private func apply(_ request: StoreRequest, in database: Database, _ touched: inout [TurnID: Bool]) throws {
        switch request {
        case .asked(let turn, let parent, let head):
            try insert(turn, after: parent, in: head, database)
        case .token(let token, let turn):
            try database.cachedStatement(sql: TokenRecord.insertion)
                .execute(arguments: token.arguments(of: turn, at: token.index))
            touched[turn] = touched[turn] ?? false
        case .retracted(let turn, let count):
            try database.execute(
                sql: "UPDATE turn SET retracted = ? WHERE id = ?", arguments: [count, turn.rawValue])
            touched[turn] = touched[turn] ?? false
        case .started(let turn, let promptTokens, let firstToken):
            try database.execute(
                sql: """
                    UPDATE turn SET prompt_tokens = coalesce(?, prompt_tokens),
                        first_token_ms = coalesce(?, first_token_ms) WHERE id = ?
                    """, arguments: [promptTokens, firstToken, turn.rawValue])
        case .promptRead(let turn, let exchanges):
            try database.execute(
                sql: """
                    UPDATE turn SET prompt_transmissions = ?, prompt_bytes_up = ?, prompt_bytes_down = ?,
                        prompt_network_ms = ?, prompt_simulated = ? WHERE id = ?
                    """,
                arguments: [
                    exchanges.transmissions, exchanges.bytesUp, exchanges.bytesDown, exchanges.networkMilliseconds,
                    exchanges.simulated, turn.rawValue,
                ])
        case .ended(let turn, let reason, let failure):
            try database.execute(
                sql: "UPDATE turn SET stop = ?, failure = ? WHERE id = ?",
                arguments: [reason.rawValue, failure, turn.rawValue])
            try database.execute(
                sql: """
                    UPDATE conversation SET changed = ? WHERE id = (SELECT conversation FROM turn WHERE id = ?)
                    """, arguments: [now(), turn.rawValue])
            touched[turn] = true
        case .shown(let conversation, let turn):
            try database.execute(
                sql: "UPDATE conversation SET shown = ? WHERE id = ?",
                arguments: [turn.rawValue, conversation.rawValue])
        case .renamed(let conversation, let title):
            try database.execute(
                sql: "UPDATE conversation SET title = ? WHERE id = ?", arguments: [title, conversation.rawValue])
        case .deleted(let conversation):
            try database.execute(
                sql: "UPDATE conversation SET deleted = ? WHERE id = ?", arguments: [now(), conversation.rawValue])
        case .restored(let conversation):
            try database.execute(
                sql: "UPDATE conversation SET deleted = NULL WHERE id = ?", arguments: [conversation.rawValue])
        case .draft(let text):
            try database.execute(sql: "DELETE FROM draft WHERE process = ?", arguments: [Int(getpid())])
            if text.isEmpty { return }
            try database.execute(
                sql: "INSERT INTO draft (process, text, changed) VALUES (?, ?, ?)",
                arguments: [Int(getpid()), text, now()])
        case .list, .open, .resume, .search: break
        }
    }

    private func insert(
        _ turn: Turn, after parent: TurnID?, in head: ConversationHead, _ database: Database
    ) throws {
        // A conversation that was to go is wanted again by whoever writes into it.
        try database.execute(
            sql: """
                INSERT INTO conversation (id, title, system, created, changed, shown) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, shown = excluded.shown, deleted = NULL
                """,
            arguments: [head.id.rawValue, head.title, head.system, head.created, now(), turn.id.rawValue])
        let settings = turn.settings
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO turn (id, conversation, ordinal, parent, question, asked, model, plugin, mode,
                    price, threshold, network, deadline, seed, system, forgotten)
                VALUES (?, ?, (SELECT coalesce(max(ordinal), 0) + 1 FROM turn WHERE conversation = ?), ?, ?, ?, ?, ?, ?,
                    ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                turn.id.rawValue, head.id.rawValue, head.id.rawValue, parent?.rawValue, turn.question, turn.asked,
                settings?.model, settings?.plugin, settings?.mode, settings?.price, settings?.threshold,
                settings?.network, settings?.deadline, settings.map { Int64(bitPattern: $0.seed) },
                turn.system, turn.forgotten,
            ])
    }

    /// Brings the answers that were being written when a program ended up to their tokens, so that they can be searched.
    public func gatherUnfinished() throws(StoreError) {
        try write { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id FROM turn WHERE stop IS NULL")
            for id in rows.compactMap({ $0.long("id") }) {
                try Self.gather(TurnID(rawValue: id), isComplete: true, in: database)
            }
        }
    }

    /// Brings a turn's counts up to its tokens, and its text, which is there to be searched, where they have doubled since
    /// the last time or are complete: else a long answer would be put together several times a second.
    private static func gather(_ turn: TurnID, isComplete: Bool, in database: Database) throws {
        let facts = try Row.fetchOne(
            database,
            sql: """
                SELECT tokens, (SELECT count(*) FROM token WHERE turn = turn.id) - retracted AS kept
                FROM turn WHERE id = ?
                """, arguments: [turn.rawValue])
        let (before, kept) = (facts?.count("tokens") ?? 0, facts?.count("kept") ?? 0)
        let counts = try Row.fetchOne(
            database,
            sql: "SELECT count(*) AS tokens, total(side) AS side FROM token WHERE turn = ? AND position < ?",
            arguments: [turn.rawValue, kept])
        let tokens = counts?.count("tokens") ?? 0
        try database.execute(
            sql: "UPDATE turn SET tokens = ?, side_tokens = ? WHERE id = ?",
            arguments: [tokens, counts?.count("side") ?? 0, turn.rawValue])
        guard isComplete || tokens.leadingZeroBitCount < before.leadingZeroBitCount else { return }
        var bytes: [UInt8] = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT bytes FROM token WHERE turn = ? AND position < ? ORDER BY position",
            arguments: [turn.rawValue, kept])
        while let row = try rows.next() { bytes += row.bytes("bytes") }
        // SQLite's text ends at a zero.
        bytes.removeAll { $0 == 0 }
        let text = String(decoding: bytes, as: UTF8.self)
        // Nothing is indexed again where a start finds what an earlier one gathered.
        try database.execute(
            sql: "UPDATE turn SET answer = ? WHERE id = ? AND answer <> ?", arguments: [text, turn.rawValue, text])
    }

    /// Removes conversations for good that were deleted before a time; where some are named, none but those.
    public func purge(
        _ conversations: Set<ConversationID>? = nil, deletedBefore time: Double = .infinity
    ) throws(StoreError) {
        try write { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT id FROM conversation WHERE deleted < ?", arguments: [time])
            for id in rows.compactMap({ $0.long("id") }) {
                if let conversations, !conversations.contains(ConversationID(rawValue: id)) { continue }
                try database.execute(
                    sql: "DELETE FROM token WHERE turn IN (SELECT id FROM turn WHERE conversation = ?)",
                    arguments: [id])
                try database.execute(sql: "DELETE FROM turn WHERE conversation = ?", arguments: [id])
                try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [id])
            }
        }
    }

    /// The newest message that was being written when a program ended, which is removed; nil where there is none.
    public func takeDraft() throws(StoreError) -> String? {
        try write { database in
            var newest: String?
            for row in try Row.fetchAll(database, sql: "SELECT process, text FROM draft ORDER BY changed DESC") {
                let process = pid_t(clamping: row.integer("process") ?? 0)
                let isAlive = process != getpid() && process > 0 && (kill(process, 0) == 0 || errno == EPERM)
                if isAlive { continue }
                newest = newest ?? row.string("text")
                try database.execute(sql: "DELETE FROM draft WHERE process = ?", arguments: [row.long("process")])
            }
            return newest
        }
    }

    private func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.write(body) } catch { throw StoreError(error, path: path) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.read(body) } catch { throw StoreError(error, path: path) }
    }
}
