import Glibc
import Compute
import SPAEngine
import Testing

@Suite struct GateTests {
    private let team = ThreadTeam(threads: 1)

    private func rows(_ count: Int, _ width: Int) -> Matrix {
        var random = SeededRandom(seed: 4)
        return Matrix(rows: count, columns: width, values: (0..<count * width).map { _ in random.normal() })
    }

    private func effectGate(width: Int) -> EffectGate {
        var random = SeededRandom(seed: 6)
        var gate = EffectGate(baseWidth: width, hiddenWidth: 3)
        gate.mean = gate.mean.map { _ in random.normal() }
        gate.deviation = gate.deviation.map { _ in 0.5 + random.uniform() }
        gate.hidden.values = gate.hidden.values.map { _ in random.normal() }
        gate.hiddenBias = gate.hiddenBias.map { _ in random.normal() }
        gate.output.values = gate.output.values.map { _ in random.normal() }
        gate.outputBias = 0.25
        return gate
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    @Test func anUntrainedGateTakesTheBase() {
        let gate = Gate(linear: LinearGate(baseWidth: 8), effect: nil)
        for decision in gate.decide(rows(4, 8), price: 0, team: team) {
            #expect(abs(Double(decision.probability) - sigmoid(-2)) < 1e-6)
            #expect(decision.effect == nil && decision.sigma == decision.probability)
        }
    }

    @Test func linearIsTheSoftmaxOfTwoRows() {
        var linear = LinearGate(baseWidth: 8)
        linear.weight = rows(2, 8)
        linear.bias = [0.5, -0.25]
        let x = rows(6, 8)
        for (row, sigma) in linear.sigma(x, team: team).enumerated() {
            var z = linear.bias.map(Double.init)
            for column in 0..<8 {
                for path in 0..<2 { z[path] += Double(x[row, column]) * Double(linear.weight[path, column]) }
            }
            #expect(abs(Double(sigma) - exp(z[1]) / (exp(z[0]) + exp(z[1]))) < 1e-5)
        }
    }

    @Test func effectFollowsItsDefinition() {
        let gate = effectGate(width: 8)
        let x = rows(6, 8)
        for (row, effect) in gate.predict(x, team: team).enumerated() {
            var expected = Double(gate.outputBias)
            for unit in 0..<3 {
                var z = Double(gate.hiddenBias[unit])
                for column in 0..<8 {
                    let standard = Double(x[row, column] - gate.mean[column]) / Double(gate.deviation[column])
                    z += Double(gate.hidden[unit, column]) * standard
                }
                expected += Double(gate.output[0, unit]) * z * sigmoid(z)
            }
            #expect(abs(Double(effect) - expected) < 1e-4 * max(1, abs(expected)))
        }
    }

    @Test func bothPartsMustAgreeAndThePriceCounts() {
        var linear = LinearGate(baseWidth: 8)
        linear.weight = rows(2, 8)
        let gate = Gate(linear: linear, effect: effectGate(width: 8))
        #expect(gate.kind == .effect)
        let x = rows(20, 8)
        let cheap = gate.decide(x, price: 0, team: team)
        let dear = gate.decide(x, price: 1.5, team: team)
        for (low, high) in zip(cheap, dear) {
            let effect = Double(low.effect ?? .nan)
            let expected = min(Double(low.sigma), sigmoid(2 * effect))
            #expect(abs(Double(low.probability) - expected) < 1e-5)
            #expect(high.probability <= low.probability && high.effect == low.effect && high.sigma == low.sigma)
        }
        #expect(zip(cheap, dear).contains { $0.probability > 0.5 && $1.probability < 0.5 })
    }
}
