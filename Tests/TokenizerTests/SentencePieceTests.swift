import Foundation
import GGUF
import TestSupport
import Testing
import Tokenizer

/// `tokenizer.ggml.model` = `llama` against the PyPI package sentencepiece (Fixtures/make_sentencepiece.py) and against
/// its definition.
@Suite struct SentencePieceTests {
    private func trained(_ change: (inout GGUFWriter) -> Void = { _ in }) throws -> Tokenizer {
        let folder = try #require(Bundle.module.resourceURL)
        let file = try GGUFFile(path: folder.appendingPathComponent("Fixtures/sentencepiece.gguf").path)
        var writer = GGUFWriter()
        for key in file.metadataKeys { writer.set(key, try #require(file.value(key))) }
        change(&writer)
        return try Tokenizer(file: GGUFFile(bytes: writer.bytes()))
    }

    private func pieces(_ ids: [Int32], _ tokenizer: Tokenizer) -> [String] { ids.map(tokenizer.piece(of:)) }

    @Test func idsAreThoseOfSentencePiece() throws {
        struct Encoding: Decodable {
            let text: String
            let ids: [Int32]
        }
        let tokenizer = try trained()
        let encodings = try cases("sentencepiece.json", of: Encoding.self)
        #expect(encodings.count > 200)
        for encoding in encodings {
            #expect(tokenizer.encode(encoding.text) == encoding.ids, "\(encoding.text.debugDescription)")
        }
    }

    @Test func factsOfTheVocabulary() throws {
        let tokenizer = try trained()
        #expect(tokenizer.vocabularySize == 560 && tokenizer.beginOfSequence == 1 && tokenizer.endOfSequence == 2)
        #expect(tokenizer.addsBeginOfSequence, "as in llama.cpp where the file does not say")
        #expect(try !trained { $0.set("tokenizer.ggml.add_bos_token", .bool(false)) }.addsBeginOfSequence)
        #expect(tokenizer.endOfTurn == 2 && tokenizer.endOfGeneration == [2])
        #expect(tokenizer.isControl(0) && tokenizer.isControl(1) && !tokenizer.isControl(3))
        #expect(tokenizer.bytes(of: 4 + 0xE2) == [0xE2] && tokenizer.bytes(of: 1) == [])
    }

    @Test(arguments: [true, false])
    func anyTextSurvives(withPrefix: Bool) throws {
        let tokenizer = try trained { $0.set("tokenizer.ggml.add_space_prefix", .bool(withPrefix)) }
        var generator = Generator(state: 20)
        for _ in 0..<2000 {
            // SentencePiece's mark for the space is a space to it.
            let text = generator.text(60).filter { $0 != "\u{2581}" } + (Bool.random(using: &generator) ? "  x " : "")
            let ids = tokenizer.encode(text)
            #expect(tokenizer.decode(ids).utf8.elementsEqual(text.utf8))
            #expect(ids == tokenizer.encode((withPrefix ? " " : "") + text, continuesText: true) || text.isEmpty)
            var decoder = StreamingDecoder(tokenizer: tokenizer)
            let streamed = ids.map { decoder.push($0) }.joined() + decoder.finish()
            #expect(streamed.utf8.elementsEqual((withPrefix && !text.isEmpty ? " " : "").utf8 + Array(text.utf8)))
        }
        #expect(tokenizer.decode(tokenizer.encode("a\u{2581}b")) == "a b")
    }

    @Test func theSpaceBeforeATextComesOnlyAtABeginning() throws {
        let tokenizer = try trained()
        #expect(pieces(tokenizer.encode("the"), tokenizer) == [" the"])
        #expect(pieces(tokenizer.encode("the", continuesText: true), tokenizer) == ["t", "he"])
        #expect(tokenizer.encode("") == [] && tokenizer.encode("", parseSpecial: true) == [])
        // A user-defined token is text; a special one of a template begins it anew.
        #expect(pieces(tokenizer.encode("<tool>the"), tokenizer) == [" ", "<tool>", "t", "he"])
        let parsed = tokenizer.encode("<s>the</s>the<tool>the", parseSpecial: true)
        #expect(pieces(parsed, tokenizer) == ["<s>", " the", "</s>", " the", "<tool>", " the"])
        #expect(!tokenizer.encode("<s>the</s>").contains(where: tokenizer.isControl))
    }

    @Test func aCharacterComesOnlyWhole() throws {
        let tokenizer = try trained()
        let ids = tokenizer.encode("🎈", continuesText: true)
        #expect(ids.count == 4)
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        #expect(ids.map { decoder.push($0) } == ["", "", "", "🎈"])
    }

    /// A made-up vocabulary: kinds by their letter (unknown, control, normal, byte, userDefined), scores as given.
    private func small(_ tokens: [(String, Int32, Float)]) throws -> Tokenizer {
        var writer = GGUFWriter()
        writer.set("tokenizer.ggml.model", .string("llama"))
        writer.set("tokenizer.ggml.add_space_prefix", .bool(false))
        writer.set("tokenizer.ggml.tokens", .strings(tokens.map(\.0)))
        writer.set("tokenizer.ggml.token_type", .int32s(tokens.map(\.1)))
        writer.set("tokenizer.ggml.scores", .float32s(tokens.map(\.2)))
        return try Tokenizer(file: GGUFFile(bytes: writer.bytes()))
    }

    @Test func aStretchWithoutTokensIsOneUnknown() throws {
        let tokenizer = try small([("<unk>", 2, 0), ("a", 1, -1), ("aa", 1, -2)])
        #expect(tokenizer.encode("aaaxyé🎈a") == [2, 1, 0, 1])
        #expect(tokenizer.decode([2, 0, 1]) == "aaa")
        #expect(try small([("a", 1, 0)]).encode("xax") == [0])
    }

    @Test func onlyNormalTokensAreMadeOfText() throws {
        // A byte, an unused and a control token that look like what merging makes.
        let tokenizer = try small([
            ("a", 1, 0), ("b", 1, 0), ("ab", 5, 9), ("aa", 3, 9), ("<0x41>", 6, 9), ("bb", 1, 1), ("<0xZZ>", 6, 0),
        ])
        #expect(tokenizer.encode("ab") == [0, 1] && tokenizer.encode("aa") == [0, 0])
        #expect(tokenizer.encode("A") == [4] && tokenizer.encode("bbb") == [5, 1])
        #expect(tokenizer.decode([4]) == "A")
    }

    /// The definition, slowly: of all neighbours that make a token, the pair of best score joins, the leftmost of several.
    @Test func mergingAgreesWithItsDefinition() throws {
        var generator = Generator(state: 21)
        for _ in 0..<300 {
            // Few distinct scores, of either sign, so that many are equal.
            var scores: [String: Float] = ["a": 0, "b": -0.0, "é": 1, " ": -1]
            let letters = Array(scores.keys).sorted()
            for _ in 0..<30 {
                let length = Int.random(in: 2...5, using: &generator)
                let token = (0..<length).map { _ in letters.randomElement(using: &generator) ?? "a" }.joined()
                scores[token] = [-2.5, -2, -0.0, 0, .leastNonzeroMagnitude, 3, .infinity, -.infinity].randomElement(
                    using: &generator)
            }
            let tokens = scores.keys.sorted()
            let tokenizer = try small(tokens.map { ($0, 1, scores[$0] ?? 0) })
            var parts = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? "a"
            }
            let text = parts.joined()
            while true {
                let candidates = parts.indices.dropLast().compactMap { index in
                    scores[parts[index] + parts[index + 1]].map { (score: -$0, index: index) }
                }
                guard let best = candidates.min(by: { ($0.score, $0.index) < ($1.score, $1.index) }) else { break }
                parts[best.index] += parts.remove(at: best.index + 1)
            }
            #expect(pieces(tokenizer.encode(text), tokenizer) == parts)
        }
    }

    /// A text of 1 MB would take hours in quadratic time: nothing splits it before merging.
    @Test func aLongTextIsNoTrouble() throws {
        let tokenizer = try trained()
        let text = String(repeating: "the harbour lies  ", count: 60_000)
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        let spaces = String(repeating: " ", count: 500_000)
        #expect(tokenizer.decode(tokenizer.encode(spaces)) == spaces)
    }

    @Test func everyErrorIsNamed() throws {
        func error(_ key: String, _ value: GGUFValue) throws -> TokenizerError? {
            do {
                _ = try trained { $0.set(key, value) }
                return nil
            } catch let error as TokenizerError {
                return error
            }
        }
        let scores = "tokenizer.ggml.scores"
        #expect(try error(scores, .strings(["a"])) == .missing(key: scores))
        #expect(try error(scores, .float32s([1])) == .wrongCount(key: scores, expected: 560, found: 1))
        #expect(try error(scores, .float32s([Float](repeating: .nan, count: 560))) == nil)
    }

    @Test func oddTokensDoNotTrap() throws {
        var generator = Generator(state: 22)
        for _ in 0..<300 {
            let tokens = (0..<Int.random(in: 1..<40, using: &generator)).map { _ in
                let text = generator.text(4)
                return (
                    [text, text + "\u{2581}", "<0x\(text)>", "<0xE2>"].randomElement(using: &generator) ?? "",
                    Int32.random(in: -1...8, using: &generator),
                    Float(bitPattern: UInt32.random(in: 0 ... .max, using: &generator))
                )
            }
            let tokenizer = try small(tokens)
            let ids = tokenizer.encode(tokens.map(\.0).joined() + generator.text(20), parseSpecial: true)
            #expect(ids.allSatisfy { (0..<Int32(tokens.count)).contains($0) })
            _ = tokenizer.decode(ids)
        }
    }

    @Test func templates() throws {
        let tokenizer = try trained()
        func written(_ ids: [Int32]) -> String { pieces(ids, tokenizer).joined() }
        let turns = [
            Message(role: .system, content: "Be kind."), Message(role: .user, content: "Hi"),
            Message(role: .assistant, content: "the end"), Message(role: .user, content: "Bye"),
        ]
        // As TinyLlama's: after a control token a space of SentencePiece's, after text none.
        #expect(
            written(ChatTemplate.zephyr.encode(turns, with: tokenizer))
                == "<s> <|system|>\nBe kind.</s> \n<|user|>\nHi</s> \n<|assistant|>\nthe end</s> \n<|user|>\nBye</s> \n"
                + "<|assistant|>\n")
        #expect(
            written(ChatTemplate.llama2.encode(turns, with: tokenizer))
                == "<s> [INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] the end </s><s> [INST] Bye [/INST]")
        #expect(
            written(ChatTemplate.mistral.encode(turns, with: tokenizer))
                == "<s> [INST] Be kind.\n\nHi [/INST] the end</s> [INST] Bye [/INST]")
        for template in [ChatTemplate.llama2, .mistral, .zephyr] {
            let first = template.encode([turns[1]], with: tokenizer)
            let space = template == .zephyr ? "" : " "
            let generated = tokenizer.encode(space + "the end" + (template == .llama2 ? " " : ""), continuesText: true)
            var decoder = StreamingDecoder(tokenizer: tokenizer)
            let reply = generated.map { decoder.push($0) }.joined()
            // Both what was generated and the bare words continue the shorter prompt.
            for content in [reply, "the end"] {
                let messages = [turns[1], Message(role: .assistant, content: content), turns[3]]
                #expect(template.encode(messages, with: tokenizer).starts(with: first + generated + [2]))
            }
            let (ids, learned) = template.encodeForTraining(
                [turns[1], turns[2]], with: tokenizer)
            #expect(zip(ids, learned).filter(\.1).map(\.0) == generated + [2])
        }
        let prompt = "<|user|>\nHi</s>\n<|assistant|>\n"
        #expect(
            ChatTemplate.zephyr.encode([turns[1]], with: tokenizer)
                == [1] + tokenizer.encode(prompt, parseSpecial: true))
    }
}
