import Compute
import Foundation
import SPAEngine
import Testing
import Training

/// The side network against the golden numbers of an independent implementation (f64) and against finite differences.
@Suite struct SideGradientTests {
    struct Golden: Decodable {
        struct Case: Decodable {
            struct Parameter: Decodable {
                let k: Int
                let name: String
                let shape: [Int]
                let grad_norm: Double?
                let grad_first4: [Double]?
            }
            let u_norm: [Double]
            let u_first8_t4: [Double]
            let z_first8_t4: [Double]
            let loss: Double
            let gate_p_side: [Double]
            let params: [Parameter]
        }
        let cases: [String: Case]
    }

    let team = ThreadTeam(threads: 2)

    /// The golden case's parameters: w = 0.2 sin(0.7 (i + 1) + k), plus 1 for norms.
    private func parameter(_ k: Int, _ count: Int, norm: Bool = false) -> [Float] {
        (0..<count).map { Float(0.2 * sin(0.7 * Double($0 + 1) + Double(k)) + (norm ? 1 : 0)) }
    }

    private func goldenSide() -> SideNetwork {
        let configuration = SideConfiguration(taps: [1, 2, 3], width: 12, baseWidth: 576)
        var side = SideNetwork(zeros: configuration)
        side.alpha = parameter(0, 3)
        for k in 0..<3 {
            side.down[k].values = parameter(1 + k, 12 * 576)
            side.blocks[k].norm = parameter(4 + 3 * k, 12, norm: true)
            side.blocks[k].gateUp.values = parameter(5 + 3 * k, 48 * 12)
            side.blocks[k].output.values = parameter(6 + 3 * k, 12 * 24)
        }
        side.norm = parameter(13, 12, norm: true)
        side.up.values = parameter(14, 576 * 12)
        return side
    }

    private func matrix(_ value: (Int, Int) -> Double) -> Matrix {
        Matrix(rows: 5, columns: 576, values: (0..<5 * 576).map { Float(value($0 / 576, $0 % 576)) })
    }

    private func norm(_ x: some Sequence<Float>) -> Double { x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }

    private func near(_ found: Float, _ golden: Double) -> Bool {
        abs(Double(found) - golden) <= 2e-4 * max(1, abs(golden))
    }

