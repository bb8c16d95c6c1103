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
        var piece = SidePiece()
        piece.taps = taps
        side.run(&piece.pass, taps, team: team)
        let pass = piece.pass
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
        piece.cotangents.u = uGradient
        piece.cotangents.run(side, piece.pass, team: team)
        var gradients = TensorGradient.zeros(of: side)
        for index in gradients.indices { gradients[index].gather(tensor: index, [piece], team: team) }
        // In the order of the side's tensors: alpha, four a rung, the last norm, Up.
        var found: [Int: [Float]] = [:]
        for (index, key) in [0, 1, 4, 5, 6, 2, 7, 8, 9, 3, 10, 11, 12, 13, 14].enumerated() {
            found[key] = gradients[index].values.values
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

    /// Rows that a step is taken on: `positions` of them, of which the last are anchors.
    private func step(
        data: Int, anchors: Int, subset: VocabularySubset, method: Method = .spa, recipe: TrainingRecipe,
        _ configuration: SideConfiguration, threads: Int
    ) throws -> SideStep {
        func features(_ count: Int, _ seed: UInt64) throws -> Features {
            try Features(
                random: [count], width: configuration.baseWidth, taps: configuration.taps.count,
                targets: subset.ids.count, seed: seed)
        }
        let (rows, others) = (try features(data, 11), try features(anchors, 12))
        let team = ThreadTeam(threads: threads)
        return SideStep(
            features: rows, anchors: others,
            anchorGoals: AnchorGoals(others.allFinals, subset: subset, team: team), loss: HeadLoss(subset: subset),
            method: method, recipe: recipe, configuration: configuration, team: team)
    }

    /// The whole of stage 1's loss, data and anchors, through the side network, by central differences.
    @Test(arguments: [Method.spa, .lst, .integration, .separation])
    func theTrainingLossMatchesFiniteDifferences(method: Method) throws {
        var source = SeededRandom(seed: 5)
        let configuration = SideConfiguration(taps: [1, 2], width: 6, innerWidth: 10, baseWidth: 16)
        var side = SideNetwork(configuration, seed: 3)
        for i in side.up.values.indices { side.up.values[i] = source.normal() * 0.4 }
        for i in side.alpha.indices { side.alpha[i] = source.normal() }
        let subset = VocabularySubset(ids: Array(0..<6), head: random(6, 16, &source))
        // The same mask at every call, as the key is the same.
        var recipe = TrainingRecipe()
        recipe.dropout = 0.25
        var step = try step(
            data: 3, anchors: 2, subset: subset, method: method, recipe: recipe, configuration, threads: 2)
        func run(_ side: SideNetwork) -> (loss: Float, gradients: [TensorGradient]) {
            step.gradients(of: side, data: [0, 1, 2], anchorPositions: [0, 1], key: 99)
        }
        let gradients = run(side).gradients
        for (index, tensor) in side.tensors.enumerated() {
            for element in stride(from: 0, to: tensor.values.count, by: max(1, tensor.values.count / 7)) {
                var values = side.tensors.map(\.values)
                let step: Float = 3e-3
                values[index][element] += step
                var moved = side
                moved.setTensors(values)
                let above = Double(run(moved).loss)
                values[index][element] -= 2 * step
                moved.setTensors(values)
                let difference = (above - Double(run(moved).loss)) / Double(2 * step)
                #expect(
                    abs(difference - Double(gradients[index].values.values[element])) < 3e-3 * max(1, abs(difference)),
                    "\(tensor.name)[\(element)]")
            }
        }
    }

    /// Loss and gradients of one batch, to the bit, however its rows are divided among threads.
    @Test(arguments: [2, 3, 5]) func gradientsDoNotDependOnTheTeam(threads: Int) throws {
        var source = SeededRandom(seed: 6)
        let configuration = SideConfiguration(taps: [1, 2, 3], width: 20, baseWidth: 48)
        var side = SideNetwork(configuration, seed: 3)
        for i in side.up.values.indices { side.up.values[i] = source.normal() * 0.4 }
        let subset = VocabularySubset(ids: Array(0..<430), head: random(430, 48, &source))
        func run(_ threads: Int) throws -> (Float, [Matrix]) {
            var step = try step(
                data: 61, anchors: 70, subset: subset, recipe: TrainingRecipe(), configuration, threads: threads)
            let result = step.gradients(
                of: side, data: Array(0..<61), anchorPositions: Array(0..<70), key: 0x1234_5678_9ABC)
            return (result.loss, result.gradients.map(\.values))
        }
        let (one, several) = (try run(1), try run(threads))
        #expect(one.0 == several.0 && one.1 == several.1)
    }

    /// The mean of the head's rows by the softmax, against the definition, over several chunks.
    @Test func theMeansOverAHeadEqualTheDefinition() {
        var source = SeededRandom(seed: 8)
        let (count, width) = (500, 24)
        let head = random(count, width, &source)
        // As the subset holds it.
        let rounded = HalfVector.decode(HalfVector.encode(head.values)).map(Double.init)
        let subset = VocabularySubset(ids: (0..<Int32(count)).map { 3 * $0 }, head: head)
        var h = random(7, width, &source)
        for i in h.values.indices { h.values[i] *= 4 }
        var (means, logSums, scratch) = (Matrix(rows: 0, columns: 0), [Float](), VocabularySubset.Scratch())
        subset.means(h, into: &means, logSums: &logSums, &scratch, team: team)
        for row in 0..<7 {
            let logits = (0..<count).map { id in
                (0..<width).reduce(0.0) { $0 + rounded[id * width + $1] * Double(h[row, $1]) }
            }
            let largest = logits.max() ?? 0
            let weights = logits.map { exp($0 - largest) }
            let sum = weights.reduce(0, +)
            #expect(abs(Double(logSums[row]) - largest - log(sum)) < 1e-4)
            for column in 0..<width {
                let mean = (0..<count).reduce(0.0) { $0 + weights[$1] / sum * rounded[$1 * width + column] }
                #expect(abs(Double(means[row, column]) - mean) < 1e-4)
            }
        }
        var one = Matrix(rows: 2, columns: width)
        subset.read(3 * 333, into: &one, row: 1)
        #expect(one.row(1).map(Double.init) == Array(rounded[333 * width..<334 * width]))
    }

    /// Anchors: the loss is KL(p_f ‖ p_I), and nothing at all while the side adds nothing.
    @Test func anchorGoalsMakeTheDivergence() throws {
        var source = SeededRandom(seed: 10)
        let configuration = SideConfiguration(taps: [1, 2], width: 6, baseWidth: 16)
        let subset = VocabularySubset(ids: Array(0..<40), head: random(40, 16, &source))
        var recipe = TrainingRecipe()
        recipe.dropout = 0
        recipe.anchorWeight = 1
        var step = try step(data: 1, anchors: 9, subset: subset, recipe: recipe, configuration, threads: 1)
        var side = SideNetwork(configuration, seed: 3)
        let still = step.gradients(of: side, data: [], anchorPositions: Array(0..<9), key: 1)
        #expect(abs(still.loss) < 1e-6 && still.gradients.allSatisfy { $0.squares < 1e-12 })

        for i in side.up.values.indices { side.up.values[i] = source.normal() * 0.4 }
        let anchors = try Features(random: [9], width: 16, taps: 2, targets: 40, seed: 12)
        let (taps, finals) = anchors.gather(Array(0..<9))
        var z = finals
        VectorMath.addScaled(&z.values, side.forward(taps, team: team).values, factor: 1)
        func distribution(_ state: ArraySlice<Float>) -> [Double] {
            let h = Array(VectorMath.rms(Matrix(rows: 1, columns: 16, values: Array(state))).values)
            var row = Matrix(rows: 1, columns: 16)
            let logits = (0..<40).map { id in
                subset.read(Int32(id), into: &row, row: 0)
                return Double(VectorMath.dot(row.values, h, count: 16))
            }
            let sum = logits.reduce(0) { $0 + exp($1) }
            return logits.map { exp($0) / sum }
        }
        var divergence = 0.0
        for row in 0..<9 {
            for (p, q) in zip(distribution(finals.row(row)), distribution(z.row(row))) {
                divergence += p * log(p / q) / 9
            }
        }
        let found = step.gradients(of: side, data: [], anchorPositions: Array(0..<9), key: 1).loss
        #expect(divergence > 0.01 && abs(Double(found) - divergence) < 1e-4 * max(1, divergence))
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
