import Chat
import TestSupport
import Testing

/// Feeds tokens and returns (text, token) pairs.
private func assemble(_ tokens: [[UInt8]], finish: Bool = true) -> [TextPiece] {
    var text = StreamingText()
    for (index, bytes) in tokens.enumerated() { text.push(bytes, token: index) }
    if finish { text.finish() }
    return text.pieces
}

@Test func wordsBelongToTheirTokens() {
    let pieces = assemble([Array("SPA".utf8), Array(" stands".utf8), Array(" for".utf8)])
    #expect(pieces == [.init(text: "SPA", token: 0), .init(text: " stands", token: 1), .init(text: " for", token: 2)])
}

@Test func aSplitCharacterBelongsToTheTokenThatCompletesIt() {
    let heart = Array("♥".utf8)
    var text = StreamingText()
    text.push([heart[0]], token: 0)
    #expect(text.isEmpty)
    text.push([heart[1]], token: 1)
    #expect(text.string == "")
    text.push([heart[2]] + Array("!".utf8), token: 2)
    #expect(text.pieces == [.init(text: "♥", token: 2), .init(text: "!", token: 2)])
    text.finish()
    #expect(text.pieces == [.init(text: "♥!", token: 2)])
}

@Test func aCombiningMarkTakesItsLetterAlong() {
    var text = StreamingText()
    text.push(Array("caf".utf8) + Array("e".utf8), token: 0)
    #expect(text.tail == .init(text: "e", token: 0))
    text.push(Array("\u{301}".utf8), token: 1)
    #expect(text.pieces == [.init(text: "caf", token: 0), .init(text: "e\u{301}", token: 1)])
}

@Test func familiesAndFlagsStayWhole() {
    let family = "👩‍👩‍👧"
    let pieces = assemble(family.utf8.map { [$0] })
    #expect(pieces.map(\.text) == [family])
    #expect(pieces.first?.token == family.utf8.count - 1)
    #expect(assemble("🇩🇪🇫🇷".utf8.map { [$0] }).map(\.text) == ["🇩🇪", "🇫🇷"])
}

@Test func invalidBytesAreReplaced() {
    #expect(assemble([[0xFF], Array("a".utf8)]).map(\.text).joined() == "\u{FFFD}a")
    #expect(assemble([[0xE2, 0x99]]).map(\.text).joined() == "\u{FFFD}")
    #expect(assemble([[0xE2], Array("x".utf8)]).map(\.text).joined() == "\u{FFFD}x")
    #expect(assemble([[]]).isEmpty)
}

/// Any cut of any bytes gives the same text as decoding at once, and every piece's token is in range and ascending.
@Test func anyCutGivesTheSameText() {
    var generator = TestRandom(seed: 11)
    let samples = ["Grüße, 世界! 👩‍🚀\r\nnext\tline e\u{301}\u{302}", "🇩🇪🇫🇷🇯🇵 ok", "\u{1F468}\u{200D}x"]
    for round in 0..<400 {
        var bytes = Array(samples[round % samples.count].utf8)
        if round % 3 == 0 {
            for _ in 0..<3 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
        }
        var tokens: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let take = min(rest.count, Int(generator.next() % 5))
            tokens.append(Array(rest.prefix(take)))
            rest = rest.dropFirst(take)
        }
        let pieces = assemble(tokens)
        #expect(pieces.map(\.text).joined() == String(decoding: bytes, as: UTF8.self))
        #expect(pieces.map(\.token) == pieces.map(\.token).sorted())
        #expect(pieces.allSatisfy { tokens.indices.contains($0.token) })
    }
}
