import Compute
import SPAEngine

/// How the gate is trained; the defaults are what was measured to work.
public struct GateRecipe: Sendable, Equatable {
    /// Which gate.
    public var kind: GateKind = .effect
    /// The price, in nats, that a `linear` gate is trained at.
    public var linearPrice: Float = 0.3
    /// The price, in nats, on data positions of a linear part that has an effect part beside it: that one knows the token,
    /// so the linear part has only to know the subject.
    public var subjectPrice: Float = -0.3
    /// The same on anchor positions: what it costs to take a general question for the subject.
    public var anchorPrice: Float = 2
    /// Full-batch steps of the linear part.
    public var linearSteps = 300
    /// Full-batch steps of the effect part.
    public var effectSteps = 400
    /// The learning rate.
    public var rate: Float = 3e-3
    /// Weight decay of the effect part's matrices.
    public var decay: Float = 1
    /// Hidden units of the effect part.
    public var hiddenWidth = 64
    /// The linear part's effects are clipped to ± this, in nats.
    public var linearClip: Float = 2
    /// The effect part's targets are clipped to ± this, in nats.
    public var effectClip: Float = 4
    /// Errors of the effect part beyond this, in nats, count linearly (Huber). A small one would make the prediction a
    /// median; the effects are skewed, and what a price is held against is their mean.
    public var huberWidth: Float = 4
    /// How much more an anchor position weighs than a data position in the effect part.
    public var anchorWeight: Float = 2

