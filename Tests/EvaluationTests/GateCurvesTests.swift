import Evaluation
import Testing

@Suite struct GateCurvesTests {
    private let tokens = GateTokens(baseLosses: [4, 3, 2, 1], sideLosses: [1, 2, 2, 2])

    @Test func theOracleAdmitsTheLargestEffectsFirst() {
        #expect(tokens.effects == [3, 1, 0, -1])
        let curve = UsageCurve.oracle(tokens)
        #expect(curve.points.map(\.loss) == [2.5, 1.75, 1.5, 1.5, 1.75])
        #expect(curve.points.map(\.usage) == [0, 0.25, 0.5, 0.75, 1])
        #expect(curve.loss(at: 0.125) == 2.125 && curve.loss(at: 2) == 1.75)
        #expect(curve.sampled(3).map(\.loss) == [2.5, 1.5, 1.75])
        // Trapezoids under the gains 0, 0.75, 1, 1, 0.75.
        #expect(abs(curve.area - (0.375 + 0.875 + 1 + 0.875) / 4) < 1e-12)
    }

    @Test func skillIsOneForTheOracleAndNoneForChance() throws {
        #expect(GateSkill.of(tokens.effects, tokens) == 1)
        let random = UsageCurve.random(tokens)
        #expect(random.points.first == UsageCurve.oracle(tokens).points.first)
        #expect(random.points.last == UsageCurve.oracle(tokens).points.last)
        // The mean over all orders of two tokens is chance.
        let two = GateTokens(baseLosses: [2, 1], sideLosses: [0, 3])
        let skills = [[1, 0], [0, 1]].compactMap { GateSkill.of($0.map { Float($0) }, two) }
        #expect(skills.count == 2 && abs(skills[0] + skills[1]) < 1e-9 && skills[0] == 1)
        #expect(GateSkill.of([1, 2], GateTokens(baseLosses: [1, 1], sideLosses: [1, 1])) == nil)
    }

    @Test func aPriceAdmitsWhatIsAboveIt() {
        let point = PricePoint(price: 0.5, effects: tokens.effects, tokens: tokens)
        #expect(point.usage == 0.5 && point.loss == 1.5)
        #expect(PricePoint(price: 9, effects: tokens.effects, tokens: tokens).loss == 2.5)
    }

    @Test func intervalsAreStudents() {
        let interval = SeedInterval([1, 2, 3])
        #expect(interval.mean == 2 && abs(interval.margin - 4.303 / 3.0.squareRoot()) < 1e-9)
        #expect(SeedInterval([4]).margin.isNaN)
    }

    @Test func reliabilityComparesBinByBin() throws {
        let predicted = (0..<100).map { Float($0) / 20 }
        let right = GateReliability(predicted: predicted, realised: predicted, bins: 5)
        #expect(right.bins.count == 5 && right.error < 1e-6 && right.bins.allSatisfy { $0.count == 20 })
        let high = predicted.map { $0 + 0.3 }
        let wrong = GateReliability(predicted: predicted, realised: high, bins: 5)
        #expect(abs(wrong.error - 0.3) < 1e-5)
        let error = try #require(GateReliability.priceError(at: 1, predicted: predicted, realised: high))
        #expect(abs(error - 0.3) < 1e-5)
        #expect(GateReliability.priceError(at: 50, predicted: predicted, realised: high) == nil)
        let margin = try #require(GateReliability.margin(at: 1, predicted: predicted, realised: high, share: 0.12))
        #expect(margin.count == 12 && margin.predicted > 1 && margin.predicted < 1.6)
        let few = try #require(GateReliability.margin(at: 2.7, predicted: predicted, realised: high, share: 0.5))
        #expect(few.count == 11)
        #expect(GateReliability.margin(at: 9, predicted: predicted, realised: high) == nil)
    }
}
