import Chat
import ChatUI
import Foundation
import Screen
import TestSupport
import Testing

private let size = Size(columns: 80, rows: 24)
private let info = {
    var info = EngineInfo(
        modelName: "tiny", pluginName: "p", pluginSubject: "s", price: 0.3, contextLength: 100, threads: 2)
    info.pluginPlace = .inside(blocks: 30)
    info.gateParameters = 7
    return info
}()

/// A chat that is recorded.
private struct Session {
    var state: State
    var recorder: TraceRecorder
    var lines: [TraceLine]

    init() {
        state = State(settings: ChatSettings(size: size, keeping: KeepingSettings(isOn: true, nameSeed: 3)))
        _ = update(&state, .tick(milliseconds: 500))
        recorder = TraceRecorder(state)
        lines = recorder.beginning(state)
    }

    mutating func send(_ event: Event) {
        let effects = update(&state, event)
        lines += recorder.lines(of: event, effects, state)
    }

    mutating func ask(_ text: String, _ words: [String], ends: Bool = true) {
        for character in text { send(.key(.character(character))) }
        send(.key(.enter))
        answer(words, ends: ends)
    }

    mutating func answer(_ words: [String], ends: Bool = true) {
        send(.replyStarted(promptTokens: 5))
        send(.promptRead(PromptExchanges(transmissions: 60, bytesUp: 10, bytesDown: 20, simulated: true)))
        for (index, word) in words.enumerated() {
            send(.tick(milliseconds: state.now + 20))
            send(
                .token(
                    TokenRecord(
                        index: index, id: 1, bytes: Array(word.utf8), path: index % 2 == 0 ? .base : .side,
                        probability: 0.25, effect: index == 0 ? .nan : nil, milliseconds: PartTimes(base: 8))))
        }
        send(.firstToken(milliseconds: 33))
        if ends { send(.replyEnded(.endOfTurn)) }
    }
}

private func replayed(_ lines: [TraceLine]) -> State {
    var settings = ChatSettings(size: size)
    settings.isReplay = true
    var state = State(settings: settings)
    for line in lines {
        _ = update(&state, .tick(milliseconds: line.at))
        #expect(update(&state, .replayed(line)) == [])
    }
    return state
}

private func recorded() -> Session {
    var session = Session()
    session.send(.engineReady(info))
    session.ask("One?", ["Yes,", " 世", "界"])
    session.send(.key(.function(2)))
    session.send(.key(.function(6)))
    session.ask("Two?", ["No"])
    session.send(.key(.alternate("r")))
    session.answer(["Perhaps", " so"])
    session.send(.key(.function(4)))
    return session
}

@Test func aReplayShowsWhatWasThere() throws {
    let session = recorded()
    let text = Trace.text(of: session.lines)
    let trace = try Trace(reading: Array(text.utf8))
    #expect(trace.unreadable == 0 && trace.lines.count == session.lines.count - 1)
    let state = replayed(trace.lines)
    #expect(state.conversation.turns.map(\.question) == ["One?", "Two?"])
    #expect(
        state.conversation.turns.map(\.reply.text.string) == session.state.conversation.turns.map(\.reply.text.string))
    #expect(state.conversation.turns[0].reply.figures == session.state.conversation.turns[0].reply.figures)
    #expect(state.conversation.version(at: 1) == (2, 2))
    #expect(state.conversation.turns[1].settings == session.state.conversation.turns[1].settings)
    #expect(state.network.name == "4g" && state.mode == .base && state.price == 0.4)
    #expect(state.engineInfo == info && !state.isReplying)
    #expect(state.conversation.turns[0].reply.promptExchanges?.transmissions == 60)
}

/// Recording begins in the middle of a conversation, and goes on over versions, another conversation and a cut reply.
@Test func aTraceKnowsWhatWasOnTheScreen() throws {
    var session = recorded()
    session.recorder = TraceRecorder(session.state)
    session.lines = session.recorder.beginning(session.state)
    session.send(.key(.alternate(",")))
    #expect(replayed(session.lines).conversation.turns.map(\.reply.text.string) == ["Yes, 世界", "No"])
    session.send(.key(.function(8)))
    session.ask("Three?", ["Wait", " for"], ends: false)
    let state = replayed(session.lines)
    #expect(state.conversation.turns.map(\.question) == ["Three?"] && state.isReplying)
    session.send(.failed("out of memory"))
    session.ask("Four?", ["a"])
    #expect(replayed(session.lines).conversation.turns.map(\.reply.failure) == ["out of memory", nil])
}

