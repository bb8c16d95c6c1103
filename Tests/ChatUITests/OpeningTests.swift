import Chat
import ChatUI
import Screen
import Testing

/// A chat with a plugin of price 0.3, all settings as they are at first.
private func ready(plugin: String? = "p", insisted: Set<KeptSetting> = [], network: String = "off") -> State {
    var settings = ChatSettings(
        size: Size(columns: 80, rows: 24), network: network,
        keeping: KeepingSettings(isOn: true, nameSeed: 1, startTime: 1000))
    settings.insisted = insisted
    var state = State(settings: settings)
    _ = update(
        &state,
        .engineReady(EngineInfo(modelName: "tiny", pluginName: plugin, price: 0.3, contextLength: 100, threads: 2)))
    return state
}

/// A conversation of one turn that was answered with these settings.
private func conversation(_ settings: ReplySettings?, system: String? = nil, last token: TokenRecord? = nil)
    -> Conversation
{
    var turn = Turn(question: "hi", id: TurnID(rawValue: 7), settings: settings)
    if let token { turn.reply.append(token) }
    turn.reply.end(.endOfTurn)
    return Conversation(
        id: ConversationID(rawValue: 5), title: "Ghent", system: system, records: [TurnRecord(turn, after: nil)])
}

private func opening(_ opened: Conversation, _ state: inout State) -> [Effect] {
    update(&state, .store(.opened(opened, at: nil)))
}

@Test func anOpenedConversationBringsItsSettingsBack() {
    var state = ready()
    let settings = ReplySettings(
        model: "tiny", plugin: "p", mode: "side", price: 0.7, threshold: 0.4, network: "4g", deadline: 250, seed: 3)
    let effects = opening(conversation(settings, system: "Be brief."), &state)
    #expect(
        effects == [
            .setMode(.side), .setPrice(0.7), .setThreshold(0.4), .setNetwork("4g"), .instrument(.setDeadline(250)),
        ])
    #expect(
        state.mode == .side && state.price == 0.7 && state.threshold == 0.4 && state.network.name == "4g"
            && state.deadline == 250)
    #expect(state.conversation.system == "Be brief.")
    #expect(
        state.notice?.text
            == "“Ghent” goes on as it was: plugin always, price 0.70 nats, threshold 0.40, network 4g (simulated), a deadline of 250 ms, its instructions."
    )
    // Once more there is nothing to bring back.
    #expect(opening(conversation(settings, system: "Be brief."), &state).isEmpty)
    #expect(state.notice?.text == "“Ghent” goes on.")
    // 0 is none; what an older program kept says nothing of it.
    let unknown = ReplySettings(plugin: "p", mode: "side", price: 0.7, threshold: 0.4, network: "4g")
    #expect(opening(conversation(unknown, system: "Be brief."), &state).isEmpty && state.deadline == 250)
    var waiting = unknown
    waiting.deadline = 0
    #expect(opening(conversation(waiting, system: "Be brief."), &state) == [.instrument(.setDeadline(nil))])
    #expect(state.deadline == nil)
}

@Test func whatMovedDuringTheLastAnswerComesBackAsItWasThen() {
    var state = ready()
    let token = TokenRecord(
        index: 0, id: 1, bytes: [65], path: .base, threshold: 0.35, price: 0.9, sigma: 0.2)
    let effects = opening(
        conversation(ReplySettings(plugin: "p", price: 0.7, threshold: 0.4), last: token), &state)
    #expect(effects == [.setPrice(0.9), .setThreshold(0.35)])
}

@Test func whatWasGivenAtTheStartStaysForTheFirstConversation() {
    var state = ready(insisted: [.network, .mode, .instructions], network: "lan")
    let settings = ReplySettings(plugin: "p", mode: "base", price: 0.7, network: "satellite")
    #expect(opening(conversation(settings, system: "Be brief."), &state) == [.setPrice(0.7)])
    #expect(state.network.name == "lan" && state.mode == .gated && state.conversation.system == nil)
    #expect(opening(conversation(settings), &state) == [.setMode(.base), .setNetwork("satellite")])
}

@Test func withoutAPluginThereIsNothingOfItToBringBack() {
    var state = ready(plugin: nil)
    let settings = ReplySettings(plugin: "q", mode: "side", price: 0.7, threshold: 0.4, network: "offline")
    #expect(opening(conversation(settings), &state) == [.setNetwork("offline")])
    #expect(state.mode == .base)
    #expect(
        state.notice?.text
            == "“Ghent” goes on as it was: no link (simulated); its last answer had the plugin “q” (Alt-S chooses one)."
    )
    var other = ready()
    // An answer without a plugin says nothing of how one is to be used.
    #expect(opening(conversation(ReplySettings(mode: "base", price: 1)), &other).isEmpty)
}

@Test func brokenSettingsBringNothingBack() {
    var state = ready()
    let settings = ReplySettings(
        plugin: "p", mode: "sometimes", price: .infinity, threshold: 7, network: "carrier pigeon", deadline: -3)
    #expect(opening(conversation(settings), &state).isEmpty)
    #expect(opening(conversation(nil), &state).isEmpty)
    let far = ReplySettings(plugin: "p", price: 99)
    #expect(opening(conversation(far), &state) == [.setPrice(4)])
}
