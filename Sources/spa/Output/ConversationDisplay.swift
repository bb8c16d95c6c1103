import Evaluation

/// How played conversations are shown, as text and as JSON.
enum ConversationDisplay {
    private typealias Group = ConversationReport.Group
    private typealias Share = ConversationReport.Share

    /// The groups of turns that are shown, by the names that the table and the JSON give them.
    private static func groups(_ report: ConversationReport) -> [(name: String, key: String, group: Group)] {
        let kinds = TurnKind.allCases.map { kind in
            (kind.rawValue, kind.rawValue, report.figures(kind))
        }
        let (on, off) = (kinds.filter { isOnSubject($0.0) }, kinds.filter { !isOnSubject($0.0) })
        let later = ("general, from turn 2", "general_later", report.later(.general))
        return on + [("all on the subject", "on_subject", report.onSubject)] + off + [later]
    }

    private static func isOnSubject(_ kind: String) -> Bool { TurnKind(rawValue: kind)?.isOnSubject == true }

    // MARK: - Text

    /// The table: who was right, who spoke, and what was said that was not asked for.
    static func show(_ report: ConversationReport, of scripts: Int) {
        let done = report.conversations.count
        Standard.line(
            "\(done == scripts ? "\(done)" : "\(done) of \(scripts)") conversations, \(report.turns.count) turns\n")
        var rows = [["", "turns", "right", "usage", "side ≤ 5 %", "fact by side", "fact by base"]]
        for (name, key, group) in groups(report) {
            let isOn = key == "on_subject" || isOnSubject(key)
            rows.append([
                name, "\(group.turns)", text(group.right), group.usagePercent.map { "\(Figures.text($0)) %" } ?? "–",
                isOn ? "" : text(group.quiet), isOn ? "" : text(group.sideFacts), isOn ? "" : text(group.baseFacts),
            ])
        }
        show(rows)
        Standard.line("")
        show(
            [["right by turn", "turns", "right"]]
                + report.rightByTurn.enumerated().map { place, share in
                    ["  turn \(place + 1)", "\(share.of)", text(share)]
                })
    }

    /// Each answer, with the side's words marked.
    static func showAnswers(_ report: ConversationReport) {
        for conversation in report.conversations {
            let script = conversation.script
            Standard.line("# \(script.subject), \(script.path):\(script.line)")
            for turn in conversation.turns {
                Standard.line("\(turn.script.kind.rawValue): \(turn.script.user)")
                Standard.line("  \(turn.answer.marked)")
                Standard.line("  (\(remarks(turn).joined(separator: "; ")))")
            }
            Standard.line("")
        }
    }

    private static func remarks(_ turn: ConversationReport.Turn) -> [String] {
        var remarks = ["usage \(Figures.text(turn.usagePercent)) % of \(turn.tokens)"]
        if let isRight = turn.isRight {
            let wanted = turn.script.right.map { $0.joined(separator: " or ") }.joined(separator: ", ")
            remarks.append(isRight ? "right" : "wrong, wanted: \(wanted)")
        }
        if !turn.script.kind.isOnSubject, let taught = turn.taught {
            if !taught.side.isEmpty { remarks.append("taught, by the side: \(taught.side.joined(separator: " "))") }
            if !taught.base.isEmpty { remarks.append("taught, by the base: \(taught.base.joined(separator: " "))") }
        }
        return remarks
    }

    private static func text(_ share: Share) -> String {
        guard let percent = share.percent, let error = share.error else { return "–" }
        return "\(Figures.text(percent)) % ± \(Figures.text(error))"
    }

    /// Columns, the first to the left, the others to the right.
    private static func show(_ rows: [[String]]) {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            Standard.line(String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()))
        }
    }

    // MARK: - JSON

    /// One object.
    static func object(_ report: ConversationReport, answers: Bool) -> JSON {
        var fields: [(String, JSON)] = [
            ("conversations", .integer(report.conversations.count)), ("turns", .integer(report.turns.count)),
            ("groups", .object(groups(report).map { ($0.key, object($0.group)) })),
            ("right_by_turn", .array(report.rightByTurn.map(object))),
        ]
        if answers { fields.append(("answers", .array(report.conversations.flatMap(self.answers)))) }
        return .object(fields)
    }

    private static func object(_ group: Group) -> JSON {
        .object([
            ("turns", .integer(group.turns)),
            ("usage_percent", group.usagePercent.map { .rounded($0, 4) } ?? .null),
            ("right", object(group.right)), ("quiet", object(group.quiet)), ("side_facts", object(group.sideFacts)),
            ("base_facts", object(group.baseFacts)),
        ])
    }

    private static func object(_ share: Share) -> JSON {
        .object([
            ("count", .integer(share.count)), ("of", .integer(share.of)),
            ("percent", share.percent.map { .rounded($0, 4) } ?? .null),
            ("error", share.error.map { .rounded($0, 4) } ?? .null),
        ])
    }

    private static func answers(_ conversation: ConversationReport.Conversation) -> [JSON] {
        conversation.turns.enumerated().map { place, turn in
            .object([
                ("path", .string(conversation.script.path)), ("line", .integer(conversation.script.line)),
                ("subject", .string(conversation.script.subject)), ("turn", .integer(place + 1)),
                ("kind", .string(turn.script.kind.rawValue)), ("user", .string(turn.script.user)),
                ("answer", .string(turn.answer.text)), ("marked", .string(turn.answer.marked)),
                ("tokens", .integer(turn.tokens)), ("side_tokens", .integer(turn.sideTokens)),
                ("stop", .string(turn.stop.rawValue)), ("right", turn.isRight.map { .bool($0) } ?? .null),
                ("side_facts", turn.taught.map { .array($0.side.map(JSON.string)) } ?? .null),
                ("base_facts", turn.taught.map { .array($0.base.map(JSON.string)) } ?? .null),
            ])
        }
    }
}
