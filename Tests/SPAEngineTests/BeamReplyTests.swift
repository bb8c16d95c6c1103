import Compute
import Foundation
import SPAEngine
import TestSupport
import Testing

/// Beam search over the paths of the tiny model.
@Suite struct BeamReplyTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    /// A plugin inside the base's blocks that changes the text.
    private func adaptation() -> Plugin {
        let base = fixture.base
        var random = SeededRandom(seed: 4)
        var part = LowRankAdaptation(.matched(to: 4000, base: base.configuration), seed: 3)
        part.update { values, _ in for index in values.indices { values[index] += random.normal() * 0.05 } }
        return Plugin(
            method: .lora, part: .lora(part), gate: nil, price: 0, baseName: base.name,
            baseFingerprint: base.fingerprint, facts: TrainingFacts())
    }

    @Test(arguments: [GenerationMode.gated, .base, .side]) func widthOneIsGreedy(mode: GenerationMode) async throws {
        let generator = try fixture.generator(fixture.plugin(effect: true))
        for stops in [false, true] {
            let greedy = await fixture.reply(generator, mode: mode, stops: stops)
            let beam = await fixture.reply(generator, mode: mode, stops: stops, beams: BeamOptions(width: 1))
            #expect(beam.ids == greedy.ids && beam.paths == greedy.paths)
            #expect(beam.tokens.map(\.probability) == greedy.tokens.map(\.probability))
            #expect(beam.tokens.map(\.effect) == greedy.tokens.map(\.effect))
            #expect(beam.summary?.stop == greedy.summary?.stop)
            #expect(beam.summary?.ledger.transmissions == greedy.summary?.ledger.transmissions || stops)
        }
    }

    @Test func aPluginInsideTheBlocksHasBeamsToo() async throws {
        let generator = try fixture.generator(adaptation())
        let greedy = await fixture.reply(generator, tokens: 8)
        let one = await fixture.reply(generator, tokens: 8, beams: BeamOptions(width: 1))
        #expect(one.ids == greedy.ids && Set(one.paths) == [.side])
        #expect(one.summary?.ledger.transmissions == greedy.summary?.ledger.transmissions)
        let three = await fixture.reply(generator, tokens: 8, beams: BeamOptions(width: 3))
        #expect(three.ids.count == 8 && three.summary?.stop == .length)
        // The beams' states go through a block's exchange together; the prompt's last token is read once.
        #expect(three.summary?.ledger.transmissions == fixture.base.configuration.blockCount * 8)
        let bytes = 2 * 24 + 2 * 3 * (64 + 64 + 32)
        #expect(three.tokens.last.map { $0.bytesUp + $0.bytesDown } == 4 * bytes)
    }

    /// log p of every token after a text, by the gate's path.
    private struct Definition {
        let fixture: GenerationFixture
        let plugin: Plugin
        let device: DeviceRole

        init(_ fixture: GenerationFixture, _ plugin: Plugin) throws {
            (self.fixture, self.plugin) = (fixture, plugin)
            let side = try #require(plugin.side.flatMap { SideInference($0) })
            device = DeviceRole(base: fixture.base, side: side, method: plugin.method, sampling: SamplingOptions())
        }

        func logProbabilities(after text: [Int32], cache: KVCache) throws -> [(path: TokenPath, row: [Float])] {
            let base = fixture.base
            let taps = plugin.side?.configuration.taps ?? []
            let states = try base.forward(text, cache: cache, taps: taps)
            let gate = try #require(plugin.gate)
            let input = GateInput(for: gate, final: states.finals, taps: states.taps) { base.head(states.finals) }
            let decision = gate.decide(input, price: plugin.price, team: base.team)[0]
            var found: [TokenLogProbability]
            let size = base.configuration.vocabularySize
            if decision.probability > 0.5 {
                let frame = StateFrame(
                    sequence: 0, position: 0, taps: states.taps.map { VectorMath.rms($0) },
                    final: VectorMath.rms(states.finals))
                let question = BeamStateFrame(sequence: 0, candidates: size, states: [frame])
                found = try device.serve(question).candidates[0]
            } else {
                found = base.head(states.finals).likeliestTokens(row: 0, count: size)
            }
            var row = [Float](repeating: 0, count: size)
            for token in found { row[Int(token.id)] = token.logProbability }
            return [(decision.probability > 0.5 ? .side : .base, row)]
        }
    }

    /// With as many beams as there are words, all texts of two words are compared.
    @Test(arguments: [Float(0), 1]) func twoStepsOfAllWordsAreExhaustive(penalty: Float) async throws {
        for gateStrength in [Float(1), 3] {
            let plugin = fixture.plugin(gateStrength: gateStrength)
            let definition = try Definition(fixture, plugin)
            let ends = fixture.tokenizer.endOfGeneration
            let cache = try fixture.base.makeCache(capacity: 16)
            let first = try definition.logProbabilities(after: fixture.prompt, cache: cache)[0]
            var best: (ids: [Int32], paths: [TokenPath], score: Float) = ([], [], -.infinity)
            for (id, logProbability) in first.row.enumerated() {
                if ends.contains(Int32(id)) {
                    if logProbability > best.score { best = ([], [], logProbability) }
                    continue
                }
                let second = try definition.logProbabilities(after: [Int32(id)], cache: cache.fork())[0]
                for (next, more) in second.row.enumerated() {
                    let score = (logProbability + more) / pow(2, penalty)
                    guard score > best.score else { continue }
                    let ended = ends.contains(Int32(next))
                    best = (
                        [Int32(id)] + (ended ? [] : [Int32(next)]), [first.path] + (ended ? [] : [second.path]), score
                    )
                }
            }
            let options = BeamOptions(
                width: fixture.base.configuration.vocabularySize, lengthPenalty: penalty, stop: .certain)
            let reply = await fixture.reply(
                try fixture.generator(plugin), tokens: 2, stops: true, beams: options)
            #expect(reply.ids == best.ids && reply.paths == best.paths)
        }
    }

    /// Σ log p of a text by the gate's paths.
    private func logProbability(_ ids: [Int32], _ definition: Definition) throws -> Float {
        let cache = try fixture.base.makeCache(capacity: 64)
        var (next, sum) = (fixture.prompt, Float(0))
        for id in ids {
            sum += try definition.logProbabilities(after: next, cache: cache)[0].row[Int(id)]
            next = [id]
        }
        return sum
    }

    @Test func moreBeamsFindMoreProbableTexts() async throws {
        let plugin = fixture.plugin()
        let definition = try Definition(fixture, plugin)
        let generator = try fixture.generator(plugin)
        var sums: [Float] = []
        for width in [1, 4, 20] {
            let reply = await fixture.reply(generator, tokens: 10, beams: BeamOptions(width: width))
            #expect(reply.ids.count == 10 && Set(reply.paths) == [.base, .side])
            sums.append(try logProbability(reply.ids, definition))
        }
        #expect(sums[0] < sums[1] && sums[1] < sums[2], "\(sums)")
    }

    @Test func whatIsToldAddsUp() async throws {
        let profile = NetworkProfile(roundTripMilliseconds: 50, bitsPerSecond: 2e7)
        let control = GenerationControl(GenerationSettings(network: profile))
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin()), control: control, beams: BeamOptions(width: 4))
        let summary = try #require(reply.summary)
        #expect(reply.tokens.map(\.index) == Array(0..<24) && summary.stop == .length)
        var ledger = Ledger()
        for event in reply.tokens { ledger.record(event) }
        #expect(ledger == summary.ledger)
        // A step is one exchange at most, for all beams that ask.
        let asked = reply.tokens.filter { $0.transmissions > 0 }
        #expect(asked.allSatisfy { $0.transmissions == 1 && $0.simulated })
        #expect(reply.tokens.allSatisfy { $0.path == .base || $0.transmissions == 1 })
        #expect(summary.ledger.sideTokens == reply.paths.count { $0 == .side })
        let perBeam = 4 + 3 * 64 * 2
        let answer = 2 + 8 * (4 + 0)
        for event in asked {
            let beams = (event.bytesDown - 20) / perBeam
            #expect((1...4).contains(beams) && event.bytesDown == 20 + beams * perBeam)
            #expect(event.bytesUp == 16 + beams * answer)
        }
        #expect(abs(ledger.milliseconds.network - ledger.expectedNetworkMilliseconds(profile)) < 1e-6)
    }

    /// Tokens come as soon as all beams agree, and what is cancelled says the best of what was found.
    @Test func cancellingEndsTheSearchAndKeepsTheCache() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .satellite))
        let clock = ScriptedClock(onWait: { if $0 == 9 { control.cancel() } })
        let generator = try fixture.generator(fixture.plugin(), clock: clock)
        let reply = await fixture.reply(generator, control: control, beams: BeamOptions(width: 3))
        #expect(reply.summary?.stop == .cancelled && reply.tokens.count == 4)
        let longer = fixture.prompt + reply.ids + [40]
        let next = await fixture.reply(generator, prompt: longer, mode: .base, tokens: 4)
        let fresh = await fixture.reply(
            try fixture.generator(fixture.plugin()), prompt: longer, mode: .base, tokens: 4)
        #expect(next.ids == fresh.ids && next.read?.computed == 1)
        let before = GenerationControl()
        before.cancel()
        let none = await fixture.reply(generator, control: before, beams: BeamOptions(width: 3))
        #expect(none.tokens.isEmpty && none.summary?.stop == .cancelled)
    }

    @Test func aPromptThatContinuesIsNotReadAgain() async throws {
        let generator = try fixture.generator(fixture.plugin())
        for stops in [false, true] {
            let reply = await fixture.reply(generator, tokens: 12, stops: stops, beams: BeamOptions(width: 5))
            let longer = fixture.prompt + reply.ids + [40, 41]
            let next = await fixture.reply(generator, prompt: longer, tokens: 3, beams: BeamOptions(width: 5))
            let fresh = await fixture.reply(
                try fixture.generator(fixture.plugin()), prompt: longer, tokens: 3, beams: BeamOptions(width: 5))
            #expect(next.ids == fresh.ids && (next.read?.computed ?? 99) <= 3)
        }
    }

    @Test func theContextEndsASearch() async throws {
        let reply = await fixture.reply(try fixture.generator(context: 12), beams: BeamOptions(width: 4))
        #expect(reply.summary?.stop == .context && reply.tokens.count == 5)
        let exact = await fixture.reply(try fixture.generator(context: 8), beams: BeamOptions(width: 4))
        #expect(exact.summary?.stop == .context && exact.tokens.count == 1)
    }

    @Test func drawingIsRefused() async throws {
        let generator = try fixture.generator()
        for sampling in [SamplingOptions(temperature: 1), SamplingOptions(repeatPenalty: 1.2)] {
            let reply = await fixture.reply(generator, sampling: sampling, beams: BeamOptions(width: 2))
            #expect(reply.error == .samplingWithBeams && reply.tokens.isEmpty)
        }
    }
}

