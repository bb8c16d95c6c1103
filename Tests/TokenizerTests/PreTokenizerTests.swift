import Testing
import Tokenizer

@Suite struct PreTokenizerTests {
    /// A text and the lengths of its words, by rules.
    private struct Split: Decodable {
        let text: String
        let lengths: [String: [Int]]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try container.decode([String: TextOrLengths].self)["text"]?.text ?? ""
            lengths = try container.decode([String: TextOrLengths].self).compactMapValues(\.lengths)
        }
    }

    private struct TextOrLengths: Decodable {
        var text: String?
        var lengths: [Int]?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try? container.decode(String.self)
            lengths = text == nil ? try container.decode([Int].self) : nil
        }
    }

    @Test(arguments: ["smollm", "gpt-2", "llama-bpe", "qwen2"])
    func wordsAreThoseOfTheRegularExpressions(_ name: String) throws {
        let preTokenizer = PreTokenizer(rules: try #require(PreTokenizer.Rules(name: name)))
        let splits = try cases("splits.json", of: Split.self)
        #expect(splits.count > 200)
        for split in splits {
            var start = 0
            let lengths = preTokenizer.ends(Array(split.text.utf8)).map { end in
                defer { start = end }
                return end - start
            }
            #expect(lengths == split.lengths[name], "\(split.text.debugDescription)")
        }
    }

    @Test(arguments: ["smollm", "gpt-2", "llama-bpe", "qwen2"])
    func wordsCoverAnyTextInOrder(_ name: String) throws {
        let preTokenizer = PreTokenizer(rules: try #require(PreTokenizer.Rules(name: name)))
        var generator = Generator(state: 3)
        for _ in 0..<3000 {
            let bytes = Array(generator.text(40).utf8)
            let ends = preTokenizer.ends(bytes)
            #expect(zip([0] + ends, ends).allSatisfy { $0 < $1 })
            #expect(ends.last ?? 0 == bytes.count)
        }
    }

    @Test func otherNamesOfTheSameRules() {
        #expect(PreTokenizer.Rules(name: "llama-v3") == .llama3(digits: 3))
        #expect(PreTokenizer.Rules(name: "llama3") == .llama3(digits: 3))
        #expect(PreTokenizer.Rules(name: "deepseek-r1-qwen") == .llama3(digits: 1))
        #expect(PreTokenizer.Rules(name: "llama") == nil)
    }

    @Test func brokenTextDoesNotTrap() throws {
        var generator = Generator(state: 4)
        for name in PreTokenizer.Rules.names {
            let preTokenizer = PreTokenizer(rules: try #require(PreTokenizer.Rules(name: name)))
            for _ in 0..<2000 {
                let count = Int.random(in: 0..<12, using: &generator)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(preTokenizer.ends(bytes).last ?? 0 == bytes.count)
            }
        }
    }
}
