import Chat
import Testing

private func conversation(_ answers: [[(TokenPath, Float)]]) -> Conversation {
    var records: [TurnRecord] = []
    for (index, answer) in answers.enumerated() {
        var turn = Turn(question: "q", id: TurnID(rawValue: Int64(index + 1)))
        for (place, (path, probability)) in answer.enumerated() {
            turn.reply.append(
                TokenRecord(index: place, id: 1, bytes: Array("w".utf8), path: path, probability: probability))
        }
        turn.reply.end(.endOfTurn)
        records.append(TurnRecord(turn, after: index > 0 ? TurnID(rawValue: Int64(index)) : nil))
    }
    return Conversation(id: ConversationID(rawValue: 1), records: records)
}

@Test func theGateIsSearchedForwardAndRound() {
    let chat = conversation([
        [(.base, 0.1), (.side, 0.9), (.base, 0.45)], [], [(.side, 0.55), (.base, 0.2)],
    ])
    func next(_ search: GateSearch, _ turn: Int, _ token: Int, backward: Bool = false) -> [Int]? {
        chat.token(search, after: (turn, token), backward: backward).map { [$0.turn, $0.token] }
    }
    #expect(chat.token(.side, after: nil).map { [$0.turn, $0.token] } == [0, 1])
    #expect(chat.token(.near, after: nil, backward: true).map { [$0.turn, $0.token] } == [2, 0])
    #expect(next(.side, 0, 1) == [2, 0] && next(.side, 2, 0) == [0, 1] && next(.side, 2, 1) == [0, 1])
    #expect(next(.near, 0, 1) == [0, 2] && next(.near, 0, 2) == [2, 0])
    #expect(next(.side, 0, 1, backward: true) == [2, 0] && next(.side, 2, 0, backward: true) == [0, 1])
    // Places that are not there are taken for the nearest.
    #expect(next(.side, 99, 99) == [0, 1] && next(.side, -3, -9) == [0, 1])
}

@Test func aSearchThatFindsNothingEnds() {
    #expect(Conversation().token(.side, after: nil) == nil)
    #expect(conversation([[(.base, 0.1)], [(.base, .nan)]]).token(.near, after: (1, 0)) == nil)
    // The only one is found again from itself.
    #expect(conversation([[(.side, 1)]]).token(.side, after: (0, 0)).map { [$0.turn, $0.token] } == [0, 0])
}

@Test func theTokenOfAWord() {
    var reply = Reply()
    for (index, text) in ["The", " small", " Side", " plug", "in ", "世", "界"].enumerated() {
        reply.append(TokenRecord(index: index, id: 1, bytes: Array(text.utf8), path: .base))
    }
    reply.end(.endOfTurn)
    #expect(reply.token(of: "plugin") == 3 && reply.token(of: "side") == 2 && reply.token(of: "界") == 6)
    #expect(reply.token(of: "zebra") == nil && reply.token(of: "") == nil)
}
