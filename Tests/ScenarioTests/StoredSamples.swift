import Chat

/// What a store says in scripts: three conversations, hits in them, and one of them with branches.
enum StoredSamples {
    static let now = 1_700_000_000.0

    static let list = [
        ConversationSummary(
            id: ConversationID(rawValue: 0x1111_0000_0000_0001), title: "What does SPA stand for?", created: now - 4000,
            changed: now - 900, turns: 4, tokens: 310, sideTokens: 124),
        ConversationSummary(
            id: ConversationID(rawValue: 0x2222_0000_0000_0002), title: "侧插件是什么？ 👩‍🚀 नमस्ते e\u{301}tude",
            created: now - 90_000,
            changed: now - 80_000, turns: 1, tokens: 48, sideTokens: 1),
        ConversationSummary(
            id: ConversationID(rawValue: 0x3333_0000_0000_0003),
            title: "A story about a dragon that is much too long for a narrow window…", created: 0, changed: 3000,
            turns: 12),
    ]

    static let hits = [
        SearchHit(
            conversation: list[0].id, title: list[0].title, turn: TurnID(rawValue: 3), isAnswer: true,
            excerpt: [.init("…the small side "), .init("plugin", isMatch: true), .init(" takes over where it knows…")]),
        SearchHit(
            conversation: list[1].id, title: list[1].title, turn: TurnID(rawValue: 9), isAnswer: false,
            excerpt: [.init("Which "), .init("plugins", isMatch: true), .init(" are there? 世界")]),
    ]

    /// Two questions, the second in two versions; the hit is in the first version.
    static let conversation = Conversation(
        id: list[0].id, title: list[0].title,
        records: [
            TurnRecord(turn(1, "What does SPA stand for?", "Side Plugin Adaptation."), after: nil),
            TurnRecord(
                turn(3, "How does it work?", "Well, the small side plugin takes over."), after: TurnID(rawValue: 1)),
            TurnRecord(turn(4, "How does that work? 👩‍🚀", "Token by token."), after: TurnID(rawValue: 1)),
        ])

    /// One question that was answered with these settings.
    static func conversation(_ settings: ReplySettings, system: String) -> Conversation {
        var turn = turn(5, "What is a gate? 世界", "It chooses for each word who writes it.")
        turn.settings = settings
        return Conversation(
            id: list[1].id, title: "What is a gate? 世界", system: system, records: [TurnRecord(turn, after: nil)])
    }

    private static func turn(_ number: Int64, _ question: String, _ answer: String) -> Turn {
        var turn = Turn(question: question, id: TurnID(rawValue: number))
        for (index, word) in answer.split(separator: " ").enumerated() {
            let text = index == 0 ? String(word) : " " + word
            turn.reply.append(
                TokenRecord(
                    index: index, id: Int32(index), bytes: Array(text.utf8), path: index % 3 == 1 ? .side : .base,
                    probability: index % 3 == 1 ? 0.9 : 0.2, milliseconds: PartTimes(base: 8)))
        }
        turn.reply.end(.endOfTurn)
        return turn
    }
}
