import Chat
import Testing

private func conversation() -> Conversation {
    var turn = Turn(
        question: "What \"is\"\nSPA?", id: TurnID(rawValue: 1), asked: 5,
        settings: ReplySettings(model: "tiny", plugin: nil, mode: "base", price: 0.3, seed: UInt64.max))
    for (index, bytes) in [[0x41], [0xE4, 0xB8], [0x96, 0x0A]].enumerated() as EnumeratedSequence<[[UInt8]]> {
        turn.reply.append(
            TokenRecord(
                index: index, id: 7, bytes: bytes, path: index == 1 ? .side : .base, probability: 0.5, effect: .nan,
                price: 0.25, milliseconds: PartTimes(base: 8), simulated: index == 1, bytesUp: 3, bytesDown: 4))
    }
    turn.reply.end(.failed, failure: "out of memory")
    var other = Turn(question: "What else?", id: TurnID(rawValue: 2))
    other.reply.end(.cancelled)
    return Conversation(
        id: ConversationID(rawValue: 0xAB), title: "SPA", created: 4,
        records: [TurnRecord(turn, after: nil), TurnRecord(other, after: nil)], shown: turn.id)
}

@Test func aConversationAsJSONLines() {
    #expect(
        conversation().jsonLines() == """
            {"event":"conversation","version":1,"id":"00000000000000ab","title":"SPA","system":null,"created":4}
            {"event":"question","turn":"0000000000000001","after":null,"shown":true,"text":"What \\"is\\"\\nSPA?","asked":5,"settings":{"model":"tiny","plugin":null,"mode":"base","price":0.3,"threshold":0.5,"network":"off","deadline_ms":null,"seed":"18446744073709551615"}}
            {"event":"token","index":0,"id":7,"text":"A","path":"base","probability":0.5,"effect":null,"threshold":0.5,"milliseconds":{"base":8,"device":0,"uplink":0,"downlink":0,"total":8},"bytes":{"up":3,"down":4},"transmissions":0,"fallback":null,"price":0.25,"sigma":null,"simulated":false}
            {"event":"token","index":1,"id":7,"text":"","path":"side","probability":0.5,"effect":null,"threshold":0.5,"milliseconds":{"base":8,"device":0,"uplink":0,"downlink":0,"total":8},"bytes":{"up":3,"down":4},"transmissions":0,"fallback":null,"price":0.25,"sigma":null,"simulated":true}
            {"event":"token","index":2,"id":7,"text":"世\\n","path":"base","probability":0.5,"effect":null,"threshold":0.5,"milliseconds":{"base":8,"device":0,"uplink":0,"downlink":0,"total":8},"bytes":{"up":3,"down":4},"transmissions":0,"fallback":null,"price":0.25,"sigma":null,"simulated":false}
            {"event":"summary","tokens":3,"side_tokens":1,"usage_percent":33.333,"transmissions":0,"prompt_tokens":null,"first_token_ms":null,"tokens_per_second":125,"milliseconds":{"base":24,"device":0,"uplink":0,"downlink":0,"total":24},"bytes":{"up":9,"down":12},"stop":"failed","failure":"out of memory"}
            {"event":"question","turn":"0000000000000002","after":null,"shown":false,"text":"What else?","asked":0}
            {"event":"summary","tokens":0,"side_tokens":0,"usage_percent":null,"transmissions":0,"prompt_tokens":null,"first_token_ms":null,"tokens_per_second":null,"milliseconds":{"base":0,"device":0,"uplink":0,"downlink":0,"total":0},"bytes":{"up":0,"down":0},"stop":"cancelled"}

            """)
}

@Test func tokensThatWereTakenBackAreExportedAsSuch() {
    var conversation = Conversation()
    var turn = Turn(question: "q")
    for (index, text) in ["a", "b", "a", "b"].enumerated() {
        turn.reply.append(TokenRecord(index: index, id: 1, bytes: Array(text.utf8), path: .base))
    }
    turn.reply.retract(2)
    turn.reply.end(.repetition)
    conversation.append(turn)
    let lines = conversation.jsonLines().split(separator: "\n").dropFirst(2)
    #expect(lines.count == 6 && lines.prefix(4).allSatisfy { $0.contains("\"event\":\"token\"") })
    #expect(lines.dropFirst(3).first?.contains("\"index\":3") == true)
    #expect(lines.dropFirst(3).first?.contains("\"text\":\"b\"") == true)
    #expect(lines.dropFirst(4).first == "{\"event\":\"retracted\",\"tokens\":2}")
    #expect(lines.last?.contains("\"tokens\":2") == true && lines.last?.contains("\"stop\":\"repetition\"") == true)
}
