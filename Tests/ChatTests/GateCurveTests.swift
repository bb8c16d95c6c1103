import Chat
import TestSupport
import Testing

/// Usage at other thresholds and prices, against what a gate would have done.
@Suite struct GateCurveTests {
    private func token(_ random: inout TestRandom, threshold: Float, price: Float, linear: Bool) -> TokenRecord {
        func unit() -> Float { Float(random.next() % 10_000) / 10_000 }
        let sigma = unit()
        let effect = unit() * 6 - 3
        let probability = linear ? sigma : min(sigma, 1 / (1 + Self.exponential(-2 * (effect - price))))
        return TokenRecord(
            index: 0, id: 0, bytes: [], path: probability > threshold ? .side : .base, probability: probability,
            effect: linear ? nil : effect, threshold: threshold, price: price, sigma: sigma)
    }

    /// exp by its series, so that the test does not share the code that it checks.
    private static func exponential(_ x: Float) -> Float {
        var (sum, term) = (1.0, 1.0)
        for index in 1..<60 {
            term *= Double(x) / Double(index)
            sum += term
        }
        return Float(sum)
    }

    @Test(arguments: [true, false]) func theCurveMeetsWhatWasWrittenAndFalls(linear: Bool) throws {
        var random = TestRandom(seed: 5)
        for _ in 0..<50 {
            let threshold = Float(random.next() % 100) / 100
            let price = Float(random.next() % 40) / 10 - 2
            let tokens = (0..<60).map { _ in token(&random, threshold: threshold, price: price, linear: linear) }
            let overThreshold = GateCurve(overThresholdOf: tokens, price: Double(price))
            let overPrice = GateCurve(overPriceOf: tokens, threshold: Double(threshold))
            let written = 100 * Double(tokens.count { $0.path == .side }) / 60
            for found in [overThreshold.usagePercent(at: Double(threshold)), overPrice.usagePercent(at: Double(price))]
            {
                #expect(abs(try #require(found) - written) < 1.7)
            }
            #expect(overThreshold.count == 60 && overPrice.count == 60)
            var last = 100.0
            for step in 0...20 {
                let next = try #require(overThreshold.usagePercent(at: Double(step) / 20))
                #expect(next <= last)
                last = next
            }
            #expect(last == 0)
            last = 100
            for step in -20...20 {
                let next = try #require(overPrice.usagePercent(at: Double(step) / 10))
                #expect(next <= last)
                last = next
            }
        }
    }

    @Test func onlyTokensWithAGateCount() {
        let tokens = [
            TokenRecord(index: 0, id: 0, bytes: [], path: .side),
            TokenRecord(index: 1, id: 0, bytes: [], path: .base, probability: 0.2, sigma: 0.2),
        ]
        let curve = GateCurve(overThresholdOf: tokens, price: 0)
        #expect(curve.count == 1)
        #expect(curve.usagePercent(at: 0.1) == 100)
        #expect(GateCurve(overThresholdOf: [], price: 0).usagePercent(at: 0.5) == nil)
    }

    /// At its ends a threshold takes all or none, whatever the price, and what is no number is nobody's.
    @Test func endsOfTheThreshold() {
        func tokens(_ effect: Float) -> [TokenRecord] {
            [TokenRecord(index: 0, id: 0, bytes: [], path: .base, effect: effect, sigma: 0.5)]
        }
        #expect(GateCurve(overPriceOf: tokens(0.3), threshold: 0).usagePercent(at: 9) == 100)
        #expect(GateCurve(overPriceOf: tokens(0.3), threshold: 1).usagePercent(at: -9) == 0)
        #expect(GateCurve(overPriceOf: tokens(.nan), threshold: 0.2).usagePercent(at: -9) == 0)
        #expect(GateCurve(overThresholdOf: tokens(.nan), price: 0).usagePercent(at: 0) == 0)
    }
}
