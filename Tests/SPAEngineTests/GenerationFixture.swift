import Compute
import GGUF
import SPAEngine
import Synchronization
import TestSupport
import Tokenizer

/// A tiny base with plugins, and what a reply gave.
struct GenerationFixture {
    let base: BaseModel
    let tokenizer: Tokenizer
    let prompt: [Int32] = [1, 77, 30, 5, 200, 31, 8, 99]

    init(type: GGMLType = .q8_0, precision: BaseModel.Precision = .fast, threads: Int = 1) throws {
        let file = try TinyModel.file(type: type)
        base = try BaseModel(file: file, precision: precision, team: ThreadTeam(threads: threads))
        tokenizer = try Tokenizer(file: file)
    }

    /// A plugin whose side changes the text (or, at zero strength, nothing), and a gate that is of two minds.
    func plugin(strength: Float = 1, gateStrength: Float = 1, price: Float = 0.3, effect: Bool = false) -> Plugin {
        let width = base.configuration.width
        var random = SeededRandom(seed: 21)
        var side = SideNetwork(SideConfiguration(taps: [2, 4], width: 16, baseWidth: width), seed: 5)
        for index in side.up.values.indices { side.up.values[index] = random.normal() * 0.3 * strength }
        var linear = LinearGate(baseWidth: width)
        linear.bias = [0, 0]
        for index in linear.weight.values.indices { linear.weight.values[index] = random.normal() * gateStrength }
        var network: GateNetwork?
        if effect {
            var gate = GateNetwork(sources: [.final, .tap(0)], inputWidth: 2 * width, hiddenWidth: 8)
            for index in gate.hidden.values.indices { gate.hidden.values[index] = random.normal() / 8 }
            for index in gate.output.values.indices { gate.output.values[index] = random.normal() }
            network = gate
        }
        return Plugin(
            side: side, gate: Gate(linear: linear, effect: network), price: price, baseName: base.name,
            baseFingerprint: base.fingerprint, facts: TrainingFacts())
    }

    func generator(
        _ plugin: Plugin? = nil, context: Int = 128, clock: any LinkClock = VirtualClock()
    ) throws -> Generator {
        try Generator(base: base, tokenizer: tokenizer, plugin: plugin, contextLength: context, clock: clock)
    }

    /// What a reply gave.
    struct Reply {
        var tokens: [TokenEvent] = []
        var read: (tokens: Int, computed: Int)?
        var promptExchanges = ExchangeCost()
        var summary: GenerationSummary?
        var error: EngineError?
        var ids: [Int32] { tokens.map(\.id) }
        var paths: [TokenPath] { tokens.map(\.path) }
    }

    func reply(
        _ generator: Generator, prompt: [Int32]? = nil, mode: GenerationMode = .gated, tokens: Int = 24,
        sampling: SamplingOptions = SamplingOptions(), control: GenerationControl? = nil, stops: Bool = false,
        beams: BeamOptions? = nil
    ) async -> Reply {
        let control = control ?? GenerationControl(GenerationSettings(mode: mode))
        let options = GenerationOptions(
            sampling: sampling, maximumTokens: tokens, stopsAtEndOfTurn: stops, beams: beams)
        var reply = Reply()
        for await output in generator.generate(
            promptIDs: prompt ?? self.prompt, options: options, control: control)
        {
            switch output {
            case .promptRead(let tokens, let computed, _, let exchanges):
                (reply.read, reply.promptExchanges) = ((tokens, computed), exchanges)
            case .token(let event): reply.tokens.append(event)
            case .retracted(let count): reply.tokens.removeLast(count)
            case .finished(let summary): reply.summary = summary
            case .failed(let error): reply.error = error
            }
        }
        return reply
    }
}

/// A virtual clock that calls back at every look at it and at every wait, so that a test acts at an exact moment.
final class ScriptedClock: LinkClock {
    private let state = Mutex((time: 0.0, looks: 0, waits: 0))
    private let onLook: @Sendable (Int) -> Void
    private let onWait: @Sendable (Int) -> Void

    init(
        onLook: @escaping @Sendable (Int) -> Void = { _ in }, onWait: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.onLook = onLook
        self.onWait = onWait
    }

    func now() -> Double {
        let (time, look) = state.withLock { state in
            state.looks += 1
            return (state.time, state.looks)
        }
        onLook(look)
        return time
    }

    func wait(milliseconds: Double, interruption: Interruption) -> Bool {
        let wait = state.withLock { state in
            state.waits += 1
            return state.waits
        }
        onWait(wait)
        if interruption.isRaised { return false }
        state.withLock { $0.time += milliseconds }
        return true
    }
}
