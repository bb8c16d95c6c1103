import Chat
import ChatUI
import Screen
import Testing

private let info = EngineInfo(modelName: "tiny", pluginName: "p", price: 0.3, contextLength: 100, threads: 2)

private func ready(_ size: Size = Size(columns: 80, rows: 24)) -> State {
    var state = State(settings: ChatSettings(size: size))
    _ = update(&state, .engineReady(info))
    return state
}

private func type(_ text: String, _ state: inout State) -> [Effect] {
    var effects: [Effect] = []
    for character in text { effects += update(&state, .key(.character(character))) }
    return effects + update(&state, .key(.enter))
}

private func token(_ index: Int, _ text: String, _ path: TokenPath = .base) -> Event {
    .token(
        TokenRecord(
            index: index, id: 1, bytes: Array(text.utf8), path: path, milliseconds: PartTimes(base: 8)))
}

@Test func aTickAloneDrawsNothing() {
    var state = ready()
    _ = state.frame()
    #expect(!state.needsRender)
    #expect(update(&state, .tick(milliseconds: 5)) == [])
    #expect(!state.needsRender)
    _ = update(&state, .key(.character("a")))
    #expect(state.needsRender)
}

@Test func aMessageWrittenWhileLoadingIsSentWhenReady() {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24), price: 0.7))
    #expect(type("hello", &state) == [])
    #expect(state.queued == "hello")
    #expect(update(&state, .engineReady(info)) == [.send([PromptMessage(.user, "hello")])])
    #expect(state.queued == nil && state.price == 0.7)
}

@Test func theQueueFollowsTheReplyAndComesBackOnAStop() {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, token(0, "Yes."))
    #expect(type("two", &state) == [])
    let next = update(&state, .replyEnded(.endOfTurn))
    #expect(
        next == [.send([PromptMessage(.user, "one"), PromptMessage(.assistant, "Yes."), PromptMessage(.user, "two")])])
    _ = type("three", &state)
    #expect(update(&state, .key(.escape)) == [.stop])
    #expect(update(&state, .key(.escape)) == [])
    #expect(update(&state, .replyEnded(.cancelled)) == [])
    #expect(state.editor.text == "three" && state.queued == nil && !state.isReplying)
}

@Test func controlCStopsThenClearsThenAsksThenQuits() {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, .key(.character("x")))
    let interrupt = Event.key(.control("c"))
    #expect(update(&state, interrupt) == [.stop])
    _ = update(&state, .replyEnded(.cancelled))
    #expect(update(&state, interrupt) == [] && state.editor.isEmpty)
    #expect(state.history.entries == ["one", "x"])
    #expect(update(&state, interrupt) == [])
    #expect(update(&state, .key(.left)) == [])
    #expect(update(&state, interrupt) == [])
    #expect(update(&state, interrupt) == [.quit])
}

@Test func controlDQuitsOnAnEmptyLineOnly() {
    var state = ready()
    _ = update(&state, .key(.character("x")))
    _ = update(&state, .key(.left))
    #expect(update(&state, .key(.control("d"))) == [] && state.editor.isEmpty)
    #expect(update(&state, .key(.control("d"))) == [.quit])
}

@Test func networkKeys() {
    var state = ready()
    #expect(update(&state, .key(.function(2))) == [.setNetwork("4g")])
    #expect(state.network.simulated && state.network.name == "4g")
    #expect(update(&state, .key(.alternate("3"))) == [.setNetwork("satellite")])
    #expect(update(&state, .key(.function(3))) == [.setNetwork("lan")])
    #expect(update(&state, .key(.function(2))) == [.setNetwork("off")])
    #expect(update(&state, .key(.function(2))) == [.setNetwork("lan")])
    _ = update(&state, .key(.function(2)))
    #expect(update(&state, .key(.function(3))) == [.setNetwork("lan")])
}

@Test func thePriceMovesByATenthAndStaysInRange() {
    var state = ready()
    #expect(update(&state, .key(.function(6))) == [.setPrice(0.4)])
    for _ in 0..<100 { _ = update(&state, .key(.function(5))) }
    #expect(state.price == -4)
    var loading = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    #expect(update(&loading, .key(.function(6))) == [])
}

