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
