import TestSupport
import Testing
import Tokenizer

@Suite struct StreamingDecoderTests {
    @Test func aCharacterComesOnlyWhole() throws {
        var decoder = StreamingDecoder(tokenizer: try tinyTokenizer())
        #expect(decoder.push(bytes: [0xF0, 0x9F]) == "")
        #expect(decoder.push(bytes: [0x8E]) == "")
        #expect(decoder.push(bytes: [0x88, 0x61]) == "🎈a")
        #expect(decoder.finish() == "")
    }

    @Test func whatCannotBecomeACharacterIsReplacedAtOnce() throws {
        var decoder = StreamingDecoder(tokenizer: try tinyTokenizer())
        #expect(decoder.push(bytes: [0x80]) == "\u{FFFD}")
        #expect(decoder.push(bytes: [0xC0]) == "\u{FFFD}")
        #expect(decoder.push(bytes: [0xE2, 0x82]) == "")
        #expect(decoder.push(bytes: [0x61]) == "\u{FFFD}a")
        #expect(decoder.push(bytes: [0xED, 0xA0]) == "\u{FFFD}\u{FFFD}")
        #expect(decoder.push(bytes: [0xF0]) == "")
        #expect(decoder.finish() == "\u{FFFD}" && decoder.finish() == "")
    }

    @Test func tokensOfACharacterAreHeldBack() throws {
        let tokenizer = try tinyTokenizer()
        let ids = tokenizer.encode("é€🎈")
        #expect(ids.count == 9)
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        #expect(ids.map { decoder.push($0) } == ["", "é", "", "", "€", "", "", "", "🎈"])
    }

    @Test func controlTokensPrintNothing() throws {
        let tokenizer = try tinyTokenizer()
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        #expect(decoder.push(2) == "" && decoder.push(-5) == "" && decoder.push(99_999) == "")
    }

    /// All parts together are the text of all bytes, however they are cut.
    @Test func thePartsMakeTheWhole() throws {
        let tokenizer = try tinyTokenizer()
        var generator = Generator(state: 11)
        for _ in 0..<5000 {
            var bytes = Array(generator.text(8).utf8)
            for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = UInt8.random(in: 0x80...0xFF, using: &generator)
                default: bytes.insert(UInt8.random(in: 0x80...0xFF, using: &generator), at: index)
                }
            }
            var decoder = StreamingDecoder(tokenizer: tokenizer)
            var text = ""
            var start = 0
            while start < bytes.count {
                let end = Int.random(in: start...min(start + 3, bytes.count), using: &generator)
                text += decoder.push(bytes: Array(bytes[start..<end]))
                start = end
            }
            text += decoder.finish()
            #expect(text.utf8.elementsEqual(String(decoding: bytes, as: UTF8.self).utf8))
        }
    }
}
