import Compute
import SPAEngine
import Synchronization
import Testing

/// What the base does without the device: no link, and answers that are late.
@Suite struct FallbackTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    /// A clock on which the link goes at a wait, and is back after eight looks at the clock.
    private func outage(of control: GenerationControl, fromWait wait: Int) -> ScriptedClock {
        let looks = Atomic<Int>(0)
        return ScriptedClock(
            onLook: { _ in
                guard control.settings.network == .offline else { return }
                if looks.add(1, ordering: .relaxed).newValue == 8 { control.update { $0.network = .lan } }
            },
            onWait: { if $0 == wait { control.update { $0.network = .offline } } })
    }

    @Test func offlineTheBaseAnswersAlone() async throws {
        let generator = try fixture.generator(fixture.plugin())
        let control = GenerationControl(GenerationSettings(network: .offline))
        let reply = await fixture.reply(generator, control: control)
        let bare = await fixture.reply(try fixture.generator())
        #expect(reply.ids == bare.ids && Set(reply.paths) == [.base])
        #expect(reply.tokens.contains { $0.fallback == .offline })
        #expect(
            reply.tokens.allSatisfy {
                ($0.fallback == .offline) == ($0.probability > 0.5) && $0.bytesUp + $0.bytesDown + $0.transmissions == 0
            })
    }

    @Test func thePluginReturnsWithTheLink() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .mobile))
        // Two waits a token while there is a link.
        let clock = outage(of: control, fromWait: 6)
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(), clock: clock), tokens: 24, control: control)
        let away = reply.tokens.filter { $0.fallback == .offline }
        #expect(!away.isEmpty && away.allSatisfy { $0.path == .base })
        #expect(reply.tokens.first?.path == .side && reply.tokens.last?.path == .side)
        #expect(reply.paths.count { $0 == .base } == away.count)
    }

    /// A plugin inside the blocks has states of its own: without it the base reads what it has not read, and the plugin
    /// does so when it is back.
    @Test func aPluginInsideTheBlocksComesAndGoes() async throws {
        let plugin = fixture.plugin(inBlocks: .lora)
        let control = GenerationControl(GenerationSettings(network: .lan))
        // Eight waits for the prompt, eight for each token.
        let clock = outage(of: control, fromWait: 8 + 8 + 3 * 8)
        let generator = try fixture.generator(plugin, clock: clock)
        let reply = await fixture.reply(generator, tokens: 40, control: control)
        let back = try #require(reply.paths.lastIndex(of: .base)) + 1
        let gone = try #require(reply.paths.firstIndex(of: .base))
        #expect(gone > 0 && back < 40 && reply.paths[gone..<back].allSatisfy { $0 == .base })
        #expect(reply.tokens.allSatisfy { ($0.fallback == .offline) == ($0.path == .base) })
        for index in [0, gone - 1, gone, back - 1, back, 39] {
            let text = fixture.prompt + reply.ids[..<index]
            let mode: GenerationMode = reply.paths[index] == .base ? .base : .gated
            let alone = await fixture.reply(try fixture.generator(plugin), prompt: text, mode: mode, tokens: 1)
            #expect(alone.ids == [reply.ids[index]])
        }
        let offline = GenerationControl(GenerationSettings(network: .offline))
        let base = await fixture.reply(generator, tokens: 6, control: offline)
        #expect(base.ids == (await fixture.reply(try fixture.generator(), tokens: 6)).ids)
    }

    @Test(arguments: [10.0, 49, 60]) func theCloudWaitsNoLongerThanTheDeadline(deadline: Double) async throws {
        let profile = NetworkProfile(roundTripMilliseconds: 50)
        let plugin = fixture.plugin()
        let control = GenerationControl(GenerationSettings(network: profile, deadline: deadline))
        let reply = await fixture.reply(try fixture.generator(plugin), control: control)
        let wanted = reply.tokens.filter { $0.probability > 0.5 }
        #expect(!wanted.isEmpty)
        for event in reply.tokens {
            guard event.probability > 0.5 else {
                #expect(event.path == .base && event.fallback == nil && event.milliseconds.total == 0)
                continue
            }
            #expect(event.path == (deadline < 50 ? .base : .side))
            #expect(event.fallback == (deadline < 50 ? .deadline : nil))
            #expect(abs(event.milliseconds.total - min(deadline, 50)) < 1e-9)
            #expect(abs(event.milliseconds.network - min(deadline, 50)) < 1e-9)
            // What went off is counted; below half a round trip no answer did.
            #expect(event.bytesDown > 0 && event.transmissions == 1 && (event.bytesUp > 0) == (deadline >= 25))
        }
        if deadline < 50 {
            let bare = await fixture.reply(try fixture.generator())
            #expect(reply.ids == bare.ids && reply.summary?.ledger.sideTokens == 0)
        }
    }

    @Test func aDeadlineChangesWhileAReplyStreams() async throws {
        let control = GenerationControl(GenerationSettings(mode: .side, network: .satellite))
        let clock = ScriptedClock(onWait: { if $0 == 5 { control.update { $0.deadline = 100 } } })
        let reply = await fixture.reply(
            try fixture.generator(fixture.plugin(), clock: clock), tokens: 6, control: control)
        #expect(reply.paths == [.side, .side, .side, .base, .base, .base])
        #expect(reply.tokens[3].milliseconds.total == 100)
    }

    @Test func searchesFallBackToo() async throws {
        let generator = try fixture.generator(fixture.plugin())
        let bare = await fixture.reply(try fixture.generator(), beams: BeamOptions(width: 2))
        for settings in [
            GenerationSettings(mode: .side, network: .offline),
            GenerationSettings(mode: .side, network: .satellite, deadline: 5),
        ] {
            let reply = await fixture.reply(
                generator, control: GenerationControl(settings), beams: BeamOptions(width: 2))
            #expect(reply.ids == bare.ids && Set(reply.paths) == [.base])
        }
    }

    @Test func aSeedRepeatsTheDelaysOfEveryReply() async throws {
        let generator = try fixture.generator(fixture.plugin())
        func delays(_ text: String) async throws -> [Double] {
            let control = GenerationControl(
                GenerationSettings(mode: .side, network: try NetworkProfile.parse(text)))
            return await fixture.reply(generator, tokens: 6, control: control).tokens.map(\.milliseconds.network)
        }
        let first = try await delays("4g,seed=7")
        #expect(try await delays("4g,seed=7") == first)
        #expect(try await delays("4g,seed=8") != first)
        #expect(try await delays("4g") != delays("4g"))
    }
}
