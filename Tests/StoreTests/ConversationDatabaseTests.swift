import Chat
import Foundation
import Store
import Testing

@Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    var head = head(5)
    head.system = "Be brief."
    try database.write(requests(1, "One?", ["Yes", " it", " is."], in: head))
    try database.write(requests(2, "Two?", ["世", "界"], after: 1, in: head))
    try database.write(requests(3, "Two!", [], after: 1, in: head))
    try database.write([.ended(TurnID(rawValue: 3), .failed, failure: "out of memory")])
    database.close()

    let again = try ConversationDatabase(path: folder.file)
    #expect(again.note == nil)
    let chat = try again.conversation(head.id)
    #expect(chat.title == "title" && chat.system == "Be brief." && chat.created == 1)
    #expect(chat.turns.map(\.question) == ["One?", "Two!"] && chat.version(at: 1) == (2, 2))
    let first = try #require(chat.turns.first)
    #expect(first.settings?.network == "4g" && first.settings?.seed == .max && first.settings?.plugin == "p")
    #expect(first.reply.text.string == "Yes it is." && first.reply.stop == .endOfTurn)
    #expect(first.reply.promptTokens == 12 && first.reply.firstTokenMilliseconds == 80)
    #expect(first.reply.promptExchanges?.bytesDown == 9 && first.reply.promptExchanges?.simulated == true)
    #expect(first.reply.tokens == [token(0, "Yes"), token(1, " it", .side), token(2, " is.")])
    #expect(chat.turns[1].reply.stop == .failed && chat.turns[1].reply.failure == "out of memory")
    let summary = try #require(try again.list().first)
    #expect(summary.turns == 3 && summary.tokens == 5 && summary.sideTokens == 2)
}

@Test func aReplyWithoutItsEndIsKeptAsFarAsItCame() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    try database.write(requests(1, "One?", ["Yes", " \u{1F44D}"], in: head(5), ends: false))
    let chat = try database.conversation(head(5).id)
    #expect(chat.turns[0].reply.text.string == "Yes \u{1F44D}" && chat.turns[0].reply.stop == .failed)
    #expect(chat.turns[0].reply.failure == ConversationDatabase.interrupted)
    #expect(try database.search("yes").count == 1)
}

/// While an answer is written its text is gathered each time its tokens have doubled; the next start gathers the rest.
@Test func anAnswerThatWasCutIsSearchedWhole() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    let words = (0..<11).map { "word\($0) " }
    let all = requests(1, "One?", words, in: head(5), ends: false)
    try database.write(Array(all.dropLast(words.count)))
    for request in all.suffix(words.count) { try database.write([request]) }
    #expect(try (0..<11).map { try database.search("word\($0)").count } == [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    #expect(try database.list()[0].tokens == 11)
    try database.gatherUnfinished()
    #expect(try (0..<11).allSatisfy { try database.search("word\($0)").count == 1 })
    try database.write([
        .token(token(11, "zebra"), of: TurnID(rawValue: 1)), .ended(TurnID(rawValue: 1), .cancelled, failure: nil),
    ])
    #expect(try database.search("zebra").count == 1)
}

@Test func conversationsAreFoundByTheirFirstDigits() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    #expect(throws: StoreError.empty) { try database.find(nil) }
    for number in [0x1111_0000_0000_0001, 0x1112_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF] as [Int64] {
        try database.write(requests(number, "?", [], in: head(number)))
    }
    #expect(try database.find("1112").rawValue == 0x1112_0000_0000_0000)
    #expect(try database.find("1111000000000001").rawValue == 0x1111_0000_0000_0001)
    #expect(try database.find("7FFFFFFFFFFFFFFF").rawValue == .max)
    #expect(throws: StoreError.ambiguous("111")) { try database.find("111") }
    for wrong in ["2", "f", "", "x", "1 1", "11110000000000010", "+1"] {
        #expect(throws: StoreError.unknown(wrong)) { try database.find(wrong) }
    }
    #expect(throws: StoreError.unknown("00000000")) { try database.conversation(ConversationID(rawValue: 3)) }
}

