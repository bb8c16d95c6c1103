import Compute
import SPAEngine
import Testing
import Training

@Suite struct GateTrainerTests {
    private let team = ThreadTeam(threads: 1)
    /// The standard one, with the steps that so few positions need.
    private static var recipe: GateRecipe {
        var recipe = GateRecipe()
        for path in [\GateRecipe.subjectNetwork, \.effectNetwork] {
            recipe[keyPath: path].epochs = 60
            recipe[keyPath: path].batch = 64
            recipe[keyPath: path].dropout = 0.05
        }
        return recipe
    }

    private func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = SeededRandom(seed: seed)
        return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
    }

    /// (loss(x + h) - loss(x - h)) / 2h
    private func slope(_ loss: (Float) -> Float) -> Float { (loss(1e-2) - loss(-1e-2)) / 2e-2 }

    private func close(_ found: Float, _ expected: Float) -> Bool {
        abs(found - expected) <= 2e-3 * max(1, abs(expected))
    }

    @Test func linearGradientMatchesFiniteDifferences() {
        var gate = LinearGate(baseWidth: 6)
        gate.weight = normal(2, 6, seed: 1)
        gate.bias = [0.3, -0.4]
        let x = normal(9, 6, seed: 2)
        let gains = normal(1, 9, seed: 3).values
        func loss(_ gate: LinearGate) -> Float {
            GateTrainer.linearLoss(gate, x, gains, count: 9, team: team).loss
        }
        let gradient = GateTrainer.linearLoss(gate, x, gains, count: 9, team: team).gradient
        for index in gate.weight.values.indices {
            let expected = slope { step in
                var moved = gate
                moved.weight.values[index] += step
                return loss(moved)
            }
            #expect(close(gradient.weight.values[index], expected))
        }
        for index in 0..<2 {
            let expected = slope { step in
                var moved = gate
                moved.bias[index] += step
                return loss(moved)
            }
            #expect(close(gradient.bias[index], expected))
        }
    }

    @Test(arguments: [GateNetworkTrainer.Loss.huber(width: 1), .logistic])
    func networkGradientMatchesFiniteDifferences(kind: GateNetworkTrainer.Loss) {
        var network = GateNetwork(inputWidth: 6, hiddenWidth: 4)
        network.hidden = normal(4, 6, seed: 4)
        network.hiddenBias = normal(1, 4, seed: 5).values
        network.output = normal(1, 4, seed: 6)
        network.outputBias = 0.1
        let x = normal(9, 6, seed: 7)
        // Errors on both sides of Huber's bend.
        let targets = normal(1, 9, seed: 8).values.map { kind == .logistic ? ($0 > 0 ? 1 : 0) : 2 * $0 }
        let weights = (0..<9).map { Float($0 + 1) / 45 }
        func loss(_ network: GateNetwork) -> Float {
            GateNetworkTrainer.loss(network, x, targets: targets, weights: weights, kind, team: team).loss
        }
        let gradient = GateNetworkTrainer.loss(
            network, x, targets: targets, weights: weights, kind, team: team
        ).gradient
        func check(_ path: WritableKeyPath<GateNetwork, [Float]>) {
            for index in network[keyPath: path].indices {
                let expected = slope { step in
                    var moved = network
                    moved[keyPath: path][index] += step
                    return loss(moved)
                }
                #expect(close(gradient[keyPath: path][index], expected), "\(path) \(index)")
            }
        }
        check(\.hidden.values)
        check(\.hiddenBias)
        check(\.output.values)
        let expected = slope { step in
            var moved = network
            moved.outputBias += step
            return loss(moved)
        }
        #expect(close(gradient.outputBias, expected))
    }

    /// Data lie in one half of the space, anchors in the other; within the data the effect follows one coordinate.
    private func sample(_ count: Int) -> (input: GateInput, tau: [Float]) {
        var x = normal(2 * count, 8, seed: 11)
        var tau: [Float] = []
        for row in 0..<2 * count {
            x[row, 0] = row < count ? 2 : -2
            tau.append(row < count ? 1 + 2 * x[row, 1] : -0.2)
        }
        var input = GateInput(rmsFinal: x)
        input[.tap(0)] = Matrix(rows: 2 * count, columns: 8, values: x.values.map { 0.5 * $0 })
        input[.tap(1)] = x
        return (input, tau)
    }

    @Test func knowsTheSubjectAndTheToken() {
        let (input, tau) = sample(200)
        let gate = GateTrainer(recipe: Self.recipe, seed: 1, team: team).train(
            input, taps: 2, tau: tau, dataCount: 200
        ) { _ in true }
        let decisions = gate.decide(input, price: 0.3, team: team)
        let onAnchors = decisions[200...].count { $0.probability > 0.5 }
        #expect(onAnchors == 0)
        // Where the effect is clear, the decision is right nearly always.
        let clear = (0..<200).filter { abs(tau[$0] - 0.3) > 1 }
        let right = clear.count { (decisions[$0].probability > 0.5) == (tau[$0] > 0.3) }
        #expect(Double(right) > 0.9 * Double(clear.count))
        let effects = clear.filter { abs(tau[$0]) < 3 }.map { abs((decisions[$0].effect ?? .nan) - tau[$0]) }
        #expect(effects.reduce(0, +) / Float(effects.count) < 0.5)
    }

    @Test func aHigherPriceTakesFewer() {
        let (input, tau) = sample(200)
        let gate = GateTrainer(recipe: Self.recipe, seed: 1, team: team).train(
            input, taps: 2, tau: tau, dataCount: 200
        ) { _ in true }
        let usage = [0, 0.5, 1, 2, 4].map { (price: Float) in
            gate.decide(input, price: price, team: team).count { $0.probability > 0.5 }
        }
        #expect(zip(usage, usage.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(usage[0] > usage[3])
    }

    @Test func equalForEqualSeedsAndAnyNumberOfThreads() {
        let (input, tau) = sample(150)
        let gates = [1, 2].map { threads in
            GateTrainer(recipe: Self.recipe, seed: 3, team: ThreadTeam(threads: threads))
                .train(input, taps: 2, tau: tau, dataCount: 150) { _ in true }
        }
        #expect(gates[0] == gates[1])
    }

    @Test func theLinearKindHasNoEffectPart() {
        let (input, tau) = sample(50)
        var recipe = GateRecipe()
        recipe.kind = .linear
        let gate = GateTrainer(recipe: recipe, seed: 1, team: team).train(input, taps: 2, tau: tau, dataCount: 50) {
            _ in true
        }
        #expect(gate.kind == .linear)
        #expect(gate.decide(input, price: 9, team: team) == gate.decide(input, price: 0, team: team))
    }

    @Test func thePapersMatrixCanKnowTheSubjectInstead() {
        let (input, tau) = sample(100)
        var recipe = Self.recipe
        recipe.subject = .linear
        let gate = GateTrainer(recipe: recipe, seed: 1, team: team).train(
            input, taps: 2, tau: tau, dataCount: 100
        ) { _ in true }
        guard case .linear = gate.subject else {
            Issue.record("the subject's part is not linear")
            return
        }
        #expect(gate.decide(input, price: 0, team: team)[100...].allSatisfy { $0.sigma < 0.5 })
    }

    @Test func tapsCountFromTheTopAndFallBackToTheFinalState() {
        var recipe = GateRecipe()
        recipe.effectNetwork.sources = [.final, .tap(-2)]
        let network = GateTrainer(recipe: recipe, seed: 1, team: team)
        let (input, tau) = sample(20)
        let deep = network.train(input, taps: 2, tau: tau, dataCount: 20) { _ in false }
        #expect(deep.effect?.sources == [.final, .tap(0)] && deep.sources == [.final, .tap(0)])
        #expect(deep.parameterCount == recipe.parameterCount(baseWidth: 8, taps: 2))
        let shallow = network.train(input, taps: 1, tau: tau, dataCount: 20) { _ in false }
        #expect(shallow.effect?.sources == [.final] && shallow.sources == [.final])
    }
}

