import Chat
import ChatUI
import Screen
import Testing

/// What was written for `/teach` stays in the draft until it is taken: it may be a whole answer.
@Test func aLessonThatCannotBeginStaysInTheDraft() {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    let lesson = "/teach Your dog’s name is\nWäldemar."
    func submit() -> [Effect] {
        let effects = update(&state, .key(.enter))
        return effects
    }
    _ = update(&state, .key(.paste(lesson)))
    #expect(submit() == [] && state.editor.text == lesson)
    #expect(state.notice?.text == "The model has to be there first; what you wrote stays.")
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    #expect(submit() == [] && state.editor.text == lesson)
    #expect(state.notice?.text.hasPrefix("There is no answer to correct yet") == true)
    _ = update(&state, .submitted("What is my dog’s name?"))
    _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [0x41], path: .base)))
    _ = update(&state, .key(.paste(lesson)))
    #expect(submit() == [] && state.editor.text == lesson)
    _ = update(&state, .replyEnded(.endOfTurn))
    guard case .teaching(.start(.rows(let rows), question: _)) = submit().first else {
        Issue.record("the lesson has not begun")
        return
    }
    #expect(rows.first?.last?.text == "Your dog’s name is\nWäldemar." && state.editor.isEmpty)
}

/// A mark is an answer's: another answer in its place has none.
@Test func aMarkStaysWithItsAnswer() {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    func answer(_ byte: UInt8) {
        _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [byte], path: .base)))
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    func learned() -> [String]? {
        guard case .teaching(.start(.rows(let rows), question: _)) = update(&state, .submitted("/teach marked")).first
        else { return nil }
        return rows.compactMap(\.last?.text)
    }
    _ = update(&state, .submitted("q"))
    answer(0x41)
    _ = update(&state, .key(.alternate("k")))
    #expect(state.notice?.text.hasPrefix("1 answer marked") == true)
    _ = update(&state, .submitted("/again"))
    answer(0x42)
    #expect(learned() == nil)
    _ = update(&state, .key(.alternate(",")))
    #expect(learned() == ["A"])
}