@Test func aReplayAsksNothing() {
    var state = replayed(recorded().lines)
    for key in [Key.function(2), .function(4), .function(6), .alternate("r"), .alternate("e")] {
        #expect(update(&state, .key(key)) == [])
        #expect(state.notice?.text.hasPrefix("This is a replay") == true, "\(key)")
    }
    _ = update(&state, .key(.character("x")))
    #expect(update(&state, .key(.enter)) == [] && state.notice?.text.hasPrefix("This is a replay") == true)
    #expect(update(&state, .key(.alternate("n"))) == [] && state.decoration.marked == TokenPlace(turn: 0, token: 1))
}

@Test func whatTheInspectorWasToldIsThere() throws {
    var session = recorded()
    session.send(.key(.alternate("i")))
    let asked = try #require(session.state.conversation.question(turn: 1, token: 0))
    let inspection = TokenInspection(
        base: [TokenCandidate(id: 3, bytes: [65], probability: 0.5)], side: [], baseLoss: 0.25, sideLoss: .infinity)
    session.send(.instrument(.inspected(asked, inspection)))
    let trace = try Trace(reading: Array(Trace.text(of: session.lines).utf8))
    #expect(trace.lines.last?.event == .inspected)
    var state = replayed(trace.lines)
    _ = update(&state, .key(.alternate("i")))
    #expect(!state.frame().textPlane().contains("no model to ask"))
    _ = update(&state, .key(.right))
    #expect(state.frame().textPlane().contains("no model to ask"))
}

/// What a plugin is, so that a replay's ledger and panels say what the chat's did.
@Test func aTraceKnowsThePlugin() throws {
    var session = Session()
    var info = info
    (info.pluginPlace, info.hasGate, info.gateParameters) = (.beside(taps: 10), false, 0)
    session.send(.engineReady(info))
    let trace = try Trace(reading: Array(Trace.text(of: session.lines).utf8))
    #expect(replayed(trace.lines).engineInfo == info)
}

@Test func pausesAreShortAndTimeGoesForward() throws {
    let lines = """
        {"at":100,"event":"trace","number":1}
        {"at":150,"event":"threshold","number":0.25}
        {"at":90,"event":"price","number":1}
        {"at":900000,"event":"mode","text":"side"}
        {"at":900010,"event":"mode","text":"base"}
        """
    let trace = try Trace(reading: Array(lines.utf8))
    #expect(trace.lines.map(\.at) == [50, 50, 50 + Trace.longestPause, 60 + Trace.longestPause])
}

@Test func whatIsNoTraceIsRefused() {
    for text in [
        "", "\n\n", "hello", "{}", "{\"at\":0,\"event\":\"token\"}", "{\"at\":0,\"event\":\"trace\"}", "\u{0}",
    ] {
        #expect(throws: TraceError.noTrace) { try Trace(reading: Array(text.utf8)) }
    }
    #expect(throws: TraceError.newer(version: 2)) {
        try Trace(reading: Array("{\"at\":0,\"event\":\"trace\",\"number\":2}".utf8))
    }
}

/// Cut, changed, doubled and foreign lines: what can be read is played, nothing traps, every frame fits.
@Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
func brokenTraces(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let whole = Array(Trace.text(of: recorded().lines).utf8)
    let first = try #require(whole.firstIndex(of: 10)) + 1
    for _ in 0..<150 {
        var bytes = whole
        switch random.next() % 5 {
        case 0: bytes.removeLast(Int(random.next() % UInt64(bytes.count - first)))
        case 1:
            for _ in 0..<20 {
                let place = first + Int(random.next() % UInt64(bytes.count - first))
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
            }
        case 2:
            // Numbers of other sizes and signs.
            for _ in 0..<30 {
                let place = first + Int(random.next() % UInt64(bytes.count - first))
                if (48...57).contains(bytes[place]) { bytes[place] = random.pick([45, 57, 101, 46, 49]) }
            }
        case 3:
            var lines = bytes[first...].split(separator: 10)
            for _ in 0..<10 { lines.swapAt(Int(random.next() & 7), lines.count - 1 - Int(random.next() & 7)) }
            bytes = Array(bytes[..<first]) + lines.joined(separator: [10])
        default:
            let place = first + Int(random.next() % UInt64(bytes.count - first))
            bytes.insert(
                contentsOf: Array("\n{\"at\":1e308,\"event\":\"question\",\"number\":-1e300}\n[]\n".utf8), at: place)
        }
        let trace = try Trace(reading: bytes)
        var state = replayed(trace.lines)
        #expect(state.frame().size == size)
    }
}

