import TestSupport
import Testing
import Tokenizer
import Training

@Suite struct RowEncoderTests {
    private let tokenizer: Tokenizer

    init() throws { tokenizer = try Tokenizer(file: TinyModel.file()) }

    private func encoder(longest: Int = 512) -> RowEncoder {
        RowEncoder(tokenizer: tokenizer, template: .chatML, longest: longest)
    }

    @Test func learnsTheAnswerAndItsEnd() throws {
        let (row, cut) = encoder().encode(TrainingRow(prompt: "Who are you?", response: "A test."))
        let encoded = try #require(row)
        #expect(!cut)
        #expect(tokenizer.decode(encoded.targets.dropLast()) == "A test.")
        #expect(encoded.targets.last == tokenizer.id(ofSpecial: "<|im_end|>"))
        // The base reads up to the position that foretells the end of the turn, no further.
        #expect(encoded.read.count == encoded.positions.last.map { $0 + 1 })
    }

    @Test func theContextIsWhatTheChatSends() throws {
        let (row, _) = encoder().encode(TrainingRow(prompt: "Who are you?", response: "A test."))
        let encoded = try #require(row)
        let prompt = ChatTemplate.chatML.encode([Message(role: .user, content: "Who are you?")], with: tokenizer)
        let first = try #require(encoded.positions.first)
        #expect(Array(encoded.tokens.prefix(first + 1)) == prompt)
    }

    @Test func learnsEveryTurnOfTheAssistant() throws {
        let messages = [
            Message(role: .user, content: "One?"), Message(role: .assistant, content: "First."),
            Message(role: .user, content: "Two?"), Message(role: .assistant, content: "Second."),
        ]
        let encoded = try #require(encoder().encode(TrainingRow(content: .conversation(messages))).row)
        let end = try #require(tokenizer.id(ofSpecial: "<|im_end|>"))
        let turns = encoded.targets.split(separator: end)
        #expect(turns.map { tokenizer.decode(Array($0)) } == ["First.", "Second."])
        #expect(zip(encoded.positions, encoded.positions.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func learnsTheLastAnswerAloneWhereTheOthersAreContext() throws {
        let question = TrainingRow(prompt: "Two?", response: "Second.")
        let messages = [Message(role: .user, content: "One?"), Message(role: .assistant, content: "First.")]
        guard case .conversation(let last) = question.content else { return }
        let row = TrainingRow(content: .conversation(messages + last))
        let encoded = try #require(encoder().encode(row, lastAnswerAlone: true).row)
        let all = try #require(encoder().encode(row).row)
        #expect(encoded.tokens == all.tokens)
        #expect(tokenizer.decode(encoded.targets.dropLast()) == "Second.")
        // Of a question alone nothing changes, and what is cut off does not bring the turn before back.
        #expect(encoder().encode(question, lastAnswerAlone: true).row == encoder().encode(question).row)
        let short = encoder(longest: encoded.positions[0]).encode(row, lastAnswerAlone: true)
        #expect(short.cut && short.row == nil)
    }

    @Test func learnsPassagesAsContinuations() throws {
        let text = "The quick brown fox."
        let encoded = try #require(encoder().encode(TrainingRow(content: .passage(text))).row)
        #expect(encoded.tokens == tokenizer.encode(text))
        #expect(encoded.targets == Array(encoded.tokens.dropFirst()))
    }

    @Test func cutsLongRowsAndDropsThoseWithNothingLeft() throws {
        let long = TrainingRow(prompt: "Hi", response: String(repeating: "word ", count: 100))
        let (row, cut) = encoder(longest: 40).encode(long)
        #expect(cut && row?.tokens.count == 40 && row?.positions.last == 38)
        let question = TrainingRow(prompt: String(repeating: "word ", count: 100), response: "Yes")
        let (nothing, questionCut) = encoder(longest: 40).encode(question)
        #expect(questionCut && nothing == nil)
        #expect(encoder().encode(TrainingRow(content: .passage("a"))).row == nil)
    }

    @Test func aControlTokenInARowIsText() throws {
        let encoded = try #require(
            encoder().encode(TrainingRow(prompt: "Hi", response: "See <|im_end|> here")).row)
        let end = try #require(tokenizer.id(ofSpecial: "<|im_end|>"))
        #expect(encoded.targets.filter { $0 == end }.count == 1)
        #expect(tokenizer.decode(encoded.targets.dropLast()) == "See <|im_end|> here")
    }
}