@Test func deletedConversationsComeBackUntilTheyArePurged() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    for number in 1...3 as ClosedRange<Int64> {
        try database.write(requests(number, "apple \(number)", ["pear"], in: head(number)))
    }
    try database.write([.deleted(head(1).id), .deleted(head(2).id)])
    #expect(try database.list().map(\.id) == [head(3).id] && database.search("apple").count == 1)
    try database.write([.restored(head(2).id)])
    #expect(try database.list().count == 2)
    try database.purge([head(2).id, head(3).id])
    #expect(try database.list().count == 2)
    try database.purge()
    try database.write([.restored(head(1).id)])
    #expect(try database.list().count == 2 && database.search("apple").count == 2)
}

@Test func search() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    try database.write(
        requests(1, "What is a side plugin?", ["A", " small", " network\nbeside the base."], in: head(1)))
    try database.write(requests(2, "Naïve café", ["100 % sure"], in: head(2, "second")))
    try database.write(requests(3, "什么是人工智能？", ["それは機械です"], in: head(3)))
    let hit = try #require(try database.search("NETW base").first)
    #expect(hit.isAnswer && hit.turn.rawValue == 1 && hit.conversation.rawValue == 1)
    #expect(hit.excerpt.filter(\.isMatch).map(\.text) == ["network", "base"])
    #expect(hit.excerpt.map(\.text).joined() == "A small network beside the base.")
    #expect(try database.search("cafe naive").first?.title == "second")
    #expect(try database.search("人工").first?.excerpt.contains(.init("人工", isMatch: true)) == true)
    #expect(try database.search("機械").first?.isAnswer == true)
    #expect(try database.search("0 %").count == 1)
    for text in ["", "  ", "\"", "*", "AND", "side NEAR(", "?", "%", "_", "\\", "question:x", "\0"] {
        _ = try database.search(text)
    }
    #expect(try database.search("zebra").isEmpty && database.search("_").isEmpty)
}

@Test func draftsOfEndedProgramsComeBackOnce() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    try database.write([.draft("half a thou"), .draft("half a thought")])
    #expect(try database.takeDraft() == "half a thought")
    #expect(try database.takeDraft() == nil)
    try database.write([.draft("x"), .draft("")])
    #expect(try database.takeDraft() == nil)
}

@Test func zerosAndBrokenCharactersInTokensAreKept() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    let turn = Turn(question: "a\0b", id: TurnID(rawValue: 1))
    let bytes: [[UInt8]] = [[0], [0xE2, 0x82], [0xAC], [0xFF, 0xFE], []]
    try database.write([.asked(turn, after: nil, in: head(1))])
    try database.write(bytes.enumerated().map { .token(token($0, bytes: $1), of: turn.id) })
    let reply = try database.conversation(head(1).id).turns[0].reply
    #expect(reply.tokens.map(\.bytes) == bytes)
}

/// Two programs, one file: both write into one conversation, and both see what the other has written.
@Test func twoProgramsUseOneFile() throws {
    let folder = try TemporaryFolder()
    let one = try ConversationDatabase(path: folder.file)
    let other = try ConversationDatabase(path: folder.file)
    try one.write(requests(1, "One?", ["a"], in: head(5)))
    for round in 0..<20 as Range<Int64> {
        try one.write(requests(100 + round, "left \(round)", ["a"], after: 1, in: head(5)))
        try other.write(requests(200 + round, "right \(round)", ["b"], after: 1, in: head(5)))
    }
    let chat = try one.conversation(head(5).id)
    #expect(chat.records.count == 41 && chat.version(at: 1) == (40, 40))
    #expect(try other.search("left").count == 20)
}

@Test func tokensThatWereTakenBackAreKeptAsSuch() throws {
    let folder = try TemporaryFolder()
    let database = try ConversationDatabase(path: folder.file)
    try database.write(requests(1, "One?", ["once", " zebra", " twice", " gnu"], in: head(5), ends: false))
    let turn = TurnID(rawValue: 1)
    try database.write([.retracted(turn, 2), .ended(turn, .repetition, failure: nil)])
    let reply = try #require(try database.conversation(head(5).id).turns.first).reply
    #expect(reply.text.string == "once zebra" && reply.stop == .repetition)
    #expect(reply.retracted == [token(2, " twice"), token(3, " gnu", .side)])
    #expect(try database.search("zebra").count == 1 && database.search("gnu").isEmpty)
    let summary = try #require(try database.list().first)
    #expect(summary.tokens == 2 && summary.sideTokens == 1)
}
