import GGUF
import TestSupport
import Testing
import Tokenizer

@Suite struct TokenizerTests {
    @Test func mergesAreApplied() throws {
        let tokenizer = try tinyTokenizer()
        func pieces(_ text: String) -> [String] { tokenizer.encode(text).map(tokenizer.piece(of:)) }
        #expect(pieces("the") == ["t", "he"])
        #expect(pieces(" the and") == [" the", " and"])
        #expect(pieces("ing") == ["ing"])
        #expect(pieces("you 12") == ["y", "ou", " ", "1", "2"])
        #expect(pieces("") == [])
        #expect(tokenizer.vocabularySize == 320)
    }

    @Test func factsOfTheVocabulary() throws {
        let tokenizer = try tinyTokenizer()
        #expect(tokenizer.id(ofSpecial: "<|im_end|>") == 2 && tokenizer.id(ofSpecial: "the") == nil)
        #expect(tokenizer.isControl(0) && tokenizer.isControl(2) && !tokenizer.isControl(3))
        #expect(tokenizer.beginOfSequence == 1 && !tokenizer.addsBeginOfSequence)
        #expect(tokenizer.endOfSequence == 2 && tokenizer.endOfTurn == 2 && tokenizer.endOfGeneration == [0, 2])
        #expect(tokenizer.bytes(of: 2) == [] && tokenizer.piece(of: 2) == "<|im_end|>")
        for id: Int32 in [-1, .min, .max, 320] {
            #expect(tokenizer.bytes(of: id) == [] && tokenizer.piece(of: id) == "" && !tokenizer.isControl(id))
        }
    }

    @Test func aUsersWordsAreNeverControlTokens() throws {
        let tokenizer = try tinyTokenizer()
        let text = "a<|im_end|>b<|im_start|>"
        let ids = tokenizer.encode(text)
        #expect(!ids.contains { tokenizer.isControl($0) } && tokenizer.decode(ids) == text)
        let parsed = tokenizer.encode(text, parseSpecial: true)
        #expect(parsed.filter { tokenizer.isControl($0) } == [2, 1])
        #expect(parsed.count == 4 && tokenizer.decode(parsed) == "ab")
    }

    @Test func theLongestSpecialTokenWins() throws {
        let tokenizer = try tokenizer(control: ["<x>", "<x><y>", "<y>"], userDefined: ["tool", "<z>"])
        #expect(tokenizer.encode("<x><x><y><y>", parseSpecial: true) == [0, 1, 2])
        let tool = try #require(tokenizer.id(ofSpecial: "tool"))
        #expect(tokenizer.encode("tool") == [tool])
        #expect(tokenizer.bytes(of: tool) == Array("tool".utf8) && !tokenizer.isControl(tool))
        #expect(tokenizer.encode("<x>").count == 3)
    }

    @Test func anyTextSurvives() throws {
        let tokenizer = try tinyTokenizer()
        var generator = Generator(state: 5)
        for _ in 0..<3000 {
            let text = generator.text(60)
            #expect(tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
        }
    }

    /// The definition, slowly: the pair of lowest rank is merged, the leftmost of several, until none is left.
    @Test func mergingAgreesWithItsDefinition() throws {
        let tokenizer = try tinyTokenizer()
        let ranks = Dictionary(uniqueKeysWithValues: TinyModelVocabulary.merges.enumerated().map { ($1, $0) })
        var generator = Generator(state: 6)
        for _ in 0..<3000 {
            let count = Int.random(in: 1...30, using: &generator)
            var parts = (0..<count).map { _ in
                ["a", "e", "h", "i", "n", "o", "t", "s", "r", "g"].randomElement(using: &generator) ?? "a"
            }
            let text = parts.joined()
            while true {
                let candidates = parts.indices.dropLast().compactMap { index in
                    ranks[parts[index] + " " + parts[index + 1]].map { (rank: $0, index: index) }
                }
                guard let best = candidates.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { break }
                parts[best.index] += parts.remove(at: best.index + 1)
            }
            #expect(tokenizer.encode(text).map(tokenizer.piece(of:)) == parts)
        }
    }

    /// A word of 1 MB would take hours in quadratic time.
    @Test func aLongWordIsNoTrouble() throws {
        let tokenizer = try tinyTokenizer()
        let text = String(repeating: "the", count: 333_333)
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        let spaces = String(repeating: " ", count: 500_000)
        #expect(tokenizer.decode(tokenizer.encode(spaces)) == spaces)
    }

    @Test func bytesThatTheVocabularyLacksAreLeftOut() throws {
        let tokenizer = try tokenizer { writer in
            writer.set("tokenizer.ggml.tokens", .strings(["a", "b", "ab"]))
            writer.set("tokenizer.ggml.token_type", .int32s([1, 1, 1]))
            writer.set("tokenizer.ggml.merges", .strings(["a b"]))
        }
        #expect(tokenizer.encode("xaxbx") == [2])
        #expect(tokenizer.encode("xyz") == [])
    }

    @Test func llama3BeginsAPromptUnlessTheFileSaysOtherwise() throws {
        func begins(_ rules: String, _ adds: Bool?) throws -> Bool {
            try tokenizer(control: ["<s>"], rules: rules) { writer in
                writer.set("tokenizer.ggml.bos_token_id", .uint32(0))
                if let adds { writer.set("tokenizer.ggml.add_bos_token", .bool(adds)) }
            }.addsBeginOfSequence
        }
        #expect(try begins("llama-bpe", nil) && begins("qwen2", true))
        #expect(try !begins("llama-bpe", false) && !begins("qwen2", nil))
    }

    @Test func llamaPrefersWholeWords() throws {
        func change(_ writer: inout GGUFWriter) {
            writer.set("tokenizer.ggml.tokens", .strings(["a", "b", "c", "bc", "abc"]))
            writer.set("tokenizer.ggml.token_type", .int32s([1, 1, 1, 1, 1]))
            writer.set("tokenizer.ggml.merges", .strings(["b c"]))
        }
        #expect(try tokenizer(rules: "llama-bpe", change).encode("abc") == [4])
        #expect(try tokenizer(rules: "qwen2", change).encode("abc") == [0, 3])
    }

    @Test(.enabled(if: RealModel.path != nil), .tags(.realModel))
    func theRealVocabularyAgreesWithReferences() throws {
        struct Encoding: Decodable {
            let text: String
            let special: Bool?
            let ids: [Int32]
        }
        let tokenizer = try Tokenizer(file: GGUFFile(path: try #require(RealModel.path)))
        #expect(tokenizer.vocabularySize == 49152 && tokenizer.endOfGeneration == [0, 2])
        for name in ["golden.json", "encodings.json"] {
            for encoding in try cases(name, of: Encoding.self) {
                let ids = tokenizer.encode(encoding.text, parseSpecial: encoding.special ?? true)
                #expect(ids == encoding.ids, "\(encoding.text.debugDescription)")
            }
        }
    }

    @Test(.enabled(if: RealModel.path != nil), .tags(.realModel))
    func anyTextSurvivesTheRealVocabulary() throws {
        let tokenizer = try Tokenizer(file: GGUFFile(path: try #require(RealModel.path)))
        var generator = Generator(state: 9)
        for _ in 0..<1000 {
            let text = generator.text(60)
            // The vocabulary lacks the bytes of a few control characters and of unassigned planes.
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x40000 }) else { continue }
            #expect(tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
        }
    }
}
