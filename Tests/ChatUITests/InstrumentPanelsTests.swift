import Chat
import ChatUI
import Screen
import Testing

/// Heat, curve of usage and network panel: keys in, settings and effects out.
@Suite struct InstrumentPanelsTests {
    private var state: State

    init() {
        state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
        _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p", price: 0.3)))
        for character in "hi" { _ = update(&state, .key(.character(character))) }
        _ = update(&state, .key(.enter))
        let token = TokenRecord(
            index: 0, id: 0, bytes: [65], path: .side, probability: 0.7, effect: 0.9, sigma: 0.8)
        _ = update(&state, .token(token))
    }

    private mutating func press(_ keys: [Key]) -> [Effect] { keys.flatMap { update(&state, .key($0)) } }
    private mutating func type(_ text: String) -> [Effect] { press(text.map { Key.character($0) }) }

    @Test func levelsHaveAValueOrNone() {
        func token(_ probability: Float, _ effect: Float?, _ milliseconds: Double, sigma: Float? = 0.9) -> TokenRecord {
            TokenRecord(
                index: 0, id: 0, bytes: [], path: .base, probability: probability, effect: effect,
                milliseconds: PartTimes(base: milliseconds), sigma: sigma)
        }
        #expect(
            [0, 0.2, 0.5, 0.79, 1].map { TokenColouring.probability.level(of: token($0, nil, 0)) } == [0, 1, 2, 3, 4])
        #expect(TokenColouring.probability.level(of: token(0.5, nil, 0, sigma: nil)) == nil)
        #expect([-2, -0.1, 0, 0.6, 3].map { TokenColouring.effect.level(of: token(0, $0, 0)) } == [0, 1, 2, 3, 4])
        #expect(TokenColouring.effect.level(of: token(0, nil, 0)) == nil)
        #expect([1, 10, 99, 100, 900].map { TokenColouring.latency.level(of: token(0, nil, $0)) } == [0, 1, 2, 3, 4])
        #expect(TokenColouring.latency.level(of: token(0, nil, .nan)) == nil)
        #expect(TokenColouring.gate.level(of: token(1, 1, 1)) == nil)
    }

    @Test mutating func theThresholdMovesWhileAReplyIsWritten() {
        _ = press([.alternate("t")])
        #expect(state.isReplying)
        #expect(press([.right]) == [.setThreshold(0.51)])
        #expect(press([.pageUp]) == [.setThreshold(0.61)])
        for _ in 0..<60 { _ = press([.pageUp]) }
        #expect(state.threshold == 1)
        #expect(press([.tab, .left]) == [.setPrice(0.25)])
        for _ in 0..<60 { _ = press([.pageDown]) }
        #expect(state.price == -2)
        #expect(press([.control("c")]) == [.stop])
        #expect(press([.escape, .character("a")]) == [] && state.editor.text == "a")
    }

    @Test mutating func aLinearGateHasNoPrice() {
        var linear = state
        _ = update(&linear, .replyEnded(.endOfTurn))
        _ = update(&linear, .key(.function(8)))
        for key in [Key.character("x"), .enter] { _ = update(&linear, .key(key)) }
        _ = update(
            &linear, .token(TokenRecord(index: 0, id: 0, bytes: [65], path: .side, probability: 0.7, sigma: 0.7)))
        for key in [Key.alternate("t"), .tab] { _ = update(&linear, .key(key)) }
        #expect(linear.notice?.kind == .warning)
        #expect(update(&linear, .key(.right)) == [.setThreshold(0.51)])
    }

    @Test mutating func valuesOfTheNetworkAreEdited() {
        #expect(type("/network") == [] && press([.enter]) == [])
        #expect(press([.right]) == [.setNetwork("lan")])
        #expect(press([.left, .left]) == [.setNetwork("off"), .setNetwork("offline")])
        #expect(press([.right, .right, .right]).last == .setNetwork("wifi"))
        #expect(press([.down]) + type("80") + press([.enter]) == [.setNetwork("rtt=80ms,jitter=1ms,bandwidth=100mbit")])
        #expect(press([.right]) == [.setNetwork("rtt=100ms,jitter=1ms,bandwidth=100mbit")])
        // Jitter beyond half of the round trip is refused, with a reason.
        #expect(press([.down]) + type("60") + press([.enter]) == [] && state.notice?.kind == .warning)
        #expect(press([.down]) + type("2.5") == [])
        #expect(press([.down]) == [.setNetwork("rtt=100ms,jitter=1ms,loss=0.025,bandwidth=100mbit")])
        #expect(
            press(Array(repeating: .backspace, count: 3) + [.tab])
                == [.setNetwork("rtt=100ms,jitter=1ms,loss=0.025")])
        #expect(type("42") + press([.enter]) == [.setNetwork("rtt=100ms,jitter=1ms,loss=0.025,seed=42")])
        #expect(press([.down]) + type("250") + press([.enter]) == [.instrument(.setDeadline(250))])
        #expect(state.deadline == 250)
        #expect(press([.backspace, .backspace, .backspace, .escape]) == [.instrument(.setDeadline(nil))])
        #expect(type("after") == [] && state.editor.text == "after")
    }

    @Test mutating func theLinkGoesAndComes() {
        _ = update(&state, .key(.function(2)))
        #expect(press([.alternate("p"), .character("o")]) == [.setNetwork("offline")])
        #expect(state.network.isOffline && state.frame().textPlane().contains("offline simulated: base alone"))
        #expect(press([.character("o")]) == [.setNetwork("4g")])
        #expect(press([.character("x")]) == [.setNetwork("off")])
        _ = press([.escape])
        #expect(type("/network offline") + press([.enter]) == [.setNetwork("offline")])
        #expect(press([.function(2)]) == [.setNetwork("4g")])
        #expect(type("/deadline 99") + press([.enter]) == [.instrument(.setDeadline(99))])
        #expect(type("/deadline off") + press([.enter]) == [.instrument(.setDeadline(nil))])
    }
}
