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

    private func network(_ sources: [GateSource] = [.final], width: Int) -> GateNetwork {
        var random = SeededRandom(seed: 6)
        var gate = GateNetwork(sources: sources, inputWidth: width, hiddenWidth: 3)
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
        for decision in gate.decide(GateInput(rmsFinal: rows(4, 8)), price: 0, team: team) {
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

    @Test func theNetworkFollowsItsDefinition() {
        let gate = network(width: 8)
        let x = rows(6, 8)
        for (row, effect) in gate.predict(GateInput(rmsFinal: x), team: team).enumerated() {
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
        let gate = Gate(linear: linear, effect: network(width: 8))
        #expect(gate.kind == .effect)
        let x = GateInput(rmsFinal: rows(20, 8))
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

    @Test func readsWhatItsPartsNameAndNothingElse() {
        let gate = Gate(
            subject: .network(network([.tap(1)], width: 8)),
            effect: network([.final, .tap(0), .confidence], width: 20))
        #expect(gate.sources == [.final, .tap(0), .tap(1), .confidence])
        let states = (0..<3).map { index in
            Matrix(rows: 5, columns: 8, values: rows(5, 8).values.map { $0 + Float(index) })
        }
        var asked = 0
        let input = GateInput(for: gate, final: states[2], taps: [states[0], states[1]]) {
            asked += 1
            return rows(5, 30)
        }
        #expect(asked == 1)
        let x = input.beside([.final, .tap(0), .confidence])
        #expect(x.columns == 20 && x.row(3).prefix(8) == VectorMath.rms(states[2]).row(3))
        #expect(x.row(3)[(x.row(3).startIndex + 8)...].prefix(8).elementsEqual(VectorMath.rms(states[0]).row(3)))
        let plain = Gate(linear: LinearGate(baseWidth: 8), effect: nil)
        _ = GateInput(for: plain, final: states[2], taps: []) {
            asked += 1
            return rows(5, 30)
        }
        #expect(asked == 1, "the head is asked only by a gate that reads the base's confidence")
        let decisions = gate.decide(input, price: 0.2, team: team)
        let some = gate.decide(input.gather([3, 1]), price: 0.2, team: team)
        #expect(abs(some[0].probability - decisions[3].probability) < 1e-6 && some[1].sigma == decisions[1].sigma)
    }

    /// What the cloud runs, one position at a time with matrices in half precision, is the gate that was trained.
    @Test(arguments: [false, true]) func inferenceIsOneRow(isLinear: Bool) throws {
        var linear = LinearGate(baseWidth: 8)
        linear.weight = rows(2, 8)
        let gate =
            isLinear
            ? Gate(linear: linear, effect: nil)
            : Gate(
                subject: .network(network([.tap(1)], width: 8)),
                effect: network([.final, .tap(0), .confidence], width: 20))
        let states = (1...3).map { index in
            Matrix(rows: 5, columns: 8, values: rows(5, 8).values.map { 100 * $0 + Float(index) })
        }
        let logits = rows(5, 30)
        let input = GateInput(for: gate, final: states[2], taps: [states[0], states[1]]) { logits }
        let all = gate.decide(input, price: 0.2, team: team)
        let inference = try #require(GateInference(gate))
        for position in 0..<5 {
            let here = states.map { $0.gather([position]) }
            let decision = inference.decide(final: here[2], taps: Array(here[..<2]), price: 0.2, team: team) {
                logits.gather([position])
            }
            #expect(abs(decision.sigma - all[position].sigma) < 2e-3)
            #expect(abs(decision.probability - all[position].probability) < 2e-3)
            #expect((decision.effect == nil) == isLinear)
            #expect(abs((decision.effect ?? 0) - (all[position].effect ?? 0)) < 1e-2)
        }
    }

    /// A network whose weights are no numbers in half precision opens no gate.
    @Test func whatIsNoNumberOpensNoGate() throws {
        var effect = network(width: 8)
        effect.hidden.values = effect.hidden.values.map { _ in 1e9 }
        let gate = Gate(linear: LinearGate(baseWidth: 8), effect: effect)
        let decision = try #require(GateInference(gate)).decide(
            final: rows(1, 8), taps: [], price: -100, team: team
        ) { Matrix(rows: 1, columns: 1) }
        #expect(decision.effect?.isNaN == true && decision.probability == 0)
    }

    @Test func confidenceIsOfTheBasesDistribution() {
        let logits = Matrix(rows: 1, columns: 3, values: [1, 3, 2])
        let sum = log(exp(1.0) + exp(2.0) + exp(3.0))
        let p = [1.0, 3.0, 2.0].map { exp($0 - sum) }
        let expected = [3 - sum, 2 - sum, 1, -p.reduce(0) { $0 + $1 * log($1) }]
        for (found, want) in zip(GateInput.confidence(logits).values, expected) {
            #expect(abs(Double(found) - want) < 1e-5)
        }
    }
}
