import Chat
import ChatUI
import Screen
import Testing

private func ready() -> State {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    return state
}

private func say(_ text: String, _ state: inout State) {
    _ = update(&state, .submitted(text))
}

@Test func stretchesOfTheSideStandInBrackets() {
    var state = ready()
    var plain = PlainTranscript()
    say("q", &state)
    plain.begin(state)
    var text = plain.answer(state)
    let tokens: [(String, TokenPath)] = [
        ("SPA", .base), (" stands", .base), (" for", .base), (" a", .side), (" side", .side), (".\n\n", .side),
        ("**End**", .base), (" ", .base), ("é", .side),
    ]
    for (index, one) in tokens.enumerated() {
        _ = update(&state, .token(TokenRecord(index: index, id: 1, bytes: Array(one.0.utf8), path: one.1)))
        text += plain.answer(state)
    }
    _ = update(&state, .replyEnded(.endOfTurn))
    text += plain.answer(state)
    #expect(text == "SPA stands for [side: a side.]\n\n**End** [side: é]\n")
    #expect(PlainTranscript.figures(state).last?.hasPrefix("(9 tokens") == true)
    // A second answer begins anew, and nothing is told twice.
    #expect(plain.answer(state) == "")
    say("r", &state)
    plain.begin(state)
    _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [0x41], path: .base)))
    _ = update(&state, .failed("no memory"))
    #expect(plain.answer(state) == "A\n")
    #expect(PlainTranscript.figures(state).first == "Error: no memory")
}

/// An answer is told once, wherever it stands: in the place of another version, in a new conversation, in one that was opened.
@Test func everyAnswerIsToldOnce() {
    var state = ready()
    var plain = PlainTranscript()
    var number: UInt8 = 0x41
    func answered() -> String {
        plain.begin(state)
        _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [number], path: .base)))
        _ = update(&state, .replyEnded(.endOfTurn))
        number += 1
        return plain.answer(state) + plain.answer(state)
    }
    say("q", &state)
    #expect(answered() == "A\n")
    say("/again", &state)
    #expect(answered() == "B\n")
    say("/new", &state)
    say("r", &state)
    #expect(answered() == "C\n")
    let kept = state.conversation
    say("/new", &state)
    _ = update(&state, .store(.opened(kept, at: nil)))
    #expect(plain.answer(state) == "")
    say("s", &state)
    #expect(answered() == "D\n")
}

@Test func noticesAndHelpAreLines() {
    var state = ready()
    var plain = PlainTranscript()
    #expect(plain.remarks(&state) == [])
    say("/network 4g", &state)
    #expect(plain.remarks(&state).first?.hasPrefix("Network 4g (simulated)") == true)
    #expect(plain.remarks(&state) == [])
    say("/help", &state)
    let help = plain.remarks(&state)
    #expect(help.contains { $0.hasPrefix("/price X: ") })
    #expect(!state.frame().textPlane().contains("Help"))
    say("/nonsense", &state)
    #expect(plain.remarks(&state).count == 1)
    say("/new", &state)
    #expect(plain.remarks(&state) == ["New conversation."])
}

/// What needs a window is refused once, before anything is changed.
@Test(arguments: ["/teach It is Rex.", "/copy answer", "/record x.jsonl", "/inspect", "/conversations", "/network"])
func whatNeedsAWindowIsRefusedOnce(_ command: String) {
    var settings = ChatSettings(size: Size(columns: 80, rows: 24))
    settings.hasWindow = false
    var state = State(settings: settings)
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    var plain = PlainTranscript()
    say("q", &state)
    _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [0x41], path: .base)))
    _ = update(&state, .replyEnded(.endOfTurn))
    _ = plain.answer(state)
    #expect(update(&state, .submitted(command)) == [])
    #expect(plain.remarks(&state) == ["That needs the window: start spa without --plain."])
    #expect(!state.frame().textPlane().contains("teaching"))
    #expect(update(&state, .submitted("/price 0.5")) == [.setPrice(0.5)])
}

@Test func whatIsTakenBackHasBeenTold() {
    var settings = ChatSettings(size: Size(columns: 80, rows: 24))
    settings.hasWindow = false
    var state = State(settings: settings)
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    var plain = PlainTranscript()
    say("q", &state)
    plain.begin(state)
    var text = ""
    for index in 0..<6 {
        _ = update(&state, .token(TokenRecord(index: index, id: 1, bytes: [65 + UInt8(index % 2)], path: .base)))
        text += plain.answer(state)
    }
    _ = update(&state, .retracted(4))
    text += plain.answer(state)
    _ = update(&state, .replyEnded(.repetition))
    text += plain.answer(state)
    #expect(text.hasPrefix("ABAB") && text.hasSuffix("\n"))
    #expect(plain.remarks(&state) == ["The answer began to repeat itself and was stopped; /again answers again."])
    say("/again", &state)
    #expect(state.isReplying)
}
