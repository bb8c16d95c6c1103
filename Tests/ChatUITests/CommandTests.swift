import ChatUI
import Screen
import Testing

@Test func commandsAreRead() throws {
    #expect(try Command.parse("/network 4g") == .network("4g"))
    #expect(try Command.parse("/network rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit") != .help)
    #expect(try Command.parse("/plugin always") == .plugin(.side))
    #expect(try Command.parse("/price -0.4") == .price(-0.4))
    #expect(try Command.parse("/price 0,4") == .price(0.4))
    #expect(try Command.parse("/threshold 0.25") == .threshold(0.25))
    #expect(try Command.parse("/save my chat.md") == .save("my chat.md"))
    #expect(try Command.parse("/new") == .new)
}

@Test(arguments: [
    ("/netwrok off", "No command /netwrok. Did you mean /network?"),
    ("/usr/bin", "No command /usr/bin. /help lists them; // sends a slash."),
    ("/", "No command /. /help lists them; // sends a slash."),
    ("/new one", "/new takes nothing after it."),
    ("/price", "/price needs X."),
    ("/price much", "/price is a number of nats from −4 to 4, such as 0.3, not “much”."),
    ("/price inf", "/price is a number of nats from −4 to 4, such as 0.3, not “inf”."),
    ("/threshold 2", "/threshold is a number from 0 to 1, such as 0.5, not “2”."),
    ("/plugin on", "/plugin is gated, off or always, not “on”."),
    ("/network 5g", "No network “5g”: off, offline, lan, wifi, 4g, satellite or rtt=80ms,bandwidth=20mbit."),
    ("/network rtt=80kg", "Network: rtt=80kg is no time, such as 80ms."),
    ("/network jitter=8ms", "Network: rtt is missing, such as rtt=80ms."),
    ("/network rtt=1ms,rtt=2ms", "Network: rtt is given twice."),
    ("/network rtt=1ms,loss=x", "Network: loss=x is no share from 0 to 0.9, such as 0.01."),
    ("/network bandwidth=0mbit", "Network: bandwidth=0mbit is no rate, such as 20mbit."),
    ("/network ping=1ms", "Network: “ping” is not one of rtt, jitter, loss, bandwidth, seed."),
])
func faultsSayWhatToType(_ line: String, _ sentence: String) {
    #expect(throws: CommandError.self) { try Command.parse(line) }
    do throws(CommandError) { _ = try Command.parse(line) } catch { #expect(error.description == sentence) }
}

@Test func hintsFollowTheDraft() {
    #expect(CommandForm.matching("/").count == CommandForm.all.count)
    #expect(CommandForm.matching("/n").map(\.name) == ["network", "new"])
    #expect(CommandForm.matching("/new x").map(\.name) == ["new"])
    #expect(CommandForm.matching("//n").isEmpty && CommandForm.matching("n").isEmpty)
}

@Test func everyActionHasAKeyAndAHelp() {
    #expect(Set(Action.all.map(\.id)).count == ActionID.allCases.count)
    #expect(Action.all.allSatisfy { !$0.keys.isEmpty && !$0.help.isEmpty })
}

/// The words that can stand behind a command are completed as its name is.
@Test(arguments: [
    ("/teach l", "/teach list"), ("/teach f", "/teach f"), ("/teach fi", "/teach file "),
    ("/teach fo", "/teach forget "), ("/teach My dog", "/teach My dog"), ("/teach ", "/teach "),
    ("/network s", "/network satellite"), ("/network la", "/network lan"), ("/plugin a", "/plugin always"),
    ("/price ", "/price "), ("/te", "/teach "), ("/nonsense x", "/nonsense x"), ("/hel", "/help"),
]) func completesWords(_ written: String, _ completed: String) {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .key(.paste(written)))
    _ = update(&state, .key(.tab))
    #expect(state.editor.text == completed)
}

/// What a person chooses is remembered; what a conversation brings back with it is not.
@Test func choicesAreRemembered() {
    var settings = ChatSettings(size: Size(columns: 80, rows: 24))
    settings.themes = [builtinTheme, monochromeTheme]
    var state = State(settings: settings)
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    func remembered(_ event: Event) -> [Choice] {
        update(&state, event).compactMap { if case .remember(let choice) = $0 { choice } else { nil } }
    }
    #expect(remembered(.submitted("/plugin always")) == [.mode(.side)])
    #expect(remembered(.key(.function(4))) == [.mode(.gated)])
    #expect(remembered(.key(.function(7))) == [.theme("monochrome")])
    #expect(remembered(.submitted("/theme \(builtinTheme.name)")) == [.theme(builtinTheme.name)])
    #expect(remembered(.submitted("/theme none-such")) == [])
    #expect(remembered(.modeChanged(.base)) == [])
}
