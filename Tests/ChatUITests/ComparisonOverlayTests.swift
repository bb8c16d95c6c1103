import Chat
import ChatUI
import Screen
import Testing

/// Comparison, map and ledgers: what they ask for, and that nothing of it stays when they close.
@Suite struct ComparisonOverlayTests {
    private var state: State

    init() {
        state = State(settings: ChatSettings(size: Size(columns: 100, rows: 30)))
        _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p", price: 0.3)))
    }

    private mutating func press(_ keys: Key...) -> [Effect] { keys.flatMap { update(&state, .key($0)) } }

    private mutating func ask(_ question: String, _ answer: String) {
        for character in question { _ = press(.character(character)) }
        _ = press(.enter)
        _ = update(
            &state, .token(TokenRecord(index: 0, id: 1, bytes: Array(answer.utf8), path: .side, transmissions: 1)))
        _ = update(&state, .replyEnded(.endOfTurn))
    }

    /// A step back is seen at once, however often a key was pressed at the end.
    @Test(arguments: ["help", "ledger", "retime", "teach", "compare"])
    mutating func scrollingStopsAtTheLastRow(overlay: String) {
        _ = update(&state, .resize(Size(columns: overlay == "compare" ? 100 : 60, rows: 12)))
        ask("why", String(repeating: "because ", count: 60))
        let words = overlay == "teach" ? "teach " + String(repeating: "word ", count: 60) : overlay
        for character in "/" + words { _ = press(.character(character)) }
        _ = press(.enter)
        if overlay == "compare" {
            for column in ComparisonColumn.allCases {
                _ = update(
                    &state,
                    .instrument(
                        .compared(
                            ComparisonQuestion(run: 1, messages: [PromptMessage(.user, "why")]), column,
                            TokenRecord(
                                index: 0, id: 7, bytes: Array(String(repeating: "or ", count: 99).utf8), path: .base))))
            }
        }
        let first = state.frame().textPlane()
        for _ in 0..<200 { _ = press(.down) }
        let last = state.frame().textPlane()
        #expect(last != first)
        _ = press(.pageDown)
        let further = state.frame().textPlane()
        #expect(further == last)
        _ = press(.up)
        let back = state.frame().textPlane()
        #expect(back != last)
        _ = press(.pageUp)
        for _ in 0..<200 { _ = press(.up) }
        let top = state.frame().textPlane()
        #expect(top == first)
    }

    @Test mutating func aComparisonIsAskedOnceAndStopped() {
        #expect(press(.alternate("c")) == [] && state.notice?.text == "There is no question yet.")
        ask("why", "because")
        let messages = [PromptMessage(.user, "why")]
        let first = ComparisonQuestion(run: 1, messages: messages)
        let again = ComparisonQuestion(run: 2, messages: messages)
        #expect(press(.alternate("c")) == [.instrument(.compare(first))])
        #expect(press(.character("r")) == [.instrument(.stop), .instrument(.compare(again))])
        // Tokens of the first run come too late.
        let token = TokenRecord(index: 0, id: 7, bytes: Array("OLD".utf8), path: .base)
        _ = update(&state, .instrument(.compared(first, .base, token)))
        #expect(!state.frame().textPlane().contains("OLD"))
        _ = update(&state, .instrument(.compared(again, .base, token)))
        #expect(state.frame().textPlane().contains("OLD"))
        for column in ComparisonColumn.allCases {
            _ = update(&state, .instrument(.comparisonEnded(again, column, .endOfTurn, nil)))
        }
        #expect(press(.escape) == [])
        #expect(!state.frame().textPlane().contains("OLD"))
        #expect(state.conversation.turns.count == 1)
    }

    @Test mutating func theMapGoesToAnAnswer() {
        for index in 0..<30 { ask("question \(index)", "answer \(index)") }
        #expect(press(.alternate("g"), .home) == [])
        #expect(state.frame().textPlane().contains("› question 0"))
        let effects = press(.down, .character("i"))
        guard case .instrument(.inspect(let question)) = effects.first else {
            Issue.record("no inspection: \(effects)")
            return
        }
        #expect(question.messages.last == PromptMessage(.user, "question 1") && question.before == [])
        _ = press(.escape)
        #expect(state.decoration.marked == nil)
    }
}
