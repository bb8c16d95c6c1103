import Chat
import GRDB

extension ConversationDatabase {
    /// What is said of an answer whose program ended before it did.
    public static let interrupted = "spa ended while this was written; what had come by then is kept."

    /// All conversations, the one changed last first.
    public func list() throws(StoreError) -> [ConversationSummary] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT c.id, c.title, c.created, c.changed, count(t.id) AS turns, total(t.tokens) AS tokens,
                        total(t.side_tokens) AS side_tokens
                    FROM conversation c LEFT JOIN turn t ON t.conversation = c.id
                    WHERE c.deleted IS NULL GROUP BY c.id ORDER BY c.changed DESC, c.id
                    """
            ).map { row in
                ConversationSummary(
                    id: ConversationID(rawValue: row.long("id") ?? 0), title: row.string("title") ?? "",
                    created: row.double("created") ?? 0, changed: row.double("changed") ?? 0,
                    turns: row.count("turns"), tokens: row.count("tokens"),
                    sideTokens: row.count("side_tokens"))
            }
        }
    }

    /// The one conversation whose number begins with these digits; without digits, the one changed last.
    public func find(_ digits: String?) throws(StoreError) -> ConversationID {
        guard let digits else {
            let newest = try read { database in
                try Row.fetchOne(
                    database,
                    sql: "SELECT id FROM conversation WHERE deleted IS NULL ORDER BY changed DESC, id LIMIT 1")
            }
            guard let id = newest?.long("id") else { throw .empty }
            return ConversationID(rawValue: id)
        }
        func bound(_ fill: Character) -> Int64? {
            Int64(digits + String(repeating: fill, count: max(16 - digits.count, 0)), radix: 16)
        }
        guard !digits.isEmpty, digits.count <= 16, digits.allSatisfy(\.isHexDigit), let low = bound("0")
        else { throw .unknown(digits) }
        let high = bound("f") ?? .max
        let rows = try read { database in
            try Row.fetchAll(
                database, sql: "SELECT id FROM conversation WHERE id BETWEEN ? AND ? AND deleted IS NULL LIMIT 2",
                arguments: [low, high])
        }
        guard let id = rows.first?.long("id") else { throw .unknown(digits) }
        guard rows.count == 1 else { throw .ambiguous(digits) }
        return ConversationID(rawValue: id)
    }

    /// A conversation with all of its branches and tokens.
    public func conversation(_ id: ConversationID) throws(StoreError) -> Conversation {
        let conversation: Conversation? = try read { database in
            guard
                let head = try Row.fetchOne(
                    database, sql: "SELECT * FROM conversation WHERE id = ? AND deleted IS NULL",
                    arguments: [id.rawValue])
            else { return nil }
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM turn WHERE conversation = ? ORDER BY ordinal, id",
                arguments: [id.rawValue])
            return Conversation(
                id: id, title: head.string("title"), system: head.string("system"),
                created: head.double("created") ?? 0, records: try rows.map { try Self.record($0, in: database) },
                shown: head.long("shown").map(TurnID.init))
        }
        guard let conversation else { throw .unknown(id.shortText) }
        return conversation
    }

    private static func record(_ row: Row, in database: Database) throws -> TurnRecord {
        let id = TurnID(rawValue: row.long("id") ?? 0)
        var turn = Turn(
            question: row.string("question") ?? "", id: id, asked: row.double("asked") ?? 0,
            settings: ReplySettings(row))
        turn.system = row.string("system")
        turn.forgotten = row.count("forgotten")
        turn.reply.promptTokens = row.integer("prompt_tokens").map(Counts.bounded)
        turn.reply.firstTokenMilliseconds = row.double("first_token_ms")
        turn.reply.promptExchanges = PromptExchanges(row)
        let tokens = try Row.fetchCursor(
            database, sql: "SELECT * FROM token WHERE turn = ? ORDER BY position", arguments: [id.rawValue])
        var index = 0
        while let token = try tokens.next() {
            turn.reply.append(TokenRecord(token, index: index))
            index += 1
        }
        turn.reply.retract(row.count("retracted"))
        if let stop = row.string("stop") {
            turn.reply.end(StopReason(rawValue: stop) ?? .failed, failure: row.string("failure"))
        } else {
            turn.reply.end(.failed, failure: interrupted)
        }
        return TurnRecord(turn, after: row.long("parent").map(TurnID.init))
    }
}