@Test func withoutAPluginTheModeStaysOff() {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny")))
    #expect(state.mode == .base)
    #expect(update(&state, .key(.function(4))) == [] && state.mode == .base)
    #expect(update(&state, .key(.function(6))) == [])
}

@Test func anEarlyReplyOfAnotherConversationIsIgnored() {
    var state = ready()
    _ = update(&state, token(0, "stray"))
    _ = update(&state, .replyEnded(.endOfTurn))
    #expect(state.conversation.turns.isEmpty && state.totals.tokens == 0)
}

@Test func theFirstTokenIsTimedByTheClockUnlessTheEngineSays() {
    var state = ready()
    _ = update(&state, .tick(milliseconds: 1000))
    _ = type("one", &state)
    _ = update(&state, .tick(milliseconds: 1140))
    _ = update(&state, token(0, "a"))
    #expect(state.conversation.turns[0].reply.firstTokenMilliseconds == 140)
    _ = update(&state, .firstToken(milliseconds: 133))
    #expect(state.conversation.turns[0].reply.firstTokenMilliseconds == 133)
}

@Test func aFullContextIsSaidOnce() {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, .replyStarted(promptTokens: 95))
    _ = update(&state, token(0, "a"))
    _ = update(&state, .replyEnded(.length))
    #expect(state.notice?.text == "The conversation fills 96 of 100 tokens. F8 begins a new one.")
}

@Test func savingGivesMarkdown() {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, token(0, "Yes."))
    _ = update(&state, .replyEnded(.endOfTurn))
    let effects = type("/save a.md", &state)
    guard case .save("a.md", let markdown) = effects.first else {
        Issue.record("no save: \(effects)")
        return
    }
    #expect(
        markdown.contains("> one") && markdown.contains("Yes.") && markdown.contains("Model tiny · plugin p, gated"))
}

@Test func noColorStartsMonochromeUnlessAThemeWasAskedFor() {
    let size = Size(columns: 80, rows: 24)
    #expect(State(settings: ChatSettings(size: size, noColor: true)).theme.name == "monochrome")
    #expect(State(settings: ChatSettings(size: size, themeName: "dark", noColor: true)).theme.name == "dark")
    let unknown = State(settings: ChatSettings(size: size, themeName: "pink"))
    #expect(unknown.theme.name == "dark" && unknown.notice?.kind == .warning)
}

/// Rows made token by token equal the rows of the finished text, at any width, and a resize gives the same as a start.
@Test(arguments: [40, 60, 80, 137], [true, false])
func streamingWrapsLikeTheWhole(_ columns: Int, _ lines: Bool) {
    var pieces = [
        "SPA", " stands", " for", " a", " side", "-plugin", ".\n", "\n\n", "Next ", "世界世界", "\n", "e", "\u{301}",
        " end",
    ]
    if !lines { pieces.removeAll { $0.contains("\n") } }
    pieces.append(" " + String(repeating: "long", count: columns / 3))
    var streaming = ready(Size(columns: columns, rows: 40))
    var whole = ready(Size(columns: 200, rows: 40))
    _ = type("q", &streaming)
    _ = type("q", &whole)
    for round in 0..<12 {
        for (index, piece) in pieces.enumerated() {
            let event = token(index, piece, (index + round) % 3 == 0 ? .side : .base)
            _ = update(&streaming, event)
            _ = update(&whole, event)
            _ = streaming.frame()
        }
    }
    let events = [
        Event.replyEnded(.endOfTurn), .key(.function(9)), .resize(Size(columns: columns, rows: 40)), .key(.left),
    ]
    for event in events {
        _ = update(&streaming, event)
        _ = update(&whole, event)
    }
    #expect(Frame.difference(streaming.frame(), whole.frame()) == "")
}

