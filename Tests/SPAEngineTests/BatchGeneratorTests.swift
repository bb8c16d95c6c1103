import Compute
import SPAEngine
import TestSupport
import Testing

/// Many prompts at once, against each alone.
@Suite struct BatchGeneratorTests {
    let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    private func plugins() throws -> [Plugin?] {
        let spa = fixture.plugin(effect: true)
        var other = fixture.plugin(strength: 2, gateStrength: 2)
        var side = SideNetwork(
            SideConfiguration(taps: [1, 2, 3], width: 16, baseWidth: fixture.base.configuration.width), seed: 8)
        var random = SeededRandom(seed: 2)
        for index in side.up.values.indices { side.up.values[index] = random.normal() * 0.3 }
        other.part = .side(side)
        let alone = Plugin(
            method: .lst, part: .side(side), gate: nil, price: 0, baseName: spa.baseName,
            baseFingerprint: spa.baseFingerprint, facts: TrainingFacts())
        return [nil, spa, other, alone, fixture.plugin(inBlocks: .lora), fixture.plugin(inBlocks: .adapter)]
    }

    private var prompts: [[Int32]] {
        (0..<7).map { (number: Int) -> [Int32] in
            let length = 5 + 17 * number
            return (0..<length).map { Int32(($0 * 7 + number / 2) % 300) }
        }
    }

    @Test(arguments: [1, 3, 8, 30]) func everyReplyIsThatOfAGenerator(width: Int) async throws {
        let plugins = try plugins()
        var requests: [BatchGenerator.Request] = []
        for prompt in prompts {
            for speaker in plugins.indices {
                requests.append(.init(promptIDs: prompt, speaker: speaker))
            }
            requests.append(.init(promptIDs: prompt, speaker: 1, settings: .init(mode: .side)))
            requests.append(.init(promptIDs: prompt, speaker: 4, settings: .init(mode: .base)))
            requests.append(.init(promptIDs: prompt, speaker: 1, settings: .init(threshold: 0.3, price: -1)))
        }
        let batch = try BatchGenerator(
            base: fixture.base, tokenizer: fixture.tokenizer, plugins: plugins, contextLength: 112, width: width)
        var ended: [Int] = []
        let options = GenerationOptions(maximumTokens: 9)
        let replies = try #require(
            try batch.replies(to: requests, options: options) { index, _ in
                ended.append(index)
                return true
            })
        #expect(ended.sorted() == Array(requests.indices) && replies.count == requests.count)
        var stops: Set<StopReason> = []
        let alone = try fixture.generator(context: 112)
        for (request, reply) in zip(requests, replies) {
            try alone.setPlugin(plugins[request.speaker])
            let expected = await fixture.reply(
                alone, prompt: request.promptIDs, tokens: 9, control: GenerationControl(request.settings), stops: true)
            #expect(reply.tokens.count == expected.tokens.count)
            for (var found, var wanted) in zip(reply.tokens, expected.tokens) {
                (found.milliseconds, wanted.milliseconds) = (PartTimes(), PartTimes())
                #expect(found == wanted)
            }
            #expect(reply.summary.stop == expected.summary?.stop)
            #expect(reply.summary.ledger.usagePercent == expected.summary?.ledger.usagePercent)
            #expect(reply.summary.promptTokens == request.promptIDs.count)
            stops.insert(reply.summary.stop)
        }
        #expect(stops.contains(.length) && stops.contains(.context))
        // A prompt is read once for all who answer from the base's states, and once by each plugin inside the blocks.
        #expect(replies.count { $0.summary.computedPromptTokens > 0 } == 3 * prompts.count)
    }

    /// Also where tokens are drawn and penalised, and where a reply that repeats itself ends.
    @Test func itChoosesTokensAsAGeneratorDoes() async throws {
        let plugins = [nil, fixture.plugin()]
        let dry = SequencePenalty(multiplier: 1, allowedLength: 1)
        var stops: Set<StopReason> = []
        for sampling in [
            SamplingOptions(), SamplingOptions(temperature: 0.9, minP: 0.02, repeatPenalty: 1.2, dry: dry, seed: 5),
        ] {
            let options = GenerationOptions(
                sampling: sampling, sideTemperature: 0, maximumTokens: 100, stopsAtEndOfTurn: false,
                stopsRepetition: true)
            let requests = prompts.flatMap { prompt in
                plugins.indices.map { BatchGenerator.Request(promptIDs: prompt, speaker: $0) }
            }
            let batch = try BatchGenerator(
                base: fixture.base, tokenizer: fixture.tokenizer, plugins: plugins, contextLength: 240, width: 3)
            let replies = try #require(try batch.replies(to: requests, options: options))
            let alone = try fixture.generator(context: 240)
            for (request, reply) in zip(requests, replies) {
                try alone.setPlugin(plugins[request.speaker])
                var (tokens, summary): ([Int32], GenerationSummary?) = ([], nil)
                for await output in alone.generate(promptIDs: request.promptIDs, options: options) {
                    if case .token(let event) = output { tokens.append(event.id) }
                    if case .retracted(let count) = output { tokens.removeLast(count) }
                    if case .finished(let end) = output { summary = end }
                }
                #expect(reply.tokens.map(\.id) == tokens && reply.summary.stop == summary?.stop)
                #expect(reply.summary.ledger.tokens == tokens.count)
                #expect(reply.summary.ledger.sideTokens == summary?.ledger.sideTokens)
                #expect(reply.summary.ledger.bytesDown == summary?.ledger.bytesDown)
                stops.insert(reply.summary.stop)
            }
        }
        #expect(stops.contains(.repetition) && stops.contains(.length))
    }

    @Test func itCanBeEndedAndGoOn() throws {
        let batch = try BatchGenerator(base: fixture.base, contextLength: 64, width: 2)
        let requests = prompts.prefix(3).map { BatchGenerator.Request(promptIDs: $0) }
        let options = GenerationOptions(maximumTokens: 3)
        var ended = 0
        let none = try batch.replies(to: requests, options: options) { _, _ in
            ended += 1
            return ended < 2
        }
        #expect(none == nil && ended == 2)
        #expect(try batch.replies(to: requests, options: options)?.count == 3)
        #expect(try batch.replies(to: [], options: options)?.isEmpty == true)
    }

    @Test func whatCannotBeIsRefused() throws {
        let batch = try BatchGenerator(base: fixture.base, contextLength: 4)
        #expect(throws: EngineError.emptyPrompt) { try batch.replies(to: [.init(promptIDs: [])]) }
        #expect(throws: EngineError.contextFull(needed: 5, capacity: 4)) {
            try batch.replies(to: [.init(promptIDs: [1, 2, 3, 4, 5])])
        }
    }
}