    /// The measured recipe.
    public init() {}
}

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

    /// Trains a gate.
    /// - Parameters:
    ///   - finals: rms(f), [n, H]; data positions first, then anchors.
    ///   - tau: the effect at each position.
    ///   - dataCount: how many of them are data.
    ///   - progress: called with the share of the work done; false ends early with what there is.
    package func train(_ finals: Matrix, tau: [Float], dataCount: Int, progress: (Double) -> Bool) -> Gate {
        let steps = Double(recipe.linearSteps + (recipe.kind == .effect ? recipe.effectSteps : 0))
        let linear = trainLinear(finals, tau, dataCount) { progress(Double($0) / steps) }
        guard recipe.kind == .effect else { return Gate(linear: linear, effect: nil) }
        let effect = trainEffect(finals, tau, dataCount) { progress(Double(recipe.linearSteps + $0) / steps) }
        return Gate(linear: linear, effect: effect)
    }

    /// Minimises -E[ sigma · clip(tau - price, ±2) ] (arXiv 2403.07088, Eq. 1 read as a decision).
    private func trainLinear(
        _ finals: Matrix, _ tau: [Float], _ dataCount: Int, _ progress: (Int) -> Bool
    ) -> LinearGate {
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
        for step in 1...max(1, recipe.linearSteps) {
            let (_, gradient) = Self.linearLoss(gate, finals, gains, count: count, team: team)
            weights.update(&gate.weight.values, gradient.weight.values, step: step, rate: recipe.rate, decay: 0)
            biases.update(&gate.bias, gradient.bias, step: step, rate: recipe.rate, decay: 0)
            guard progress(step) else { break }
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

    /// Regresses the clipped effects with Huber's loss.
    private func trainEffect(
        _ finals: Matrix, _ tau: [Float], _ dataCount: Int, _ progress: (Int) -> Bool
    ) -> EffectGate {
        var gate = EffectGate(baseWidth: finals.columns, hiddenWidth: recipe.hiddenWidth)
        (gate.mean, gate.deviation) = Self.moments(finals)
        var random = SeededRandom(seed: seed, stream: 77)
        let scale = 1 / Float(finals.columns).squareRoot()
        for i in gate.hidden.values.indices { gate.hidden.values[i] = random.normal() * scale }
        let outer = 1 / Float(recipe.hiddenWidth).squareRoot()
        for i in gate.output.values.indices { gate.output.values[i] = random.normal() * outer }
        let targets = tau.map { min(max($0, -recipe.effectClip), recipe.effectClip) }
        var weights = tau.indices.map { $0 < dataCount ? Float(1) : recipe.anchorWeight }
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
        let x = gate.standardise(finals)
        var adams = [gate.hidden.values.count, gate.hiddenBias.count, gate.output.values.count, 1].map(
            Adam.init(count:))
        for step in 1...max(1, recipe.effectSteps) {
            let rate = recipe.rate * Float(1 - 0.9 * Double(step) / Double(recipe.effectSteps))
            let (_, gradient) = Self.effectLoss(gate, x, targets, weights, width: recipe.huberWidth, team: team)
            adams[0].update(&gate.hidden.values, gradient.hidden.values, step: step, rate: rate, decay: recipe.decay)
            adams[1].update(&gate.hiddenBias, gradient.hiddenBias, step: step, rate: rate, decay: 0)
            adams[2].update(&gate.output.values, gradient.output.values, step: step, rate: rate, decay: recipe.decay)
            var bias = [gate.outputBias]
            adams[3].update(&bias, [gradient.outputBias], step: step, rate: rate, decay: 0)
            gate.outputBias = bias[0]
            guard progress(step) else { break }
        }
        return gate
    }

    /// Σ weight · huber(e - target) and its gradient; x is standardised.
    package static func effectLoss(
        _ gate: EffectGate, _ x: Matrix, _ targets: [Float], _ weights: [Float], width: Float, team: ThreadTeam
    ) -> (loss: Float, gradient: EffectGate) {
        let hidden = gate.hidden.rows
        let z = gate.hiddenInput(x, team: team)
        let ones = [Float](repeating: 1, count: z.values.count)
        let active = VectorMath.swiglu(gate: z.values, up: ones)
        var gradient = EffectGate(baseWidth: x.columns, hiddenWidth: hidden)
        var zGradient = Matrix(rows: x.rows, columns: hidden)
        var loss: Float = 0
        for row in 0..<x.rows {
            let start = row * hidden
            let e = VectorMath.dot(active, at: start, gate.output.values, count: hidden) + gate.outputBias
            let error = e - targets[row]
            let size = abs(error)
            loss += weights[row] * (size <= width ? 0.5 * error * error : width * (size - 0.5 * width))
            let slope = weights[row] * min(max(error, -width), width)
            gradient.outputBias += slope
            VectorMath.addScaled(&gradient.output.values, in: 0..<hidden, active, at: start, factor: slope)
            for unit in 0..<hidden {
                // silu'(z) = sigma + silu(z) (1 - sigma), with sigma = silu(z) / z
                let value = z.values[start + unit]
                let sigma = abs(value) < 1e-6 ? 0.5 : active[start + unit] / value
                let derivative = sigma + active[start + unit] * (1 - sigma)
                zGradient.values[start + unit] = slope * gate.output.values[unit] * derivative
            }
        }
        FloatProduct.multiplyTransposed(zGradient, by: x, into: &gradient.hidden, team: team)
        for row in 0..<x.rows {
            VectorMath.addScaled(&gradient.hiddenBias, in: 0..<hidden, zGradient.values, at: row * hidden, factor: 1)
        }
        return (loss, gradient)
    }

    private static func moments(_ x: Matrix) -> (mean: [Float], deviation: [Float]) {
        var mean = [Float](repeating: 0, count: x.columns)
        var square = mean
        for row in 0..<x.rows {
            VectorMath.addScaled(&mean, in: 0..<x.columns, x.values, at: row * x.columns, factor: 1)
        }
        VectorMath.scale(&mean, by: 1 / Float(max(1, x.rows)))
        for row in 0..<x.rows {
            for column in 0..<x.columns {
                let distance = x.values[row * x.columns + column] - mean[column]
                square[column] += distance * distance
            }
        }
        return (mean, square.map { max(($0 / Float(max(1, x.rows))).squareRoot(), 1e-4) })
    }
}

/// AdamW over one array.
private struct Adam {
    var mean: [Float]
    var variance: [Float]

    init(count: Int) {
        mean = [Float](repeating: 0, count: count)
        variance = mean
    }

    mutating func update(_ x: inout [Float], _ gradient: [Float], step: Int, rate: Float, decay: Float) {
        VectorMath.adamW(
            &x, gradient: gradient, mean: &mean, variance: &variance, step: step, rate: rate, beta1: 0.9, beta2: 0.98,
            decay: decay)
    }
}