/// The frames of beams.
@Suite struct BeamFrameTests {
    private func state(_ position: UInt32) -> StateFrame {
        var random = SeededRandom(seed: UInt64(position))
        func vector() -> Matrix {
            Matrix(rows: 1, columns: 5, values: (0..<5).map { _ in Float(random.uniform() * 4 - 2) })
        }
        return StateFrame(sequence: 9, position: position, taps: [vector(), vector()], final: vector())
    }

    private var question: BeamStateFrame { BeamStateFrame(sequence: 9, candidates: 6, states: [state(3), state(4)]) }
    private var answer: CandidateFrame {
        CandidateFrame(
            sequence: 9, deviceMicroseconds: 70,
            candidates: [
                [.init(id: 5, logProbability: -0.25), .init(id: 1, logProbability: -3)], [],
                [.init(id: 2, logProbability: -.infinity)],
            ])
    }

    @Test func framesSurviveTheWire() throws {
        let down = question.encoded()
        #expect(down.count == question.byteCount && down.count == 20 + 2 * (4 + 3 * 5 * 2))
        #expect(try BeamStateFrame(decoding: down) == question)
        let up = answer.encoded()
        #expect(up.count == answer.byteCount && up.count == 16 + 3 * 2 + 3 * 8)
        #expect(try CandidateFrame(decoding: up) == answer)
        #expect(up.prefix(16) == [83, 80, 65, 70, 1, 6, 3, 0, 9, 0, 0, 0, 70, 0, 0, 0])
    }

    @Test func decodersTakeAnyBytes() throws {
        let frames = [question.encoded(), answer.encoded()]
        for frame in frames {
            for count in 0..<frame.count {
                #expect((try? BeamStateFrame(decoding: Array(frame.prefix(count)))) == nil)
                #expect((try? CandidateFrame(decoding: Array(frame.prefix(count)))) == nil)
            }
        }
        decodeDamaged(frames, as: [BeamStateFrame.self, CandidateFrame.self], seed: 12)
    }
}
