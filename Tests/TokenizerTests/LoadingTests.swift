import GGUF
import TestSupport
import Testing
import Tokenizer

@Suite struct LoadingTests {
    private func error(_ change: (inout GGUFWriter) -> Void) throws -> TokenizerError? {
        let file = try vocabularyFile(change)
        do throws(TokenizerError) {
            _ = try Tokenizer(file: file)
            return nil
        } catch {
            #expect(!error.description.contains("\n"))
            return error
        }
    }

    @Test func everyErrorIsNamed() throws {
        #expect(try error { _ in } == nil)
        #expect(try error { $0.set("tokenizer.ggml.model", .string("bert")) } == .unsupportedModel("bert"))
        #expect(try error { $0.set("tokenizer.ggml.model", .bool(true)) } == .missing(key: "tokenizer.ggml.model"))
        #expect(try error { $0.set("tokenizer.ggml.pre", .string("x")) } == .unsupportedPreTokenizer("x"))
        for key in ["tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.token_type"] {
            #expect(try error { $0.set(key, .float32s([1])) } == .missing(key: key))
        }
        #expect(
            try error { $0.set("tokenizer.ggml.token_type", .int32s([1])) }
                == .wrongCount(key: "tokenizer.ggml.token_type", expected: 317, found: 1))
        #expect(try error { $0.set("tokenizer.ggml.tokens", .strings([])) } == .unusableVocabulary(count: 0))
        for merge in ["", " ", "ab", "a ", " a", "a", "  "] {
            #expect(
                try error { $0.set("tokenizer.ggml.merges", .strings(["h e", merge])) } == .malformedMerge(index: 1))
        }
        #expect(try error { $0.set("tokenizer.ggml.merges", .strings(["not there", "h e"])) } == nil)
        for value in [GGUFValue.uint32(317), .int32(-1), .uint64(1 << 40)] {
            for name in ["bos", "eos", "eot", "eom"] {
                let key = "tokenizer.ggml.\(name)_token_id"
                #expect(
                    try error { $0.set(key, value) }
                        == .idOutOfRange(key: key, id: value.integer ?? 0, vocabularySize: 317))
            }
        }
    }

    @Test func aFileWithoutATokenizerIsAnError() throws {
        let file = try GGUFFile(bytes: GGUFWriter().bytes())
        #expect(throws: TokenizerError.missing(key: "tokenizer.ggml.model")) { try Tokenizer(file: file) }
    }

    @Test func oddTokensDoNotTrap() throws {
        var generator = Generator(state: 10)
        for _ in 0..<300 {
            let tokens = (0..<Int.random(in: 1..<40, using: &generator)).map { _ in generator.text(4) }
            let merges = (0..<20).map { _ in
                (tokens.randomElement(using: &generator) ?? "") + " " + (tokens.randomElement(using: &generator) ?? "")
            }
            let kinds = tokens.map { _ in Int32.random(in: -1...8, using: &generator) }
            let file = try vocabularyFile { writer in
                writer.set("tokenizer.ggml.tokens", .strings(tokens))
                writer.set("tokenizer.ggml.token_type", .int32s(kinds))
                writer.set("tokenizer.ggml.merges", .strings(merges))
            }
            do throws(TokenizerError) {
                let tokenizer = try Tokenizer(file: file)
                let ids = tokenizer.encode(tokens.joined(), parseSpecial: true)
                #expect(ids.allSatisfy { (0..<Int32(tokens.count)).contains($0) })
                _ = tokenizer.decode(ids)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
