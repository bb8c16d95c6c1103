import Compute
import SPAEngine

/// Stage 2: trains a gate on effects tau, in nats: what choosing the side changes at each position (the paper's CATE).
package struct GateTrainer: Sendable {
    let recipe: GateRecipe
    let seed: UInt64
    let team: ThreadTeam

    /// A trainer.
    package init(recipe: GateRecipe, seed: UInt64, team: ThreadTeam) {
        self.recipe = recipe
        self.seed = seed
        self.team = team
    }

    /// Trains a gate on what it is to read of data and anchors.
    /// - Parameters:
    ///   - tau: the effect at each position; data first, then anchors.
    ///   - progress: called with the share of the work done; false ends early with what there is.
    package func train(
        _ data: Features, anchors: Features, tau: [Float], base: BaseModel, progress: (Double) -> Bool
    ) -> Gate {
        let sources = recipe.sources(taps: data.tapCount)
        let input = data.gateInput(sources, base: base).above(anchors.gateInput(sources, base: base))
        return train(input, taps: data.tapCount, tau: tau, dataCount: data.count, progress: progress)
    }

    /// Trains a gate.
    /// - Parameters:
    ///   - input: what the gate is to read; data positions first, then anchors.
    ///   - taps: how many taps the plugin has.
    ///   - tau: the effect at each position.
    ///   - dataCount: how many of the positions are data.
    package func train(
        _ input: GateInput, taps: Int, tau: [Float], dataCount: Int, progress: (Double) -> Bool
    ) -> Gate {
        guard recipe.kind == .effect else {
            return Gate(subject: .linear(trainLinear(input, tau, dataCount, progress)), effect: nil)
        }
        let subject = trainSubject(input, taps, tau, dataCount) { progress(0.5 * $0) }
        let effect = trainEffect(input, taps, tau, dataCount) { progress(0.5 + 0.5 * $0) }
        return Gate(subject: subject, effect: effect)
    }

    private func trainSubject(
        _ input: GateInput, _ taps: Int, _ tau: [Float], _ dataCount: Int, _ progress: (Double) -> Bool
    ) -> SubjectGate {
        guard recipe.subject == .network else { return .linear(trainLinear(input, tau, dataCount, progress)) }
        let trainer = GateNetworkTrainer(
            recipe: recipe.subjectNetwork, loss: .logistic, seed: seed, stream: 78, team: team)
        let sources = recipe.subjectNetwork.resolvedSources(taps: taps)
        let weights = (
            data: 1 / Float(max(1, dataCount)),
            anchor: recipe.subjectAnchorWeight / Float(max(1, tau.count - dataCount))
        )
        let network = trainer.train(
            sources, input.beside(sources), targets: tau.indices.map { $0 < dataCount ? 1 : 0 },
            weights: tau.indices.map { $0 < dataCount ? weights.data : weights.anchor }, progress: progress)
        return .network(network)
    }

    /// Regresses the effects.
    private func trainEffect(
        _ input: GateInput, _ taps: Int, _ tau: [Float], _ dataCount: Int, _ progress: (Double) -> Bool
    ) -> GateNetwork {
        let clip = recipe.effectClip
        let trainer = GateNetworkTrainer(
            recipe: recipe.effectNetwork, loss: .huber(width: clip), seed: seed, stream: 77, team: team)
        let sources = recipe.effectNetwork.resolvedSources(taps: taps)
        return trainer.train(
            sources, input.beside(sources), targets: tau.map { min(max($0, -clip), clip) },
            weights: tau.indices.map { $0 < dataCount ? 1 : recipe.effectAnchorWeight }, progress: progress)
    }

    /// Minimises -E[ sigma · clip(tau - price, ±2) ] (arXiv 2403.07088, Eq. 1 read as a decision).
    private func trainLinear(
        _ input: GateInput, _ tau: [Float], _ dataCount: Int, _ progress: (Double) -> Bool
    ) -> LinearGate {
        let finals = input.beside([.final])
        var gate = LinearGate(baseWidth: finals.columns)
        let count = Float(tau.count)
        let prices =
            recipe.kind == .effect
            ? (data: recipe.subjectPrice, anchor: recipe.anchorPrice)
            : (data: recipe.linearPrice, anchor: recipe.linearPrice)
        let gains = tau.enumerated().map { index, effect in
            let gain = effect - (index < dataCount ? prices.data : prices.anchor)
            return min(max(gain, -recipe.linearClip), recipe.linearClip)
        }
        var weights = Adam(count: gate.weight.values.count)
        var biases = Adam(count: 2)
        let steps = max(1, recipe.linearSteps)
        for step in 1...steps {
            let (_, gradient) = Self.linearLoss(gate, finals, gains, count: count, team: team)
            weights.update(&gate.weight.values, gradient.weight.values, step: step, rate: recipe.linearRate, decay: 0)
            biases.update(&gate.bias, gradient.bias, step: step, rate: recipe.linearRate, decay: 0)
            guard progress(Double(step) / Double(steps)) else { break }
        }
        return gate
    }

    /// -Σ sigma · gain / count and its gradient.
    package static func linearLoss(
        _ gate: LinearGate, _ finals: Matrix, _ gains: [Float], count: Float, team: ThreadTeam
    ) -> (loss: Float, gradient: LinearGate) {
        let sigma = gate.sigma(finals, team: team)
        var loss: Float = 0
        // Column 0 is the base's logit, column 1 the side's.
        var logits = Matrix(rows: finals.rows, columns: 2)
        var bias: [Float] = [0, 0]
        for row in 0..<finals.rows {
            loss -= sigma[row] * gains[row] / count
            let slope = -gains[row] * sigma[row] * (1 - sigma[row]) / count
            logits[row, 0] = -slope
            logits[row, 1] = slope
            bias[0] -= slope
            bias[1] += slope
        }
        var weight = Matrix(rows: 2, columns: finals.columns)
        FloatProduct.multiplyTransposed(logits, by: finals, into: &weight, team: team)
        return (loss, LinearGate(weight: weight, bias: bias))
    }
}

extension Features {
    /// What a gate reads of all positions.
    package func gateInput(_ sources: Set<GateSource>, base: BaseModel) -> GateInput {
        var input = GateInput(rmsFinal: allFinals)
        for source in sources {
            switch source {
            case .final, .added: break
            case .tap(let index) where index >= 0 && index < tapCount: input[source] = allRows(ofTap: index)
            case .tap: break
            case .confidence:
                var rows: [Float] = []
                for first in stride(from: 0, to: count, by: 32) {
                    let (_, finals) = gather(first..<min(first + 32, count))
                    rows += GateInput.confidence(base.head(finals)).values
                }
                input[source] = Matrix(rows: count, columns: 4, values: rows)
            }
        }
        return input
    }

    private func allRows(ofTap index: Int) -> Matrix {
        taps.gather(0..<count, columns: index * width..<(index + 1) * width)
    }
}
