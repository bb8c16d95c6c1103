import Chat
import ChatUI
import Screen
import Testing

private func ready(_ keeping: KeepingSettings = KeepingSettings(isOn: true, nameSeed: 1, startTime: 1000)) -> State {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24), keeping: keeping))
    _ = update(
        &state,
        .engineReady(EngineInfo(modelName: "tiny", pluginName: "p", price: 0.3, contextLength: 100, threads: 2)))
    return state
}

private func type(_ text: String, _ state: inout State) -> [StoreRequest] {
    var effects: [Effect] = []
    for character in text { effects += update(&state, .key(.character(character))) }
    return stored(effects + update(&state, .key(.enter)))
}

private func stored(_ effects: [Effect]) -> [StoreRequest] {
    effects.compactMap { if case .store(let request) = $0 { request } else { nil } }
}

@Test func everyStepOfAReplyIsKept() throws {
    var state = ready()
    _ = update(&state, .tick(milliseconds: 2000))
    let asked = type("hi", &state)
    guard case .asked(let turn, after: nil, in: let head) = asked.dropLast().last else {
        Issue.record("\(asked)")
        return
    }
    #expect(asked.last == .draft("") && turn.question == "hi" && turn.asked == 1002)
    #expect(head.title == "hi" && head.created == 1000 && head.id == state.conversation.id)
    #expect(turn.settings == ReplySettings(model: "tiny", plugin: "p", price: 0.3, deadline: 0))
    let token = TokenRecord(index: 9, id: 1, bytes: [65], path: .side)
    #expect(
        stored(update(&state, .replyStarted(promptTokens: 5)))
            == [.started(turn.id, promptTokens: 5, firstTokenMilliseconds: nil)])
    let exchanges = PromptExchanges(transmissions: 60, bytesUp: 1, bytesDown: 2)
    #expect(stored(update(&state, .promptRead(exchanges))) == [.promptRead(turn.id, exchanges)])
    #expect(state.conversation.turns.last?.reply.promptExchanges == exchanges)
    _ = update(&state, .token(token))
    guard case .token(let second, of: turn.id) = stored(update(&state, .token(token))).first else {
        Issue.record("no token")
        return
    }
    // Its place in the reply, whatever it says itself.
    #expect(second.index == 1)
    #expect(stored(update(&state, .replyEnded(.endOfTurn))) == [.ended(turn.id, .endOfTurn, failure: nil)])
    #expect(stored(update(&state, .replyEnded(.endOfTurn))).isEmpty)
    let next = type("more", &state)
    guard case .asked(_, after: turn.id, in: head) = next.dropLast().last else {
        Issue.record("\(next)")
        return
    }
    #expect(
        stored(update(&state, .failed("broken"))).contains(
            .ended(state.conversation.turns[1].id, .failed, failure: "broken")))
    #expect(state.conversation.turns[1].reply.failure == "broken")
}

@Test func leavingInTheMiddleOfAReplyEndsIt() {
    var state = ready()
    _ = type("hi", &state)
    let id = state.conversation.turns[0].id
    #expect(update(&state, .key(.control("d"))) == [.stop, .store(.ended(id, .cancelled, failure: nil)), .quit])
}

@Test func withoutAStoreNothingIsAskedOfIt() {
    var state = ready(KeepingSettings())
    #expect(type("hi", &state).isEmpty)
    #expect(stored(update(&state, .token(TokenRecord(index: 0, id: 1, bytes: [65], path: .base)))).isEmpty)
    #expect(stored(update(&state, .replyEnded(.endOfTurn))).isEmpty)
}

@Test func theDraftIsKeptAndComesBack() {
    var state = ready()
    #expect(stored(update(&state, .key(.character("a")))) == [.draft("a")])
    #expect(stored(update(&state, .key(.left))).isEmpty)
    #expect(stored(update(&state, .store(.draft("old")))).isEmpty && state.editor.text == "a")
    var next = ready()
    #expect(stored(update(&next, .store(.draft("old")))) == [.draft("old")] && next.editor.text == "old")
    // A message that waits for the reply's end is not sent yet either.
    _ = type("er", &next)
    _ = type("next", &next)
    #expect(next.queued == "next")
    #expect(stored(update(&next, .key(.character("x")))) == [.draft("next\nx")])
}

@Test func anOpenedConversationGoesOn() {
    var state = ready()
    var turn = Turn(question: "One?", id: TurnID(rawValue: 3))
    turn.reply.append(TokenRecord(index: 0, id: 1, bytes: Array("Yes.".utf8), path: .base))
    turn.reply.end(.endOfTurn)
    let opened = Conversation(
        id: ConversationID(rawValue: 9), title: "Its title", records: [TurnRecord(turn, after: nil)])
    _ = update(&state, .store(.opened(opened, at: nil)))
    #expect(state.frame().textPlane().contains("› One?") && state.notice?.text == "“Its title” goes on.")
    let asked = type("Two?", &state)
    guard case .asked(_, after: turn.id, in: let head) = asked.dropLast().last else {
        Issue.record("\(asked)")
        return
    }
    #expect(head.id.rawValue == 9 && head.title == "Its title")
    // While a reply is written, nothing else is opened.
    _ = update(&state, .store(.opened(Conversation(), at: nil)))
    #expect(state.conversation.id.rawValue == 9)
}

@Test func aMessageThatWaitedForTheModelIsNoDraftOnceItIsSent() {
    var state = State(
        settings: ChatSettings(size: Size(columns: 80, rows: 24), keeping: KeepingSettings(isOn: true, nameSeed: 1)))
    #expect(type("hi", &state).last == .draft("hi") || state.queued == "hi")
    let sent = stored(update(&state, .engineReady(EngineInfo(modelName: "tiny"))))
    #expect(sent.last == .draft("") && sent.count == 2)
}

@Test func aReplyThatRepeatedItselfIsCutAndSaysWhatToDo() {
    var state = ready()
    _ = type("hi", &state)
    let id = state.conversation.turns[0].id
    for index in 0..<6 {
        let path: TokenPath = index % 2 == 0 ? .base : .side
        _ = update(&state, .token(TokenRecord(index: index, id: 1, bytes: [65 + UInt8(index % 3)], path: path)))
    }
    _ = state.frame()
    #expect(stored(update(&state, .retracted(3))) == [.retracted(id, 3)])
    #expect(state.conversation.turns[0].reply.text.string == "ABC")
    #expect(state.totals.tokens == 3 && state.totals.sideTokens == 1)
    #expect(stored(update(&state, .replyEnded(.repetition))) == [.ended(id, .repetition, failure: nil)])
    #expect(state.notice?.text == "The answer began to repeat itself and was stopped; Alt-R answers again.")
    #expect(!state.isReplying && state.conversation.prompt.count == 1)
    _ = update(&state, .retracted(1))
    #expect(state.conversation.turns[0].reply.tokens.count == 3)
}

@Test func whoInspectsATokenThatIsTakenBackComesToTheLastOne() {
    var state = ready()
    _ = type("hi", &state)
    for index in 0..<6 { _ = update(&state, .token(TokenRecord(index: index, id: 1, bytes: [65], path: .base))) }
    _ = update(&state, .key(.alternate("i")))
    _ = update(&state, .key(.end))
    #expect(state.frame().textPlane().contains("Token 6 of 6"))
    _ = update(&state, .retracted(4))
    #expect(state.frame().textPlane().contains("Token 2 of 2"))
}