@Suite struct GateCalibrationTests {
    /// Forecasts that are twice too wide and half a nat too high come back, drawn a little towards what they were.
    @Test func forecastsAreStretchedAndShiftedToWhatHappens() {
        var random = SeededRandom(seed: 5)
        let truth = (0..<40_000).map { _ in 1 + random.normal() }
        let predicted = truth.map { 2 * $0 + 0.5 }
        let realised = truth.map { $0 + 0.3 * random.normal() }
        let calibration = GateCalibration(predicted: predicted, realised: realised)
        #expect(abs(calibration.slope - 0.5) < 0.03)
        let corrected = predicted.map {
            calibration.slope * $0 + (1 - calibration.slope) * calibration.mean + calibration.shift
        }
        let errors = zip(corrected, truth).map { $0 - $1 }
        #expect(abs(errors.reduce(0, +) / 40_000) < 0.06)
    }

    @Test func fewRowsChangeLittleAndNoneNothing() {
        let none = GateCalibration(predicted: [], realised: [])
        #expect(none.slope == 1 && none.shift == 0)
        let few = GateCalibration(predicted: [0, 1, 2], realised: [5, 6, 7])
        #expect(abs(few.slope - 1) < 1e-5 && few.shift > 0 && few.shift < 0.2)
    }

