import Compute
import SPAEngine
import TestSupport
import Testing

/// Replies of the tiny model: paths, modes, changes while streaming, network, cache.
@Suite struct GenerationTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    @Test func tokensFollowTheDefinition() async throws {
        let plugin = fixture.plugin()
        let base = fixture.base
        let reply = await fixture.reply(try fixture.generator(plugin))
        #expect(Set(reply.paths) == [.base, .side])
        let cache = try base.makeCache(capacity: 64)
        var next = fixture.prompt
        for event in reply.tokens {
            let states = try base.forward(next, cache: cache, taps: [2, 4])
            let final = VectorMath.rms(states.finals)
            let probability = try #require(plugin.gate)
                .decide(GateInput(rmsFinal: final), price: 0.3, team: base.team)[0].probability
            #expect(abs(event.probability - probability) < 1e-4)
            #expect((event.path == .side) == (event.probability > 0.5))
            var logits = base.head(states.finals)
            if event.path == .side {
                var integrated = final
                let u = try #require(plugin.side).forward(states.taps.map { VectorMath.rms($0) }, team: base.team)
                VectorMath.addScaled(&integrated.values, u.values, factor: 1)
                logits = base.head(integrated)
            }
            // Half precision on the wire, and a prompt read at once or token by token, move a logit a little.
            let row = logits.values
            #expect((row.max() ?? 0) - row[Int(event.id)] < 0.05)
            next = [event.id]
        }
    }

    @Test(arguments: [Float(0), 1.2]) func theSameSeedGivesTheSameText(temperature: Float) async throws {
        let plugin = fixture.plugin()
        func text(_ seed: UInt64) async throws -> [Int32] {
            let sampling = SamplingOptions(temperature: temperature, topK: 40, topP: 0.95, seed: seed)
            return await fixture.reply(try fixture.generator(plugin), sampling: sampling).ids
        }
        let first = try await text(1)
        #expect(try await text(1) == first)
        #expect(try await (text(2) == first) == (temperature == 0))
    }

    @Test func modesChooseThePath() async throws {
        let plugin = fixture.plugin()
        let bare = await fixture.reply(try fixture.generator())
        let off = await fixture.reply(try fixture.generator(plugin), mode: .base)
        let always = await fixture.reply(try fixture.generator(plugin), mode: .side)
        #expect(bare.ids == off.ids && Set(bare.paths) == [.base])
        #expect(off.tokens.allSatisfy { $0.probability == 0 && $0.bytesDown == 0 })
        #expect(Set(always.paths) == [.side] && always.ids != off.ids)
        #expect(always.summary?.ledger.usagePercent == 100 && off.summary?.ledger.usagePercent == 0)
    }

    @Test(arguments: [
        SamplingOptions(), SamplingOptions(temperature: 0.7, topK: 20, minP: 0.05, seed: 4),
        SamplingOptions(temperature: 1, seed: 9),
    ])
    func anUntrainedSideSaysWhatTheBaseSays(sampling: SamplingOptions) async throws {
        let generator = try fixture.generator(fixture.plugin(strength: 0))
        let side = await fixture.reply(generator, mode: .side, tokens: 16, sampling: sampling)
        let base = await fixture.reply(generator, mode: .base, tokens: 16, sampling: sampling)
        let mixed = await fixture.reply(generator, mode: .gated, tokens: 16, sampling: sampling)
        #expect(side.ids == base.ids && mixed.ids == base.ids)
        #expect(Set(side.paths) == [.side])
    }

    @Test func thresholdAndPriceMoveTheUsage() async throws {
        let generator = try fixture.generator(fixture.plugin(effect: true))
        func usage(_ settings: GenerationSettings) async -> Double {
            await fixture.reply(generator, control: GenerationControl(settings)).summary?.ledger.usagePercent ?? -1
        }
        #expect(await usage(GenerationSettings(threshold: -1)) == 100)
        #expect(await usage(GenerationSettings(threshold: 1)) == 0)
        #expect(await usage(GenerationSettings(price: 100)) == 0)
        let dear = await usage(GenerationSettings(price: 0.5))
        let cheap = await usage(GenerationSettings(price: -100))
        #expect(cheap > dear)
        let reply = await fixture.reply(generator)
        #expect(reply.tokens.allSatisfy { $0.effect != nil && $0.price == 0.3 && $0.threshold == 0.5 })
    }

    @Test func eventsAddUpToTheSummary() async throws {
        let reply = await fixture.reply(try fixture.generator(fixture.plugin()))
        var ledger = Ledger()
        for event in reply.tokens { ledger.record(event) }
        #expect(reply.summary?.ledger == ledger && reply.summary?.stop == .length)
        #expect(reply.tokens.map(\.index) == Array(0..<24))
        #expect(ledger.transmissions == reply.paths.count { $0 == .side })
        let side = reply.tokens.filter { $0.path == .side }
        #expect(side.allSatisfy { $0.bytesDown == 20 + 3 * 64 * 2 && $0.bytesUp == 20 && !$0.simulated })
        for event in reply.tokens { #expect(event.bytes == fixture.tokenizer.bytes(of: event.id)) }
    }

    @Test func theNetworkCostsSideTokensOnlyAndByTheFormula() async throws {
        let profile = NetworkProfile(roundTripMilliseconds: 50, bitsPerSecond: 2e7)
        let control = GenerationControl(GenerationSettings(network: profile))
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(), clock: VirtualClock()), control: control)
        #expect(Set(reply.paths) == [.base, .side])
        for event in reply.tokens {
            let expected =
                event.path == .base ? 0 : profile.expectedMilliseconds(bytes: event.bytesUp + event.bytesDown)
            #expect(abs(event.milliseconds.network - expected) < 1e-9)
            #expect(abs(event.milliseconds.total - expected) < 1e-9)
            #expect(event.simulated == (event.path == .side))
            #expect(event.path == .side || event.bytesUp + event.bytesDown == 0)
        }
        let ledger = try #require(reply.summary).ledger
        #expect(abs(ledger.milliseconds.network - ledger.expectedNetworkMilliseconds(profile)) < 1e-6)
    }

    @Test func settingsChangeWhileAReplyStreams() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .mobile))
        // Two waits a token: the change during the third token's way down is felt by the fourth.
        let clock = ScriptedClock(onWait: { wait in
            if wait == 5 { control.update { $0.network = .satellite } }
            if wait == 9 { control.update { ($0.mode, $0.threshold, $0.price) = (.base, 0.7, 2) } }
        })
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(), clock: clock), tokens: 8, control: control)
        #expect(reply.paths == [.side, .side, .side, .side, .side, .base, .base, .base])
        #expect(reply.tokens[2].milliseconds.network < 100 && reply.tokens[3].milliseconds.network > 500)
        #expect(reply.tokens[4].threshold == 0.5 && reply.tokens[5].threshold == 0.7)
        #expect(reply.tokens[4].price == 0.3 && reply.tokens[5].price == 2)
    }

    @Test func cancellingEndsWithinOneTokenAlsoInAWait() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .satellite))
        let clock = ScriptedClock(onWait: { if $0 == 5 { control.cancel() } })
        let waiting = await fixture.reply(
            try fixture.generator(fixture.plugin(), clock: clock), control: control)
        #expect(waiting.tokens.count == 2 && waiting.summary?.stop == .cancelled)

        // Looks at the clock: asked, prompt read, one for each base token.
        let plain = GenerationControl()
        let looks = ScriptedClock(onLook: { if $0 == 2 + 4 { plain.cancel() } })
        let reply = await fixture.reply(try fixture.generator(clock: looks), control: plain)
        #expect(reply.tokens.count == 4 && reply.summary?.stop == .cancelled)

        let before = GenerationControl()
        before.cancel()
        let none = await fixture.reply(try fixture.generator(), control: before)
        #expect(none.tokens.isEmpty && none.read == nil && none.summary?.stop == .cancelled)
    }

    @Test func whoStopsListeningCancels() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .satellite))
        let generator = try fixture.generator(fixture.plugin(), clock: SystemClock())
        let prompt = fixture.prompt
        let listener = Task {
            for await output in generator.generate(promptIDs: prompt, control: control) {
                if case .promptRead = output { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await listener.value
        #expect(control.isCancelled)
    }

    @Test func aPromptThatContinuesIsNotReadAgain() async throws {
        let generator = try fixture.generator(fixture.plugin())
        let first = await fixture.reply(generator, tokens: 10)
        #expect(first.read?.computed == 8 && first.summary?.computedPromptTokens == 8)
        // The reply's last token was never read.
        let longer = fixture.prompt + first.ids + [40, 41, 42]
        let second = await fixture.reply(generator, prompt: longer, tokens: 10)
        #expect(second.read?.tokens == 21 && second.read?.computed == 4)
        let fresh = await fixture.reply(try fixture.generator(fixture.plugin()), prompt: longer, tokens: 10)
        #expect(fresh.read?.computed == 21 && fresh.ids == second.ids && fresh.paths == second.paths)
        // All of it known: its last token alone is computed.
        #expect(await fixture.reply(generator, prompt: longer, tokens: 3).read?.computed == 1)
        // Another text from the third token on.
        #expect(await fixture.reply(generator, prompt: [1, 77, 9, 9, 9], tokens: 1).read?.computed == 3)
        generator.forget()
        #expect(await fixture.reply(generator, tokens: 1).read?.computed == 8)
    }

    @Test func longPromptsAreReadInPieces() async throws {
        let prompt = (0..<300).map { Int32($0 * 7 % 300) }
        let generator = try fixture.generator(context: 320)
        let reply = await fixture.reply(generator, prompt: prompt, tokens: 6)
        let cache = try fixture.base.makeCache(capacity: 300)
        let logits = fixture.base.head(try fixture.base.forward(prompt, cache: cache).finals).values
        #expect(reply.read?.computed == 300 && reply.tokens.count == 6)
        #expect((logits.max() ?? 0) - logits[Int(reply.tokens[0].id)] < 0.05)
    }

    @Test func theContextEndsAReply() async throws {
        let reply = await fixture.reply(try fixture.generator(context: 12))
        #expect(reply.summary?.stop == .context && reply.tokens.count == 5)
        let exact = await fixture.reply(try fixture.generator(context: 8))
        #expect(exact.summary?.stop == .context && exact.tokens.count == 1)
    }

    @Test func theTokenThatEndsATurnIsNotPartOfTheReply() async throws {
        let generator = try fixture.generator(context: 512)
        for seed in 0..<20 {
            let sampling = SamplingOptions(temperature: 4, seed: UInt64(seed))
            let reply = await fixture.reply(generator, tokens: 300, sampling: sampling, stops: true)
            let ends = fixture.tokenizer.endOfGeneration
            #expect(!reply.ids.contains(where: ends.contains))
            guard reply.summary?.stop == .endOfTurn else { continue }
            #expect(reply.summary?.ledger.tokens == reply.tokens.count)
            let on = await fixture.reply(generator, tokens: reply.tokens.count + 1, sampling: sampling)
            #expect(on.ids.dropLast() == reply.ids[...] && ends.contains(on.ids.last ?? -1))
            return
        }
        Issue.record("no reply ended")
    }

    @Test func failuresAreNamed() async throws {
        let generator = try fixture.generator(context: 6)
        #expect(await fixture.reply(generator, prompt: []).error == .emptyPrompt)
        #expect(await fixture.reply(generator).error == .contextFull(needed: 8, capacity: 6))
        let size = fixture.base.configuration.vocabularySize
        #expect(
            await fixture.reply(generator, prompt: [9999]).error == .unknownToken(id: 9999, vocabularySize: size))
        let none = await fixture.reply(generator, prompt: [1], tokens: 0)
        #expect(none.summary?.stop == .length && none.tokens.isEmpty && none.read?.computed == 1)
        // And it still works.
        #expect(await fixture.reply(generator, prompt: [1, 2], tokens: 2).tokens.count == 2)
    }

    @Test func thePluginCanBeReplaced() async throws {
        let generator = try fixture.generator(fixture.plugin())
        let own = await fixture.reply(generator)
        try generator.setPlugin(nil)
        let bare = await fixture.reply(generator)
        #expect(Set(bare.paths) == [.base] && bare.read?.computed == 1)
        var foreign = fixture.plugin()
        foreign.baseFingerprint = "0"
        foreign.baseName = "Other"
        let loaded = "tiny model (\(fixture.base.fingerprint.prefix(8)))"
        #expect(
            throws: EngineError.wrongBase(path: "the plugin ''", pluginBase: "Other (0)", loadedBase: loaded)
        ) { try generator.setPlugin(foreign) }
        #expect(generator.plugin == nil)
        try generator.setPlugin(fixture.plugin())
        #expect(await fixture.reply(generator).ids == own.ids)
    }

    /// What the gateless methods and separation speak, against the definition.
    @Test(arguments: [Method.integration, .lst, .separation]) func sideMethodsSpeakTheirOwnPath(method: Method)
        async throws
    {
        let spa = fixture.plugin()
        let side = try #require(spa.side)
        let plugin = Plugin(
            method: method, part: .side(side), gate: method.hasGate ? spa.gate : nil, price: 0.3,
            baseName: fixture.base.name, baseFingerprint: fixture.base.fingerprint, facts: TrainingFacts())
        let mode: GenerationMode = method.hasGate ? .side : .gated
        let reply = await fixture.reply(try fixture.generator(plugin), mode: mode, tokens: 6)
        #expect(reply.paths == Array(repeating: .side, count: 6))
        let cache = try fixture.base.makeCache(capacity: 64)
        var read = fixture.prompt
        for id in reply.ids {
            let states = try fixture.base.forward(read, cache: cache, taps: side.configuration.taps)
            let u = side.forward(states.taps.map { VectorMath.rms($0) }, team: fixture.base.team)
            var state = VectorMath.rms(states.finals)
            VectorMath.combine(
                u.values, factor: 1, state.values, factor: method.addsToBase ? 1 : 0, into: &state.values)
            #expect(fixture.base.likeliest(state) == id)
            read = [id]
        }
        let base = await fixture.reply(try fixture.generator(plugin), mode: .base, tokens: 6)
        #expect(base.paths == Array(repeating: .base, count: 6))
    }

    @Test func aDeviceRefusesFramesOfAnotherPlugin() throws {
        let device = DeviceRole(
            base: fixture.base, side: try #require(fixture.plugin().side.flatMap(SideInference.init)), method: .spa,
            sampling: SamplingOptions())
        let vector = Matrix(rows: 1, columns: 64, repeating: 1)
        let frame = StateFrame(sequence: 0, position: 0, taps: [vector], final: vector)
        #expect(throws: EngineError.badFrame(problem: "1 taps of 64, the plugin reads 2 of 64")) {
            try device.serve(frame)
        }
    }
}