    @Test func matchesTheGoldenForwardAndGradients() throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/golden_side", withExtension: "json"))
        let cases = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url)).cases
        let golden = try #require(cases["mlp"])
        let side = goldenSide()
        let taps = (0..<3).map { n in matrix { t, j in sin(0.01 * Double((j + 1) * (n + 1)) + Double(t)) } }
        let rmsFinal = VectorMath.rms(matrix { t, j in cos(0.02 * Double(j + 1) + Double(t)) })
        let pass = side.pass(taps, team: team)
        for t in 0..<5 { #expect(near(Float(norm(pass.u.row(t))), golden.u_norm[t])) }
        for (found, want) in zip(pass.u.row(4), golden.u_first8_t4) { #expect(near(found, want)) }
        var z = rmsFinal
        VectorMath.addScaled(&z.values, pass.u.values, factor: 1)
        // The golden z is rms(rms(f) + u), what the head's weight is applied to.
        let unscaled = z
        z = VectorMath.rms(z)
        for (found, want) in zip(z.row(4), golden.z_first8_t4) { #expect(near(found, want)) }
        let c = matrix { t, j in cos(0.03 * Double((j + 1) * (t + 1))) }
        let loss = 0.5 * zip(z.values, c.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(loss - golden.loss) < 1e-3)

        // dLoss/du through h = rms(z): r · (dh - h · mean(dh h)).
        var uGradient = c
        for t in 0..<5 {
            let size = norm(unscaled.row(t))
            let r = 1 / (size * size / 576 + 1e-5).squareRoot()
            let mean = zip(z.row(t), c.row(t)).reduce(0.0) { $0 + 0.5 * Double($1.0) * Double($1.1) } / 576
            for j in 0..<576 { uGradient[t, j] = Float(r * (0.5 * Double(c[t, j]) - Double(z[t, j]) * mean)) }
        }
        var gradient = SideNetwork(zeros: side.configuration)
        side.backward(pass, taps: taps, uGradient: uGradient, into: &gradient, team: team)
        var found: [Int: [Float]] = [0: gradient.alpha, 13: gradient.norm, 14: gradient.up.values]
        for k in 0..<3 {
            found[1 + k] = gradient.down[k].values
            found[4 + 3 * k] = gradient.blocks[k].norm
            found[5 + 3 * k] = gradient.blocks[k].gateUp.values
            found[6 + 3 * k] = gradient.blocks[k].output.values
        }
        for parameter in golden.params {
            guard let size = parameter.grad_norm, let first = parameter.grad_first4 else { continue }
            let values = try #require(found[parameter.k])
            #expect(abs(norm(values) - size) <= 5e-4 * max(0.1, size), "\(parameter.name)")
            for (value, want) in zip(values, first) {
                #expect(abs(Double(value) - want) <= 1e-3 * max(0.1, size), "\(parameter.name)")
            }
        }

        var gate = LinearGate(baseWidth: 576)
        gate.weight.values = parameter(15, 2 * 576)
        gate.bias = parameter(16, 2)
        for (found, want) in zip(gate.sigma(rmsFinal, team: team), golden.gate_p_side) { #expect(near(found, want)) }
    }

    private func random(_ rows: Int, _ columns: Int, _ random: inout SeededRandom) -> Matrix {
        Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
    }

    /// The whole of stage 1's loss, data and anchors, through the side network, by central differences.
    @Test func theTrainingLossMatchesFiniteDifferences() {
        var source = SeededRandom(seed: 5)
        let configuration = SideConfiguration(taps: [1, 2], width: 6, innerWidth: 10, baseWidth: 16)
        var side = SideNetwork(configuration, seed: 3)
        for i in side.up.values.indices { side.up.values[i] = source.normal() * 0.4 }
        for i in side.alpha.indices { side.alpha[i] = source.normal() }
        let subset = VocabularySubset(ids: [3, 5, 8, 9, 11, 20], head: random(6, 16, &source))
        let loss = SideLoss(subset: subset, anchorWeight: 0.5)
        let taps = [random(5, 16, &source), random(5, 16, &source)]
        let rmsFinal = VectorMath.rms(random(5, 16, &source))
        let targets: [Int32] = [5, 20, 3]
        func value(_ side: SideNetwork) -> Double {
            let result = loss(u: side.forward(taps, team: team), rmsFinal: rmsFinal, targets: targets, team: team)
            return Double(result.crossEntropy) + 0.5 * Double(result.divergence)
        }
        let pass = side.pass(taps, team: team)
        let result = loss(u: pass.u, rmsFinal: rmsFinal, targets: targets, team: team)
        #expect(result.divergence >= 0)
        var gradient = SideNetwork(zeros: configuration)
        side.backward(pass, taps: taps, uGradient: result.uGradient, into: &gradient, team: team)
        let gradients = gradient.tensors.map(\.values)
        for (index, tensor) in side.tensors.enumerated() {
            for element in stride(from: 0, to: tensor.values.count, by: max(1, tensor.values.count / 7)) {
                var values = side.tensors.map(\.values)
                let step: Float = 3e-3
                values[index][element] += step
                var moved = side
                moved.setTensors(values)
                let above = value(moved)
                values[index][element] -= 2 * step
                moved.setTensors(values)
                let difference = (above - value(moved)) / Double(2 * step)
                #expect(
                    abs(difference - Double(gradients[index][element])) < 3e-3 * max(1, abs(difference)),
                    "\(tensor.name)[\(element)]")
            }
        }
    }

    @Test func anUntrainedSideEqualsTheBase() {
        var source = SeededRandom(seed: 9)
        let side = SideNetwork(SideConfiguration(taps: [1, 3], width: 8, baseWidth: 32), seed: 1)
        let u = side.forward([random(4, 32, &source), random(4, 32, &source)], team: team)
        #expect(u.values.allSatisfy { $0 == 0 })
        #expect(side.configuration.parameterCount == side.tensors.reduce(0) { $0 + $1.values.count })
    }

    @Test func theStandardSizesAreThoseOfTheExperiment() {
        let configuration = SideConfiguration(
            taps: Array(stride(from: 3, through: 30, by: 3)), width: 96, baseWidth: 576)
        // 1,163,436 with the gate's 1,154.
        #expect(configuration.parameterCount + 1154 == 1_163_436)
    }
}
