import Compute
import SPAEngine
import Testing

/// The sampler's properties on random logits.
@Suite struct SamplerTests {
    private func logits(_ seed: UInt64, count: Int = 1000) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Float(random.uniform() * 12 - 6) }
    }

    /// Which tokens ever come out of 400 draws.
    private func drawn(_ logits: [Float], _ options: SamplingOptions) -> Set<Int32> {
        let sampler = Sampler(options)
        return Set((0..<400).map { sampler.sample(logits, history: [], position: $0) })
    }

    private func ranked(_ logits: [Float]) -> [Int32] {
        logits.indices.sorted { logits[$0] > logits[$1] }.map(Int32.init)
    }

    @Test func defaultsAreGreedy() {
        for seed in 0..<20 {
            let logits = logits(UInt64(seed))
            #expect(Sampler().sample(logits, history: [1, 2, 3], position: seed) == ranked(logits)[0])
        }
        #expect(Sampler.greedy([1, 3, 3, 2]) == 1)
    }

    @Test func whatIsNoNumberNeverWins() {
        let logits: [Float] = [.nan, 1, .nan, 2, -.infinity, .nan]
        let hot = Sampler(SamplingOptions(temperature: 5))
        #expect(Sampler.greedy(logits) == 3)
        #expect(Sampler.greedy([.nan, .nan]) == 0 && Sampler.greedy([]) == 0)
        for position in 0..<200 {
            #expect([1, 3].contains(hot.sample(logits, history: [], position: position)))
        }
        #expect(hot.sample([.nan, .nan], history: [], position: 0) == 0)
        #expect(hot.sample([], history: [], position: 0) == 0)
        #expect(hot.sample([0, .infinity], history: [], position: 0) == 1)
    }

    @Test func theSameSeedDrawsTheSame() {
        let logits = logits(7)
        func text(_ seed: UInt64) -> [Int32] {
            let sampler = Sampler(SamplingOptions(temperature: 1.5, topP: 0.9, seed: seed))
            return (0..<50).map { sampler.sample(logits, history: [], position: $0) }
        }
        #expect(text(1) == text(1))
        #expect(text(1) != text(2))
        #expect(Set(text(1)).count > 5)
    }

    @Test(arguments: [1, 2, 10, 63, 500, 999, 1000, 5000]) func topKKeepsTheLargest(k: Int) {
        let logits = logits(UInt64(k))
        let allowed = Set(ranked(logits).prefix(k))
        #expect(drawn(logits, SamplingOptions(temperature: 3, topK: k)).isSubset(of: allowed))
    }

    @Test(arguments: [Float(0), 0.1, 0.5, 0.9, 0.999]) func topPKeepsTheSmallestSetWithTheMass(p: Float) {
        for seed in 0..<5 {
            let logits = logits(UInt64(seed))
            let probabilities = Sampler.candidates(logits.map { $0 / 2 }, count: logits.count)
            var (mass, allowed) = (Float(0), Set<Int32>())
            for candidate in probabilities where allowed.isEmpty || mass < p + 1e-5 {
                allowed.insert(candidate.id)
                mass += candidate.probability
            }
            #expect(drawn(logits, SamplingOptions(temperature: 2, topP: p)).isSubset(of: allowed))
        }
        #expect(drawn(logits(1), SamplingOptions(temperature: 2, topP: 0)).count == 1)
    }

    @Test func minPCutsRelativeToTheBest() {
        let logits = logits(3)
        let best = logits.max() ?? 0
        for id in drawn(logits, SamplingOptions(temperature: 4, minP: 0.5)) {
            #expect((logits[Int(id)] - best) / 4 >= -0.694)
        }
        #expect(drawn(logits, SamplingOptions(temperature: 4, minP: 1)) == [Sampler.greedy(logits)])
    }

    @Test func theRepeatPenaltyActsWithinItsWindow() {
        let logits: [Float] = [1, 4, 3.9, -1]
        let sampler = Sampler(SamplingOptions(repeatPenalty: 1.5, repeatWindow: 2))
        #expect(sampler.sample(logits, history: [], position: 0) == 1)
        #expect(sampler.sample(logits, history: [1, 0], position: 0) == 2)
        #expect(sampler.sample(logits, history: [1, 0, 0], position: 0) == 1)
        #expect(sampler.sample([-1, -1.2], history: [0, 77, -5], position: 0) == 0)
        #expect(sampler.sample([-1, -1.2], history: [0, -5], position: 0) == 1)
    }

    @Test func drawsFollowTheProbabilities() {
        let logits: [Float] = [0, 1, 2, -1]
        let expected = Sampler.candidates(logits, count: 4)
        let sampler = Sampler(SamplingOptions(temperature: 1, seed: 5))
        var counts = [0, 0, 0, 0]
        for position in 0..<20_000 { counts[Int(sampler.sample(logits, history: [], position: position))] += 1 }
        for candidate in expected {
            #expect(abs(Float(counts[Int(candidate.id)]) / 20_000 - candidate.probability) < 0.015)
        }
    }

    @Test func candidatesAreTheSoftmaxInOrder() {
        let logits = logits(9, count: 300)
        let all = Sampler.candidates(logits, count: 300)
        #expect(abs(all.reduce(0) { $0 + $1.probability } - 1) < 1e-4)
        #expect(all.map(\.id) == ranked(logits))
        let few = Sampler.candidates(logits, count: 10)
        #expect(few.map(\.id) == Array(ranked(logits).prefix(10)))
        #expect(zip(few, all).allSatisfy { abs($0.probability - $1.probability) < 1e-6 })
        #expect(Sampler.candidates(logits, count: 0).isEmpty && Sampler.candidates([], count: 5).isEmpty)
    }

    @Test func equalLogitsAreNoTrouble() {
        let flat = [Float](repeating: 2, count: 5000)
        #expect(drawn(flat, SamplingOptions(temperature: 1, topK: 3)).isSubset(of: [0, 1, 2]))
        #expect(drawn(flat, SamplingOptions(temperature: 1, topP: 0.5)).count > 100)
    }
}
