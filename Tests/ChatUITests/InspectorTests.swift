import Chat
import ChatUI
import Screen
import Testing

/// The walk over tokens, and what it asks the engine.
@Suite struct InspectorTests {
    private var state: State

    init() {
        state = State(settings: ChatSettings(size: Size(columns: 120, rows: 40)))
        _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p", price: 0.3)))
    }

    private mutating func ask(_ question: String, _ tokens: [(String, TokenPath, Float)]) {
        for character in question { _ = update(&state, .key(.character(character))) }
        _ = update(&state, .key(.enter))
        for (index, token) in tokens.enumerated() {
            _ = update(
                &state,
                .token(
                    TokenRecord(
                        index: index, id: Int32(question.count * 100 + index), bytes: Array(token.0.utf8),
                        path: token.1, probability: token.2, sigma: 0.9)))
        }
        _ = update(&state, .replyEnded(.endOfTurn))
    }

    private mutating func press(_ keys: Key...) -> [TokenQuestion] {
        var questions: [TokenQuestion] = []
        for key in keys {
            for case .instrument(.inspect(let question)) in update(&state, .key(key)) {
                questions.append(question)
                let answer = TokenInspection(base: [], side: [], baseLoss: 1, sideLoss: 0.5)
                _ = update(&state, .instrument(.inspected(question, answer)))
            }
        }
        return questions
    }

    /// Whatever way the walk takes, the question about a token has exactly the tokens before it, and its own messages.
    @Test mutating func questionsAreNeverOffByOne() {
        ask("abc", [("a", .base, 0.1), ("b", .side, 0.9), ("c", .base, 0.45), ("d", .base, 0)])
        ask("abcdef", [("e", .base, 0.2), ("f", .base, 0.58), ("g", .side, 0.8)])
        let second = [PromptMessage(.user, "abc"), PromptMessage(.assistant, "abcd"), PromptMessage(.user, "abcdef")]
        #expect(
            press(.alternate("i")) == [TokenQuestion(messages: second, before: [], id: 600, price: 0)])
        #expect(press(.character("s")) == [TokenQuestion(messages: second, before: [600, 601], id: 602, price: 0)])
        #expect(press(.character("T")) == [TokenQuestion(messages: second, before: [600], id: 601, price: 0)])
        let first = [PromptMessage(.user, "abc")]
        #expect(press(.character("T")) == [TokenQuestion(messages: first, before: [300, 301], id: 302, price: 0)])
        #expect(press(.left) == [TokenQuestion(messages: first, before: [300], id: 301, price: 0)])
        // What has been answered is not asked again.
        #expect(press(.right) == [])
        #expect(press(.end) == [TokenQuestion(messages: first, before: [300, 301, 302], id: 303, price: 0)])
        #expect(press(.right, .home, .pageUp) == [TokenQuestion(messages: first, before: [], id: 300, price: 0)])
        #expect(press(.left, .pageUp, .pageDown) == [])
    }

    @Test mutating func everyTokenCanBeReachedFromEveryOther() {
        ask("one", (0..<40).map { (" word\($0)", $0 % 5 == 0 ? .side : .base, Float($0) / 40) })
        ask("two", (0..<7).map { ("x\($0)\n", .base, Float($0) / 7) })
        var asked = Set(press(.alternate("i")))
        asked.formUnion(press(.pageUp))
        for _ in 0..<50 { asked.formUnion(press(.right)) }
        #expect(asked.count == 47)
        for key in [Key.up, .down, .up, .up, .pageDown, .tab, .backTab] { #expect(press(key) == []) }
    }

    @Test mutating func aFastWalkAsksOneQuestionAtATime() {
        ask("abc", (0..<9).map { ("t\($0)", .base, 0.5) })
        let first = update(&state, .key(.alternate("i")))
        #expect(first.count == 1)
        for _ in 0..<5 { #expect(update(&state, .key(.right)) == []) }
        guard case .instrument(.inspect(let question)) = first.first else { return }
        let answer = TokenInspection(base: [], side: [], baseLoss: 1, sideLoss: nil)
        let next = update(&state, .instrument(.inspected(question, answer)))
        guard case .instrument(.inspect(let later)) = next.first else {
            Issue.record("no question: \(next)")
            return
        }
        #expect(later.before.count == 5)
        #expect(update(&state, .instrument(.inspectionFailed(later, "no memory"))) == [])
    }

    @Test mutating func aRoadEndsWithTheInspector() {
        ask("abc", [("a", .base, 0.1), ("b", .side, 0.9)])
        _ = press(.alternate("i"))
        let effects = update(&state, .key(.character("g")))
        guard case .instrument(.walk(let road)) = effects.first else {
            Issue.record("no road: \(effects)")
            return
        }
        #expect(road.path == .side && road.token.id == 300)
        let token = TokenRecord(index: 0, id: 9, bytes: Array("other".utf8), path: .side)
        _ = update(&state, .instrument(.roadToken(road, token)))
        #expect(state.decoration.ghosts[0]?.map(\.text).joined().contains("other") == true)
        #expect(update(&state, .key(.escape)) == [.instrument(.stop)])
        #expect(state.decoration == TranscriptDecoration())
        #expect(update(&state, .instrument(.roadToken(road, token))) == [] && state.decoration.ghosts.isEmpty)
    }
}