/// Numbers that no program writes: sums, bars and figures hold in every view.
@Test func numbersThatNoProgramWrites() throws {
    let most = Int.max
    let token = """
        "bytes":[65],"id":1,"milliseconds":{"base":1e300,"device":"nan","downlink":-1,"total":"inf","uplink":0},\
        "path":"side","price":"nan","simulated":true,"transmissions":\(most)
        """
    let lines = """
        {"at":0,"event":"trace","number":1}
        {"at":0,"event":"engine","engine":{"model":"m","plugin":"p","subject":"","price":1e30,"context":\(most),\
        "threads":\(most),"taps":\(most),"gate":\(most)}}
        {"at":0,"event":"question","number":0,"text":"q"}
        {"at":0,"event":"reply_started","number":1e9}
        {"at":0,"event":"prompt_read","exchanges":{"bytesDown":\(most),"bytesUp":\(most),"networkMilliseconds":"inf",\
        "simulated":true,"transmissions":\(most)}}
        {"at":0,"event":"token","token":{\(token),"bytesDown":\(most),"bytesUp":\(most),"index":0,"probability":"nan",\
        "sigma":0.5,"threshold":"nan"}}
        {"at":0,"event":"token","token":{\(token),"bytesDown":1,"bytesUp":-5,"index":\(most),"probability":1e30,\
        "sigma":"nan","threshold":1e30,"effect":"inf"}}
        {"at":0,"event":"token","token":{\(token),"bytesDown":\(most),"bytesUp":\(most),"index":0,"probability":-1,\
        "sigma":1e30,"threshold":-1e30,"effect":-1e30}}
        {"at":0,"event":"price","number":1e300}
        {"at":0,"event":"threshold","number":-1e300}
        {"at":0,"event":"reply_ended","text":"length"}
        """
    let trace = try Trace(reading: Array(lines.utf8))
    #expect(trace.unreadable == 0)
    for size in [Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)] {
        var state = replayed(trace.lines)
        _ = update(&state, .resize(size))
        #expect(state.conversation.turns[0].reply.tokens.count == 3)
        for view in "ihtdglp" {
            _ = update(&state, .key(.alternate(view)))
            for key in [Key.right, .tab, .right, .left, .down] {
                #expect(state.frame().size == size)
                _ = update(&state, .key(key))
            }
            _ = update(&state, .key(.escape))
        }
    }
}

/// Another plugin is another engine, price and mode.
@Test func aTraceKnowsAnotherPlugin() throws {
    var session = recorded()
    var other = info
    (other.pluginName, other.price) = ("other", 0.7)
    session.send(.pluginChanged(other))
    let state = replayed(session.lines)
    #expect(state.engineInfo?.pluginName == "other" && state.price == 0.7 && state.mode == session.state.mode)
}

@Test func tokensThatAreTakenBackAreSoInTheReplay() throws {
    var session = recorded()
    session.ask("Three?", ["a", " b", " a", " b"], ends: false)
    session.send(.retracted(2))
    session.send(.replyEnded(.repetition))
    let text = Trace.text(of: session.lines)
    let lines = try Trace(reading: Array(text.utf8)).lines
    // One that is recorded from here on has what was there as well.
    for lines in [lines, TraceRecorder(session.state).beginning(session.state)] {
        let reply = try #require(replayed(lines).conversation.turns.last).reply
        #expect(reply.text.string == "a b" && reply.retracted.count == 2 && reply.stop == .repetition)
    }
}
