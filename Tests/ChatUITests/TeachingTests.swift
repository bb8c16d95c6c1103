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

private func ready() -> State {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    return state
}

/// What stands behind `/teach`: words that mean something alone mean it nowhere else.
@Test(arguments: [
    ("", TeachCommand.show), ("list", .list), ("again", .again), ("marked", .marked), ("forget 12", .forget(12)),
    ("file a b.jsonl", .file("a b.jsonl")), ("forget", .correction("forget")),
    ("forget me not", .correction("forget me not")), ("forget it", .correction("forget it")),
    ("list\nof things", .correction("list\nof things")), ("again and again", .correction("again and again")),
]) func readsTeach(_ text: String, _ command: TeachCommand) throws {
    #expect(try Command.parse("/teach " + text) == .teach(command))
}

@Test func whatWasTaughtIsLearnedAgainOrForgotten() {
    var state = ready()
    #expect(update(&state, .submitted("/teach list")) == [.teaching(.list)])
    #expect(update(&state, .submitted("/teach again")) == [.teaching(.start(.again, question: []))])
    // One lesson at a time, but a look at the list.
    #expect(update(&state, .submitted("/teach forget 2")) == [])
    #expect(update(&state, .submitted("/teach list")) == [.teaching(.list)])
    _ = update(&state, .teaching(.failed("Nothing was taught yet.")))
    #expect(update(&state, .submitted("/teach forget 2")) == [.teaching(.start(.without(2), question: []))])
    _ = update(&state, .teaching(.dropped(TaughtEntry(question: "Who?", answer: "Me."))))
    #expect(state.notice?.text == "Forgotten: “Who?”. Nothing that was taught is left.")
    #expect(update(&state, .submitted("/teach again")) == [.teaching(.start(.again, question: []))])
}

/// The bar never goes back, whatever comes.
@Test func progressOfALessonIsMonotone() {
    var state = ready()
    _ = update(&state, .submitted("/teach again"))
    var shown: [Int] = []
    for fraction in [0.1, 0.5, 0.2, 0.7, 0.69, 1] {
        _ = update(
            &state, .teaching(.progress(TeachingProgress(phase: "learning", step: 2, steps: 4, fraction: fraction))))
        let text = state.frame().textPlane()
        #expect(text.contains("2 of 4 · learning"))
        shown += text.matches(of: /(\d+) %/).compactMap { Int($0.1) }.suffix(1)
    }
    #expect(shown.count == 6 && shown == shown.sorted() && shown.last == 100)
}

@Test func saysWhatIsNotAnswered() {
    var state = ready()
    _ = update(&state, .submitted("/teach again"))
    _ = update(&state, .key(.escape))
    _ = update(
        &state,
        .teaching(
            .trained(
                TeachingResult(
                    answer: [], rows: 9, losses: nil, usagePercent: (80, 0), unanswered: ["Where is the key?"]))))
    #expect(state.notice?.text.hasPrefix("The lesson is learned, but for 1 question") == true)
    _ = update(&state, .submitted("/teach"))
    #expect(state.frame().textPlane().contains("Where is the key?"))
}