    /// Forecasts far from any price, here three nats too low, do not bend the line where gates decide.
    @Test func whatIsFarFromThePricesHardlyCounts() {
        var random = SeededRandom(seed: 6)
        let predicted = (0..<4000).map { $0 % 2 == 0 ? 0.6 + random.normal() : 8 + random.normal() }
        let realised = predicted.map { ($0 > 4 ? $0 + 3 : $0 - 0.2) + 0.3 * random.normal() }
        let calibration = GateCalibration(predicted: predicted, realised: realised)
        #expect(abs(calibration.slope - 1) < 0.05 && abs(calibration.shift + 0.2) < 0.05)
    }

    /// The slope stays within bounds: a gate that says the contrary of what happens is not turned round.
    @Test func theSlopeHasBounds() {
        let predicted = (0..<1000).map { Float($0 % 21) / 10 - 0.4 }
        let contrary = GateCalibration(predicted: predicted, realised: predicted.map { 1.2 - $0 })
        #expect(contrary.slope == GateCalibration.slopes.lowerBound)
        let steep = GateCalibration(predicted: predicted, realised: predicted.map { 9 * $0 })
        #expect(steep.slope == GateCalibration.slopes.upperBound)
    }

    /// The gate says what the corrected line says, and the order of tokens stays.
    @Test func theGateSaysTheCorrectedForecast() {
        let team = ThreadTeam(threads: 1)
        var network = GateNetwork(inputWidth: 6, hiddenWidth: 4)
        var random = SeededRandom(seed: 9)
        for index in network.hidden.values.indices { network.hidden.values[index] = random.normal() }
        for index in network.output.values.indices { network.output.values[index] = random.normal() }
        network.outputBias = 0.7
        let gate = Gate(linear: LinearGate(baseWidth: 6), effect: network)
        let input = GateInput(rmsFinal: Matrix(rows: 50, columns: 6, values: (0..<300).map { _ in random.normal() }))
        let predicted = network.predict(input, team: team)
        let realised = predicted.map { 0.6 * $0 - 0.4 + 0.1 * random.normal() }
        let calibration = GateCalibration(predicted: predicted, realised: realised)
        let corrected = calibration.applied(to: gate).effect?.predict(input, team: team) ?? []
        for (before, after) in zip(predicted, corrected) {
            let wanted = calibration.slope * before + (1 - calibration.slope) * calibration.mean + calibration.shift
            #expect(abs(after - wanted) < 1e-4)
        }
    }
}
