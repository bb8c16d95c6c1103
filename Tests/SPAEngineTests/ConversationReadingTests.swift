import SPAEngine
import TestSupport
import Testing
import Tokenizer

/// Conversations of several turns.
@Suite struct ConversationReadingTests {
    @Test func eachTurnReadsOnlyWhatIsNew() async throws {
        let fixture = try GenerationFixture()
        let generator = try Generator(
            base: fixture.base, tokenizer: fixture.tokenizer, plugin: fixture.plugin(), contextLength: 256,
            clock: VirtualClock())
        func prompt(_ messages: [Message]) -> [Int32] { ChatTemplate.chatML.encode(messages, with: fixture.tokenizer) }
        var messages = [Message(role: .user, content: "the cat is on the mat")]
        var decoder = StreamingDecoder(tokenizer: fixture.tokenizer)
        var (text, computed) = ("", -1)
        for await output in generator.generate(
            promptIDs: prompt(messages), options: GenerationOptions(maximumTokens: 8))
        {
            switch output {
            case .promptRead(let tokens, let read, _, _):
                #expect(tokens == prompt(messages).count && read == tokens)
            case .token(let event): text += decoder.push(bytes: event.bytes)
            case .finished(let summary): #expect(summary.ledger.tokens <= 8)
            case .retracted: Issue.record("nothing repeats itself")
            case .failed(let error): Issue.record("\(error)")
            }
        }
        text += decoder.finish()
        let before = prompt(messages).count
        // Another plugin: what the base has read stays read.
        try generator.setPlugin(nil)
        messages += [Message(role: .assistant, content: text), Message(role: .user, content: "and the dog?")]
        for await output in generator.generate(
            promptIDs: prompt(messages), options: GenerationOptions(maximumTokens: 2))
        {
            if case .promptRead(_, let read, _, _) = output { computed = read }
        }
        let all = prompt(messages).count
        #expect(computed > 0 && computed <= all - before)
    }
}
