import Compute
import SPAEngine
import Synchronization
import TestSupport
import Testing

/// Each method between cloud and device: exchanges, bytes, times, and what ends them.
@Suite struct PlacementTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    private func plugin(_ method: Method) throws -> Plugin {
        guard method.usesSideNetwork else { return fixture.plugin(inBlocks: method) }
        let spa = fixture.plugin()
        return Plugin(
            method: method, part: spa.part, gate: method.hasGate ? spa.gate : nil, price: 0.3,
            baseName: fixture.base.name, baseFingerprint: fixture.base.fingerprint, facts: TrainingFacts())
    }

    @Test(arguments: Method.allCases) func exchangesAndBytesAreThoseOfTheFormula(method: Method) async throws {
        let plugin = try plugin(method)
        let reply = await fixture.reply(try fixture.generator(plugin))
        let formula = NetworkFormula(plugin, base: fixture.base.configuration)
        #expect(formula.exchangesPerToken == (method == .lora ? 4 : method == .adapter ? 8 : 1))
        #expect(Set(reply.paths) == (method.hasGate ? [.base, .side] : [.side]))
        for event in reply.tokens {
            let exchanges = event.path == .side ? formula.exchangesPerToken : 0
            #expect(event.transmissions == exchanges && !event.simulated)
            #expect(event.bytesUp + event.bytesDown == exchanges * formula.bytesPerExchange)
            #expect(method.hasGate || event.probability == 1)
        }
        let summary = try #require(reply.summary)
        #expect(summary.ledger.tokens == 24 && (method.hasGate || summary.ledger.usagePercent == 100))
        let usage = summary.ledger.usagePercent / 100
        #expect(abs(Double(summary.ledger.transmissions) - formula.exchanges(tokens: 24, usage: usage)) < 1e-9)
        // Seven positions before the one that the first token comes from.
        let prompt = summary.promptExchanges
        #expect(reply.promptExchanges == prompt)
        #expect(prompt.transmissions == (method.usesSideNetwork ? 0 : formula.exchangesPerToken))
        let numbers = 2 * 7 * (formula.numbersDown + formula.numbersUp)
        #expect(
            prompt.bytesUp + prompt.bytesDown
                == (method.usesSideNetwork ? 0 : formula.exchangesPerToken * (numbers + 2 * 24)))
    }

    @Test(arguments: Method.allCases) func aSimulatedNetworkChangesTimesAlone(method: Method) async throws {
        let plugin = try plugin(method)
        let profile = NetworkProfile(roundTripMilliseconds: 50, bitsPerSecond: 2e7)
        let control = GenerationControl(GenerationSettings(network: profile))
        let bare = await fixture.reply(try fixture.generator(plugin))
        let slow = await fixture.reply(try fixture.generator(plugin), control: control)
        #expect(slow.ids == bare.ids && slow.paths == bare.paths)
        let formula = NetworkFormula(plugin, base: fixture.base.configuration)
        for event in slow.tokens {
            let expected = event.path == .side ? formula.milliseconds(tokens: 1, over: profile) : 0
            #expect(abs(event.milliseconds.network - expected) < 1e-6)
            #expect(abs(event.milliseconds.total - expected) < 1e-6 && event.milliseconds.base < 1e-6)
            #expect(event.simulated == (event.path == .side))
        }
        let ledger = try #require(slow.summary).ledger
        #expect(abs(ledger.milliseconds.network - ledger.expectedNetworkMilliseconds(profile)) < 1e-6)
        #expect(ledger.simulated && slow.summary?.promptExchanges.simulated == !method.usesSideNetwork)
    }

    @Test(arguments: [Method.lora, .adapter], [SamplingOptions(), SamplingOptions(temperature: 1, seed: 9)])
    func untrainedItSaysWhatTheBaseSays(method: Method, sampling: SamplingOptions) async throws {
        let generator = try fixture.generator(fixture.plugin(inBlocks: method, strength: 0))
        let own = await fixture.reply(generator, tokens: 16, sampling: sampling)
        let base = await fixture.reply(try fixture.generator(), tokens: 16, sampling: sampling)
        #expect(own.ids == base.ids && Set(own.paths) == [.side])
    }

    @Test(arguments: [Method.lora, .adapter]) func theModeBaseIsTheBase(method: Method) async throws {
        let generator = try fixture.generator(fixture.plugin(inBlocks: method))
        let bare = await fixture.reply(try fixture.generator())
        let own = await fixture.reply(generator)
        let off = await fixture.reply(generator, mode: .base)
        #expect(off.ids == bare.ids && Set(off.paths) == [.base] && own.ids != bare.ids)
        #expect(off.summary?.ledger.transmissions == 0 && off.summary?.promptExchanges == ExchangeCost())
        // Each has what it has read.
        #expect(await fixture.reply(generator).read?.computed == 1)
        #expect(await fixture.reply(generator, mode: .side).ids == own.ids)
    }

    @Test(arguments: [Method.lora, .adapter]) func aPromptThatContinuesIsNotReadAgain(method: Method) async throws {
        let generator = try fixture.generator(fixture.plugin(inBlocks: method))
        let first = await fixture.reply(generator, tokens: 10)
        #expect(first.read?.computed == 8)
        let longer = fixture.prompt + first.ids + [40, 41, 42]
        let second = await fixture.reply(generator, prompt: longer, tokens: 10)
        #expect(second.read?.tokens == 21 && second.read?.computed == 4)
        let fresh = await fixture.reply(
            try fixture.generator(fixture.plugin(inBlocks: method)), prompt: longer, tokens: 10)
        #expect(fresh.read?.computed == 21 && fresh.ids == second.ids)
        // Another plugin has read nothing.
        try generator.setPlugin(fixture.plugin(inBlocks: method, strength: 0.5))
        #expect(await fixture.reply(generator, prompt: longer, tokens: 1).read?.computed == 21)
        generator.forget()
        #expect(await fixture.reply(generator, tokens: 1).read?.computed == 8)
    }

    @Test func longPromptsGoThroughInPieces() async throws {
        let prompt = (0..<300).map { Int32($0 * 7 % 300) }
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(inBlocks: .lora), context: 320), prompt: prompt, tokens: 3)
        #expect(reply.read?.computed == 300 && reply.tokens.count == 3)
        // 128, 128 and 43 positions, each through four blocks.
        #expect(reply.summary?.promptExchanges.transmissions == 12)
    }

    @Test func cancellingEndsWithinAnExchange() async throws {
        let plugin = fixture.plugin(inBlocks: .lora)
        // Two waits an exchange and four exchanges a position: the prompt's, then three tokens', then in the middle.
        for (wait, tokens) in [(3, 0), (8 + 3 * 8 + 5, 3), (8 + 2 * 8, 1)] {
            let control = GenerationControl(GenerationSettings(network: .satellite))
            let clock = ScriptedClock(onWait: { if $0 == wait { control.cancel() } })
            let reply = await fixture.reply(try fixture.generator(plugin, clock: clock), control: control)
            #expect(reply.error == nil && reply.summary?.stop == .cancelled, "\(String(describing: reply.error))")
            #expect(reply.tokens.count == tokens)
            #expect((reply.read == nil) == (wait == 3))
        }
        // What was read before stands.
        let generator = try fixture.generator(plugin)
        let whole = await fixture.reply(generator, tokens: 4)
        #expect(await fixture.reply(generator, tokens: 4).ids == whole.ids)
    }

    @Test func theNetworkMayChangeWhileAReplyStreams() async throws {
        let control = GenerationControl(GenerationSettings(network: .mobile))
        let clock = ScriptedClock(onWait: { if $0 == 8 + 8 + 1 { control.update { $0.network = .satellite } } })
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(inBlocks: .lora), clock: clock), tokens: 4, control: control)
        #expect(reply.tokens[1].milliseconds.network < 400 && reply.tokens[2].milliseconds.network > 2000)
    }

    @Test(arguments: [Method.lora, .adapter]) func candidatesOfBothPaths(method: Method) async throws {
        let generator = try fixture.generator(fixture.plugin(inBlocks: method))
        let own = await fixture.reply(generator, tokens: 5)
        let text = fixture.prompt + own.ids.dropLast()
        let both = try await generator.inspect(own.ids[4], after: text, count: 5)
        #expect(both.position == 8 + 4 && both.side.count == 5 && both.side[0].id == own.ids.last)
        let cache = try fixture.base.makeCache(capacity: 32)
        let base = try fixture.base.forward(text, cache: cache).finals
        #expect(both.base.map(\.id) == Sampler.candidates(fixture.base.head(base).values, count: 5).map(\.id))
        // The other way round.
        _ = await fixture.reply(generator, mode: .base, tokens: 1)
        let first = try await generator.inspect(own.ids[0], after: fixture.prompt, count: 1)
        #expect(first.side[0].id == own.ids[0] && first.position == 8)
        let bare = await fixture.reply(try fixture.generator(), tokens: 1)
        #expect(first.base[0].id == bare.ids[0])
    }

    @Test func devicesRefuseWhatIsNotForThem() throws {
        let vector = Matrix(rows: 1, columns: 64, repeating: 1)
        let states = StateFrame(sequence: 0, position: 0, taps: [], final: vector)
        let network = try #require(fixture.plugin().side)
        let side = DeviceRole(
            base: fixture.base, side: try #require(SideInference(network)), method: .spa, sampling: SamplingOptions())
        #expect(throws: EngineError.self) {
            try side.serve(BlockStateFrame(sequence: 0, block: 0, site: .queryValue, states: vector))
        }
        let lora = try #require(try BlockDevice(fixture.plugin(inBlocks: .lora), base: fixture.base))
        #expect(throws: EngineError.self) { try lora.serve(states) }
        for (block, site, width) in [(4, BlockSite.queryValue, 64), (0, .attentionOutput, 64), (0, .queryValue, 63)] {
            #expect(throws: EngineError.self) {
                try lora.serve(
                    BlockStateFrame(
                        sequence: 0, block: block, site: site, states: Matrix(rows: 1, columns: width, repeating: 1)))
            }
        }
    }

    @Test func answersThatDoNotFitAreRefused() throws {
        let base = fixture.base
        let lies: [@Sendable (BlockStateFrame) -> BlockCorrectionFrame] = [
            { BlockCorrectionFrame(to: $0, corrections: Matrix(rows: 1, columns: 64), deviceMicroseconds: 0) },
            { BlockCorrectionFrame(to: $0, corrections: Matrix(rows: 3, columns: 96), deviceMicroseconds: 0) },
            {
                let other = BlockStateFrame(sequence: $0.sequence, block: 1, site: $0.site, states: $0.states)
                return BlockCorrectionFrame(
                    to: other, corrections: Matrix(rows: 2, columns: 96), deviceMicroseconds: 0)
            },
        ]
        for lie in lies {
            let exchanges = BlockExchanges(
                sites: [.queryValue], base: base, link: InProcessLink(device: LyingDevice(lie: lie)),
                interruption: Interruption())
            #expect(throws: EngineError.self) {
                try base.forward([1, 2], cache: base.makeCache(capacity: 4), exchanges: exchanges)
            }
        }
    }
}

private struct LyingDevice: LinkDevice {
    let lie: @Sendable (BlockStateFrame) -> BlockCorrectionFrame

    func serve(_ frame: BlockStateFrame) throws(EngineError) -> BlockCorrectionFrame { lie(frame) }
}
