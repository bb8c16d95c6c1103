import Compute
import SPAEngine
import TestSupport
import Testing

/// DRY, the end of replies that repeat themselves, and whose tokens are penalised.
@Suite struct RepetitionTests {
    private func random(_ seed: UInt64, count: Int, below limit: Float) -> [Int32] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Int32(random.uniform() * limit) }
    }

    // MARK: DRY

    /// The definition, without haste.
    private func slowCosts(_ penalty: SequencePenalty, _ history: [Int32]) -> [Int32: Float] {
        let text = Array(history.suffix(penalty.window))
        var costs: [Int32: Float] = [:]
        for next in text.indices.dropFirst() {
            var length = 0
            while length < next, text[next - 1 - length] == text[text.count - 1 - length] { length += 1 }
            guard length >= penalty.allowedLength else { continue }
            var cost = penalty.multiplier
            for _ in penalty.allowedLength..<length { cost *= penalty.base }
            costs[text[next]] = max(costs[text[next]] ?? 0, min(cost, 1e6))
        }
        return costs
    }

    @Test func sequencesCostWhatTheDefinitionSays() {
        for seed in UInt64(0)..<300 {
            let history = random(seed, count: Int(seed) % 60, below: seed % 3 == 0 ? 2 : 4)
            let penalty = SequencePenalty(
                multiplier: 0.8, base: 1.75, allowedLength: 1 + Int(seed) % 4, window: seed % 5 == 0 ? 20 : 1000)
            let (found, expected) = (penalty.costs(after: history), slowCosts(penalty, history))
            #expect(Set(found.keys) == Set(expected.keys))
            for (id, cost) in expected { #expect(abs((found[id] ?? 0) - cost) <= 1e-4 * cost) }
        }
    }

    @Test func longSequencesCostMore() {
        let penalty = SequencePenalty(multiplier: 1, base: 2, allowedLength: 2)
        #expect(penalty.costs(after: [1, 2, 9, 2] as [Int32]).isEmpty)
        #expect(penalty.costs(after: [1, 2, 9, 1, 2] as [Int32]) == [9: 1])
        #expect(penalty.costs(after: [5, 1, 2, 9, 4, 5, 1, 2] as [Int32]) == [9: 2])
        #expect(penalty.costs(after: [Int32](repeating: 3, count: 900)) == [3: 1e6])
        #expect(SequencePenalty().costs(after: [1, 2, 9, 1, 2] as [Int32]).isEmpty)
        #expect(
            SequencePenalty(multiplier: 1, allowedLength: 1, window: 3).costs(after: [7, 8, 1, 2, 7] as [Int32]).isEmpty
        )
    }

    @Test func theSamplerTakesTheCostFromTheLogit() {
        let sampler = Sampler(SamplingOptions(dry: SequencePenalty(multiplier: 1, base: 2, allowedLength: 2)))
        let logits: [Float] = [0, 1, 2, 4, 3.5]
        #expect(!sampler.options.isGreedy)
        #expect(sampler.sample(logits, history: [0, 1, 3, 0], position: 0) == 3)
        #expect(sampler.sample(logits, history: [0, 1, 3, 0, 1], position: 0) == 4)
        #expect(sampler.sample(logits, history: [0, 1, 99, 0, 1], position: 0) == 3)
    }

    // MARK: Detection

    /// How many tokens of a text are kept; nil where it goes to its end.
    private func kept(_ text: [Int32]) -> (kept: Int, read: Int)? {
        var detector = RepetitionDetector()
        for (index, token) in text.enumerated() {
            if let repeated = detector.push(token) { return (index + 1 - repeated, index + 1) }
        }
        return nil
    }

    @Test(arguments: [1, 2, 3, 5, 12, 16, 17, 40, 130, 512]) func aRepeatedBlockIsFoundAndOneCopyKept(block: Int) throws
    {
        for seed in UInt64(0)..<5 {
            let start = (0..<Int32(30)).map { $0 + 10_000 }
            let words = (0..<Int32(block)).map { $0 + 1000 * Int32(seed) }
            let text = start + Array(repeatElement(words, count: 60).joined())
            let found = try #require(kept(text))
            // Three copies, and 48 tokens; no later.
            #expect(found.read == start.count + max(3 * block, 48))
            #expect(found.kept == start.count + block)
        }
    }

    @Test func threeCopiesAreNeededAndFortyEightTokens() {
        let block = (0..<Int32(30)).map { $0 }
        #expect(kept(block + block + block.dropLast()) == nil)
        #expect(kept(block + block + block) != nil)
        #expect(kept(block + [99] + block + [98] + block + [97] + block) == nil)
        let few = Array(repeatElement([Int32(1), 2, 3, 4], count: 12).joined())
        #expect(kept(few.dropLast()) == nil && kept(few) != nil)
    }

    @Test func whatDoesNotRepeatNeverEnds() {
        for seed in UInt64(0)..<40 {
            #expect(kept(random(seed, count: 3000, below: 300)) == nil)
            #expect(kept(random(seed, count: 3000, below: 6)) == nil)
        }
    }

    /// "1. Add 5 g of salt.\n2. Add 6 g of salt.\n": the same words around numbers that change.
    @Test func listsWhoseNumbersDifferGoOn() {
        for seed in UInt64(0)..<40 {
            var random = SeededRandom(seed: seed)
            let words = 3 + Int(random.uniform() * 20)
            var text: [Int32] = []
            for row in Int32(0)..<120 {
                text += [1000 + row / 10, 2000 + row % 10, 7] + (0..<Int32(words)) + [2000 + (row * 3) % 7, 8]
            }
            #expect(kept(text) == nil)
        }
    }

    // MARK: Replies

    private let fixture: GenerationFixture

    init() throws { fixture = try GenerationFixture() }

    private func outputs(_ generator: Generator, _ options: GenerationOptions, mode: GenerationMode = .gated) async
        -> (tokens: [TokenEvent], retracted: Int, summary: GenerationSummary?)
    {
        var result: (tokens: [TokenEvent], retracted: Int, summary: GenerationSummary?) = ([], 0, nil)
        let control = GenerationControl(GenerationSettings(mode: mode))
        for await output in generator.generate(promptIDs: fixture.prompt, options: options, control: control) {
            switch output {
            case .token(let event): result.tokens.append(event)
            case .retracted(let count): result.retracted += count
            case .finished(let summary): result.summary = summary
            case .promptRead, .failed: break
            }
        }
        return result
    }

    @Test(arguments: [GenerationMode.base, .side]) func aReplyThatRepeatsItselfEnds(mode: GenerationMode) async throws {
        let generator = try fixture.generator(fixture.plugin(), context: 1024)
        var options = GenerationOptions(maximumTokens: 600, stopsAtEndOfTurn: false)
        let whole = await outputs(generator, options, mode: mode)
        #expect(whole.summary?.stop == .length && whole.retracted == 0)
        options.stopsRepetition = true
        let reply = await outputs(generator, options, mode: mode)
        // The tiny model's greedy text goes round in circles.
        let found = try #require(kept(whole.tokens.map(\.id)))
        #expect(reply.tokens.map(\.id) == Array(whole.tokens.map(\.id).prefix(found.read)))
        #expect(reply.retracted == found.read - found.kept)
        let summary = try #require(reply.summary)
        #expect(summary.stop == .repetition && summary.ledger.tokens == found.kept)
        #expect(summary.ledger.sideTokens == (mode == .side ? found.kept : 0))
        // What was taken back has been sent all the same.
        #expect(summary.ledger.transmissions == reply.tokens.reduce(0) { $0 + $1.transmissions })
        #expect(summary.ledger.bytesDown == reply.tokens.reduce(0) { $0 + $1.bytesDown })
        // The next reply begins in the same place.
        let again = await outputs(generator, options, mode: mode)
        #expect(again.tokens.map(\.id) == reply.tokens.map(\.id))
    }

    @Test func theSideHasATemperatureOfItsOwnAndNoPenalties() async throws {
        let generator = try fixture.generator(fixture.plugin(), context: 256)
        func side(_ sampling: SamplingOptions, _ temperature: Float?) async -> [Int32] {
            let options = GenerationOptions(
                sampling: sampling, sideTemperature: temperature, maximumTokens: 60, stopsAtEndOfTurn: false)
            return await outputs(generator, options, mode: .side).tokens.map(\.id)
        }
        let hot = SamplingOptions(temperature: 2, seed: 3)
        let penalised = SamplingOptions(
            temperature: 2, repeatPenalty: 2, dry: SequencePenalty(multiplier: 5, allowedLength: 1), seed: 3)
        let greedy = await side(SamplingOptions(), nil)
        let drawn = await side(hot, nil)
        #expect(drawn != greedy)
        #expect(await side(hot, 0) == greedy)
        #expect(await side(penalised, 0) == greedy)
        #expect(await side(penalised, nil) == drawn)
        #expect(await side(SamplingOptions(seed: 3), 2) == drawn)
    }

    /// A token of the base is chosen with the penalties, one of the side without, whatever is around it.
    @Test func bothPathsKeepTheirOwnChoiceInOneReply() async throws {
        let plugin = fixture.plugin()
        let sampling = SamplingOptions(
            temperature: 0.8, repeatPenalty: 1.3, dry: SequencePenalty(multiplier: 2, allowedLength: 1), seed: 11)
        let options = GenerationOptions(
            sampling: sampling, sideTemperature: 0, maximumTokens: 40, stopsAtEndOfTurn: false)
        let reply = await outputs(try fixture.generator(plugin), options)
        #expect(Set(reply.tokens.map(\.path)) == [.base, .side])
        let again = await outputs(try fixture.generator(plugin), options)
        #expect(again.tokens.map(\.id) == reply.tokens.map(\.id))
        var said: [Int32] = []
        for event in reply.tokens where said.count < 40 {
            let generator = try fixture.generator(plugin, context: 256)
            var next = GenerationOptions(
                sampling: sampling, sideTemperature: 0, maximumTokens: 1, stopsAtEndOfTurn: false)
            // What the reply has said counts, though it stands in the prompt now; the question does not.
            next.replyTokensInPrompt = said.count
            let control = GenerationControl(GenerationSettings())
            for await output in generator.generate(promptIDs: fixture.prompt + said, options: next, control: control) {
                if case .token(let token) = output { #expect(token.id == event.id && token.path == event.path) }
            }
            said.append(event.id)
        }
    }

    @Test func thePromptIsNotPenalised() async throws {
        let generator = try fixture.generator()
        let first = await outputs(generator, GenerationOptions(maximumTokens: 1, stopsAtEndOfTurn: false))
        let token = try #require(first.tokens.first).id
        let prompt = [Int32](repeating: token, count: 20)
        func said(_ sampling: SamplingOptions) async -> [Int32] {
            var ids: [Int32] = []
            let options = GenerationOptions(sampling: sampling, maximumTokens: 1, stopsAtEndOfTurn: false)
            for await output in generator.generate(promptIDs: prompt, options: options) {
                if case .token(let event) = output { ids.append(event.id) }
            }
            return ids
        }
        let dry = SequencePenalty(multiplier: 100, allowedLength: 1)
        let free = await said(SamplingOptions())
        #expect(await said(SamplingOptions(repeatPenalty: 10, dry: dry)) == free)
    }
}
