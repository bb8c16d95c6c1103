import Chat
import TestSupport
import Testing

private func turn(_ number: Int64, _ question: String = "") -> Turn {
    var turn = Turn(question: question.isEmpty ? "q\(number)" : question, id: TurnID(rawValue: number))
    turn.reply.append(TokenRecord(index: 0, id: 1, bytes: Array("a\(number)".utf8), path: .base))
    turn.reply.end(.endOfTurn)
    return turn
}

private func step(_ chat: inout Conversation, _ index: Int, _ step: Int) -> Bool {
    chat.showVersion(at: index, step: step)
}
private func show(_ chat: inout Conversation, _ turn: Int64) -> Int? { chat.show(TurnID(rawValue: turn)) }
private func shown(_ conversation: Conversation) -> [Int64] { conversation.turns.map(\.id.rawValue) }

private func conversation(_ numbers: ClosedRange<Int64>) -> Conversation {
    Conversation(
        id: ConversationID(rawValue: 7),
        records: numbers.map {
            TurnRecord(turn($0), after: $0 > numbers.lowerBound ? TurnID(rawValue: $0 - 1) : nil)
        })
}

@Test func anAnswerAskedAnewKeepsTheOldOne() {
    var chat = conversation(1...3)
    #expect(shown(chat) == [1, 2, 3] && !chat.hasBranches)
    chat.branch(at: 2, with: turn(4, "q3"))
    #expect(shown(chat) == [1, 2, 4])
    #expect(chat.version(at: 2) == (2, 2) && chat.version(at: 0) == (1, 1))
    #expect(step(&chat, 2, -1))
    #expect(shown(chat) == [1, 2, 3] && chat.version(at: 2) == (1, 2))
    #expect(!step(&chat, 2, -1) && shown(chat) == [1, 2, 3])
}

@Test func anEditedQuestionTakesItsOwnTurnsAlong() {
    var chat = conversation(1...3)
    chat.branch(at: 0, with: turn(10))
    chat.branch(at: 1, with: turn(11))
    #expect(shown(chat) == [10, 11])
    chat.showVersion(at: 0, step: -1)
    #expect(shown(chat) == [1, 2, 3])
    chat.branch(at: 1, with: turn(20))
    chat.showVersion(at: 0, step: 1)
    #expect(shown(chat) == [10, 11])
    // What was shown last below a version comes back with it.
    chat.showVersion(at: 0, step: -1)
    #expect(shown(chat) == [1, 20])
    #expect(show(&chat, 3) == 2 && shown(chat) == [1, 2, 3])
    #expect(show(&chat, 99) == nil && shown(chat) == [1, 2, 3])
}

@Test func aDamagedTreeStillOpens() {
    let id = ConversationID(rawValue: 1)
    let circle = [
        TurnRecord(turn(1), after: TurnID(rawValue: 2)), TurnRecord(turn(2), after: TurnID(rawValue: 1)),
        TurnRecord(turn(3), after: TurnID(rawValue: 3)), TurnRecord(turn(3), after: nil),
        TurnRecord(turn(4), after: TurnID(rawValue: 77)),
    ]
    var chat = Conversation(id: id, records: circle, shown: TurnID(rawValue: 2))
    #expect(shown(chat) == [1, 2] && chat.version(at: 0) == (1, 3))
    #expect(chat.records.count == 4)
    #expect(show(&chat, 4) == 0)
}

/// After any branching and switching: no turn is lost or shown twice, and written down and read again it is the same.
@Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
func branchesKeepEveryTurn(_ seed: UInt64) {
    var random = TestRandom(seed: seed)
    var chat = Conversation(id: ConversationID(rawValue: 1))
    var next: Int64 = 1
    for step in 0..<400 {
        let place = chat.turns.isEmpty ? 0 : Int(random.next() % UInt64(chat.turns.count))
        switch random.next() % 5 {
        case 0, 1:
            chat.branch(at: chat.turns.count, with: turn(next))
            next += 1
        case 2 where !chat.turns.isEmpty:
            chat.branch(at: place, with: turn(next))
            next += 1
        case 3: chat.showVersion(at: place, step: Int(random.next() % 5) - 2)
        default: _ = chat.show(TurnID(rawValue: Int64(random.next() % UInt64(next + 2))))
        }
        let records = chat.records
        let all = Set(records.map(\.turn.id))
        if all.count != records.count || all.count != Int(next - 1) {
            Issue.record("step \(step): \(records.count) of \(next - 1) turns")
            return
        }
        // In the order in which they were written, as a store has them.
        let written = records.sorted { $0.turn.id.rawValue < $1.turn.id.rawValue }
        var copy = Conversation(id: chat.id, records: written, shown: chat.turns.last?.id)
        // Below the turn shown last, a store shows the newest versions.
        #expect(shown(copy).starts(with: shown(chat)))
        if let last = chat.turns.last { #expect(show(&copy, last.id.rawValue) == chat.turns.count - 1) }
        for index in chat.turns.indices { #expect(copy.version(at: index) == chat.version(at: index)) }
    }
}

@Test func namesAreRepeatableAndPositive() {
    var source = IdentifierSource(seed: 3)
    var again = IdentifierSource(seed: 3)
    var seen: Set<Int64> = []
    for _ in 0..<1000 {
        let turn = source.turn()
        let repeated = again.turn()
        let isNew = seen.insert(turn.rawValue).inserted
        #expect(turn == repeated && turn.rawValue > 0 && isNew)
    }
    #expect(ConversationID(rawValue: 0xAB).text == "00000000000000ab")
    #expect(ConversationID(rawValue: 0x123_4567_89AB_CDEF).shortText == "01234567")
}

@Test func titles() {
    #expect(ConversationTitle.of(question: "\n  What is\tSPA?\nmore") == "What is SPA?")
    #expect(ConversationTitle.of(question: " \n ") == "")
    let long = ConversationTitle.of(question: String(repeating: "word ", count: 40))
    #expect(long == String(repeating: "word ", count: 10) + "word…")
    #expect(ConversationTitle.of(question: String(repeating: "長", count: 80)).count == 60)
    #expect(ConversationTitle.of(question: "a\u{1B}[31mb") == "a [31mb")
    #expect(ConversationTitle.typed(" a\u{7}  b\n") == "a b" && ConversationTitle.typed(" \n") == nil)
}
