extension Conversation {
    /// The conversation with all of its branches as JSON, one object a line: what it is, and for each turn its question
    /// with the settings, the answer's tokens, those taken back among them, and a summary, as `spa run --json` writes them.
    public func jsonLines() -> String {
        var lines: [JSON] = [
            .object([
                ("event", .string("conversation")), ("version", .integer(1)), ("id", .string(id.text)),
                ("title", .optional(title)), ("system", .optional(system)), ("created", .rounded(created)),
            ])
        ]
        let shown = Set(turns.map(\.id))
        for record in records {
            lines.append(Self.question(record, isShown: shown.contains(record.turn.id)))
            let reply = record.turn.reply
            var texts: [Int: String] = [:]
            for piece in reply.text.pieces { texts[piece.token, default: ""] += piece.text }
            var (after, tokens) = (StreamingText(), reply.tokens)
            for var token in reply.retracted {
                token.index = tokens.count
                after.push(token.bytes, token: tokens.count)
                tokens.append(token)
            }
            after.finish()
            for piece in after.pieces { texts[piece.token, default: ""] += piece.text }
            for (index, token) in tokens.enumerated() {
                guard case .object(var fields) = ReplyLines.token(token, text: texts[index] ?? "") else { continue }
                // What the settings cannot say: both may have changed while it was written.
                fields += [
                    ("price", .float(token.price)), ("sigma", token.sigma.map(JSON.float) ?? .null),
                    ("simulated", .bool(token.simulated)),
                ]
                lines.append(.object(fields))
            }
            if !reply.retracted.isEmpty { lines.append(ReplyLines.retracted(reply.retracted.count)) }
            lines.append(ReplyLines.summary(reply))
        }
        return lines.map { $0.text + "\n" }.joined()
    }

    private static func question(_ record: TurnRecord, isShown: Bool) -> JSON {
        var fields: [(String, JSON)] = [
            ("event", .string("question")), ("turn", .string(record.turn.id.text)),
            ("after", .optional(record.parent?.text)), ("shown", .bool(isShown)),
            ("text", .string(record.turn.question)), ("asked", .rounded(record.turn.asked)),
        ]
        if let settings = record.turn.settings {
            fields.append(
                (
                    "settings",
                    .object([
                        ("model", .string(settings.model)), ("plugin", .optional(settings.plugin)),
                        ("mode", .string(settings.mode)), ("price", settings.price.map { .rounded($0, 6) } ?? .null),
                        ("threshold", .number(settings.threshold)), ("network", .string(settings.network)),
                        ("deadline_ms", settings.deadline.map { .rounded($0, 3) } ?? .null),
                        // A number of 64 bits is more than every reader of JSON holds.
                        ("seed", .string(String(settings.seed))),
                    ])
                ))
        }
        return .object(fields)
    }
}
