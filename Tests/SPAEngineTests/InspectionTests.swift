import Compute
import Foundation
import SPAEngine
import Testing

/// What is said of tokens that were written, and texts beside the conversation.
@Suite struct InspectionTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    /// Token k's candidates are those of the distribution that token k was chosen from: the one after k tokens of the
    /// reply. The probabilities of neighbours differ, so a shift by one would be seen.
    @Test(arguments: [BaseModel.Precision.fast, .reference], [true, false])
    func theInspectorIsNeverOffByOne(precision: BaseModel.Precision, effect: Bool) async throws {
        let fixture = try GenerationFixture(precision: precision)
        let generator = try fixture.generator(fixture.plugin(effect: effect))
        let first = await fixture.reply(generator, tokens: 20)
        let longer = fixture.prompt + first.ids + [40, 41, 42]
        let second = await fixture.reply(generator, prompt: longer, mode: .side, tokens: 20)
        #expect(first.paths.contains(.base) && Set(second.paths) == [.side])
        var order = Array(0..<20)
        var random = SeededRandom(seed: 2)
        for (prompt, reply) in [(fixture.prompt, first), (longer, second)] {
            #expect(zip(reply.tokens, reply.tokens.dropFirst()).allSatisfy { $0.probability != $1.probability })
            order.shuffle(using: &random)
            for index in order {
                let event = reply.tokens[index]
                let found = try await generator.inspect(event.id, after: prompt + reply.ids[..<index], count: 10)
                let decision = try #require(found.decision)
                let tolerance: Float = precision == .fast ? 1e-6 : 1e-4
                #expect(abs(decision.probability - event.probability) <= tolerance)
                #expect(abs(decision.sigma - (event.sigma ?? -1)) <= tolerance)
                #expect(abs((decision.effect ?? 0) - (event.effect ?? 0)) <= 10 * tolerance)
                #expect(found.position == prompt.count + index)
                #expect(found.base.count == 10 && found.side.count == 10)
                let chosen = event.path == .side ? found.side[0] : found.base[0]
                #expect(chosen.id == event.id)
                let loss = event.path == .side ? found.sideLoss : found.baseLoss
                #expect(abs((loss ?? -1) + log(chosen.probability)) < 1e-4)
            }
        }
    }

    @Test(arguments: [Method.lora, .adapter]) func alsoInsideTheBlocks(method: Method) async throws {
        let generator = try fixture.generator(fixture.plugin(inBlocks: method))
        let reply = await fixture.reply(generator, tokens: 8)
        for index in [3, 0, 7, 4, 5] {
            let found = try await generator.inspect(
                reply.ids[index], after: fixture.prompt + reply.ids[..<index], count: 10)
            #expect(found.side[0].id == reply.ids[index] && found.decision == nil)
            #expect(abs((found.sideLoss ?? -1) + log(found.side[0].probability)) < 1e-4)
        }
    }

    @Test func withoutAPluginThereIsOnePath() async throws {
        let generator = try fixture.generator()
        let reply = await fixture.reply(generator, tokens: 3)
        let found = try await generator.inspect(reply.ids[2], after: fixture.prompt + reply.ids[..<2], count: 4)
        #expect(found.base[0].id == reply.ids[2] && found.side.isEmpty && found.realisedEffect == nil)
        await #expect(throws: EngineError.emptyPrompt) { try await generator.inspect(1, after: [], count: 1) }
        await #expect(throws: EngineError.contextFull(needed: 200, capacity: 128)) {
            try await generator.inspect(1, after: Array(repeating: 1, count: 200), count: 1)
        }
    }

    /// The conversation goes on as if nobody had looked: nothing of it is read again, and its text is the same.
    @Test func lookingDisturbsNothing() async throws {
        let plugin = fixture.plugin(effect: true)
        let generator = try fixture.generator(plugin)
        let plain = try fixture.generator(plugin)
        let first = await fixture.reply(generator, tokens: 12)
        #expect(await fixture.reply(plain, tokens: 12).ids == first.ids)
        _ = try await generator.inspect(first.ids[3], after: fixture.prompt + first.ids[..<3], count: 5)
        let other = fixture.prompt + first.ids[..<4] + [250]
        var aside: [Int32] = []
        for await output in generator.generate(
            promptIDs: other, options: GenerationOptions(maximumTokens: 9, stopsAtEndOfTurn: false), aside: true)
        {
            if case .token(let event) = output { aside.append(event.id) }
        }
        #expect(aside == (await fixture.reply(try fixture.generator(plugin), prompt: other, tokens: 9)).ids)
        let longer = fixture.prompt + first.ids + [40, 41]
        let second = await fixture.reply(generator, prompt: longer, tokens: 12)
        // The reply's last token was never read.
        #expect(second.read?.computed == 3)
        #expect(await fixture.reply(plain, prompt: longer, tokens: 12).ids == second.ids)
    }

}