/// A long conversation stays usable: every row is reachable, and only the last turn is wrapped while it streams.
@Test func aLongConversation() {
    var state = ready()
    for turn in 0..<300 {
        _ = type("question \(turn)", &state)
        for index in 0..<60 { _ = update(&state, token(index, index % 20 == 19 ? ".\n" : " word", .side)) }
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    for _ in 0..<200 { _ = update(&state, .key(.pageUp)) }
    let top = state.frame().textPlane()
    #expect(top.contains("› question 0") && top.contains("more below"))
    _ = update(&state, .key(.end))
    #expect(state.frame().textPlane().contains("› question 299"))
}

/// A conversation whose context is full but for what the first question and its answer take.
private func full() -> State {
    var state = ready()
    for (index, question) in ["first", "second"].enumerated() {
        _ = type(question, &state)
        _ = update(&state, .replyStarted(promptTokens: 10 + 50 * index))
        _ = update(&state, token(0, "Yes."))
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    return state
}

private func prompt(_ effects: [Effect]) -> [String]? {
    for case .send(let messages) in effects { return messages.map(\.text) }
    return nil
}

/// What the model is no longer shown is the answer's: it goes with its branch, and whoever looks at the answer asks with it.
@Test func whatIsForgottenGoesWithTheAnswer() throws {
    var state = full()
    #expect(prompt(type("third", &state)) == nil && state.editor.text == "third")
    #expect(state.notice?.text.hasPrefix("Enter again sends it without the oldest question and its answer") == true)
    #expect(prompt(update(&state, .key(.enter))) == ["second", "Yes.", "third"])
    _ = update(&state, token(0, "No."))
    _ = update(&state, .replyEnded(.endOfTurn))
    #expect(state.frame().textPlane().contains("The model no longer sees what is above."))
    #expect(state.conversation.question(turn: 2, token: 0)?.messages.map(\.text) == ["second", "Yes.", "third"])
    // The second question anew: then nothing had been left out.
    _ = update(&state, .key(.alternate("e")))
    _ = update(&state, .key(.alternate("e")))
    let effects = update(&state, .submitted("second, again"))
    #expect(prompt(effects) == ["first", "Yes.", "second, again"])
    #expect(!state.frame().textPlane().contains("The model no longer sees"))
}

/// A queued question for which something has to be forgotten comes back before what is being written.
@Test func aQueuedQuestionThatDoesNotFitKeepsTheDraft() {
    var state = full()
    _ = type("again", &state)
    _ = update(&state, .key(.enter))
    _ = update(&state, token(0, "No."))
    _ = type("queued", &state)
    #expect(state.queued == "queued")
    for character in "draft" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .replyStarted(promptTokens: 90))
    #expect(prompt(update(&state, .replyEnded(.endOfTurn))) == nil)
    #expect(state.editor.text == "queued\ndraft" && state.queued == nil)
}

/// What was asked of one plugin is not shown of another.
@Test func anotherPluginIsAskedAnew() throws {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, token(0, "Yes."))
    _ = update(&state, .replyEnded(.endOfTurn))
    let question = try #require(state.conversation.question(turn: 0, token: 0))
    let asks = Effect.instrument(.inspect(question))
    let inspection = TokenInspection(base: [], side: [], baseLoss: 1, sideLoss: 2)
    #expect(update(&state, .key(.alternate("i"))) == [asks])
    // On its way while the plugin changes: not of the new one, which is asked.
    _ = update(&state, .pluginChanged(EngineInfo(modelName: "tiny", pluginName: "other", price: 0.3)))
    #expect(update(&state, .instrument(.inspected(question, inspection))) == [asks])
    #expect(update(&state, .instrument(.inspected(question, inspection))) == [])
}

/// A rate beyond all networks is refused, and no figure of it is drawn.
@Test func aRateBeyondAllNetworksIsRefused() {
    var state = ready()
    _ = update(&state, .key(.alternate("p")))
    for _ in 0..<4 { _ = update(&state, .key(.down)) }
    for _ in 0..<20 { _ = update(&state, .key(.character("9"))) }
    #expect(update(&state, .key(.enter)) == [])
    #expect(state.notice?.text == "Network: bandwidth is more than a million Gbit a second.")
    #expect(state.frame().size == state.size)
}

/// A message that begins with a slash stays one wherever it is taken up again.
@Test func aSlashAtTheBeginningStaysOne() {
    var state = ready()
    #expect(prompt(type("//quit", &state)) == ["/quit"])
    _ = update(&state, token(0, "Yes."))
    _ = type("//help", &state)
    _ = update(&state, .key(.up))
    #expect(state.editor.text == "//help" && state.queued == nil)
    _ = update(&state, .key(.control("u")))
    _ = update(&state, .replyEnded(.endOfTurn))
    _ = update(&state, .key(.alternate("e")))
    #expect(state.editor.text == "//quit")
    #expect(prompt(update(&state, .key(.enter))) == ["/quit"])
}

/// Whatever ends the edit of a question, the draft before it comes back.
@Test(arguments: [Key.escape, .control("c"), .function(8)])
func theDraftComesBackAfterAnEdit(_ key: Key) {
    var state = ready()
    _ = type("one", &state)
    _ = update(&state, token(0, "Yes."))
    _ = update(&state, .replyEnded(.endOfTurn))
    for character in "draft" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.alternate("e")))
    #expect(state.editor.text == "one")
    #expect(update(&state, .key(key)) == [])
    #expect(state.editor.text == "draft")
}

/// Consent is for what was asked: another question is asked about anew, and a question without an answer forgets nothing.
@Test func consentIsForOneQuestion() {
    var state = full()
    #expect(prompt(type("third", &state)) == nil)
    _ = update(&state, .key(.control("c")))
    #expect(prompt(type("fourth", &state)) == nil && state.editor.text == "fourth")
    #expect(prompt(update(&state, .key(.enter))) == ["second", "Yes.", "fourth"])
    _ = update(&state, .failed("context full"))
    #expect(prompt(type("fifth", &state)) == nil && state.editor.text == "fifth")
    // The last question again is asked about as well.
    state = full()
    _ = update(&state, .replyStarted(promptTokens: 60))
    let long = String(repeating: "word ", count: 20)
    #expect(prompt(type(long, &state)) == nil)
    #expect(prompt(update(&state, .key(.enter)))?.first == "second")
    _ = update(&state, token(0, "No."))
    _ = update(&state, .replyEnded(.endOfTurn))
    #expect(prompt(update(&state, .key(.alternate("r"))))?.first == "second")
}

/// Where nobody can agree, the person is told and the question is answered.
@Test func withoutAWindowNobodyIsAsked() {
    var settings = ChatSettings(size: Size(columns: 80, rows: 24))
    settings.hasWindow = false
    var state = State(settings: settings)
    _ = update(&state, .engineReady(info))
    for (index, question) in ["first", "second"].enumerated() {
        _ = update(&state, .submitted(question))
        _ = update(&state, .replyStarted(promptTokens: 10 + 50 * index))
        _ = update(&state, token(0, "Yes."))
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    #expect(prompt(update(&state, .submitted("third"))) == ["second", "Yes.", "third"])
    #expect(state.notice?.text.hasPrefix("The context is full: the model no longer sees the oldest question") == true)
}

/// One word that is no answer is no lesson.
@Test func aWordOfTheLessonIsNoLesson() {
    var state = full()
    #expect(update(&state, .submitted("/teach show")) == [])
    #expect(state.notice?.text.hasPrefix("/teach alone shows the lesson") == true)
}

/// What the screen says of a key is the key that does it.
@Test func sentencesNameTheKeysThatAreBound() {
    var settings = ChatSettings(size: Size(columns: 100, rows: 24))
    settings.keys = [("send", ["Ctrl-B"]), ("stop", ["Ctrl-G"]), ("help", ["F9"])]
    var state = State(settings: settings)
    let frame = state.frame().textPlane()
    #expect(frame.contains("Ctrl-B sends · F9 shows the keys") && frame.contains("Ctrl-B sends it when"))
    _ = update(&state, .engineReady(info))
    for character in "one" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.control("b")))
    #expect(state.isReplying && state.frame().textPlane().contains("Ctrl-B queues it"))
    _ = update(&state, .key(.character("x")))
    _ = update(&state, .submitted("/new"))
    #expect(state.notice?.text == "Stop the reply first (Ctrl-G), then begin anew.")
    #expect(update(&state, .stop) == [.stop], "whatever key stops it")
    #expect(update(&state, .stop) == [], "once")
}

@Test func thePaletteFindsAnActionByWordsThatPeopleUse() {
    var state = ready()
    let before = state.panels
    // No row has the word "hide".
    _ = update(&state, .key(.control("p")))
    _ = type("hide", &state)
    #expect(state.panels != before)
}
