import Compute
import Glibc
import SPAEngine

/// AdamW over a side network's parameters with a clipped gradient; matrices decay, vectors do not.
public struct SideOptimiser: Sendable {
    /// First moments.
    public var mean: SideNetwork
    /// Second moments.
    public var variance: SideNetwork
    /// Steps taken.
    public var step = 0

    /// Zero moments.
    public init(_ configuration: SideConfiguration) {
        mean = SideNetwork(zeros: configuration)
        variance = SideNetwork(zeros: configuration)
    }

    /// One step at a learning rate.
    public mutating func update(_ side: inout SideNetwork, gradient: SideNetwork, rate: Float, recipe: SideRecipe) {
        step += 1
        let tensors = gradient.tensors.map(\.values)
        let norm = tensors.reduce(Float(0)) { $0 + VectorMath.sumOfSquares($1, in: 0..<$1.count) }.squareRoot()
        let scale = norm > recipe.clip ? recipe.clip / norm : 1
        let number = step
        func adapt(_ x: inout [Float], _ g: [Float], _ m: inout [Float], _ v: inout [Float], decays: Bool) {
            VectorMath.adamW(
                &x, gradient: g, mean: &m, variance: &v, step: number, rate: rate, beta1: recipe.beta1,
                beta2: recipe.beta2, decay: decays ? recipe.decay : 0, gradientScale: scale)
        }
        adapt(&side.alpha, gradient.alpha, &mean.alpha, &variance.alpha, decays: false)
        adapt(&side.norm, gradient.norm, &mean.norm, &variance.norm, decays: false)
        adapt(&side.up.values, gradient.up.values, &mean.up.values, &variance.up.values, decays: true)
        for k in side.down.indices {
            adapt(
                &side.down[k].values, gradient.down[k].values, &mean.down[k].values, &variance.down[k].values,
                decays: true)
            adapt(
                &side.blocks[k].norm, gradient.blocks[k].norm, &mean.blocks[k].norm, &variance.blocks[k].norm,
                decays: false)
            adapt(
                &side.blocks[k].gateUp.values, gradient.blocks[k].gateUp.values, &mean.blocks[k].gateUp.values,
                &variance.blocks[k].gateUp.values, decays: true)
            adapt(
                &side.blocks[k].output.values, gradient.blocks[k].output.values, &mean.blocks[k].output.values,
                &variance.blocks[k].output.values, decays: true)
        }
    }
}

/// How the side is trained; the defaults are what was measured to work.
public struct SideRecipe: Sendable, Equatable {
    /// Epochs.
    public var epochs = 15
    /// Rows a batch.
    public var batchRows = 4
    /// Anchors a batch.
    public var batchAnchors = 2
    /// The highest learning rate.
    public var rate: Float = 3e-3
    /// AdamW's beta1.
    public var beta1: Float = 0.9
    /// AdamW's beta2.
    public var beta2: Float = 0.98
    /// Weight decay of matrices.
    public var decay: Float = 0.01
    /// The gradient's norm is clipped to this.
    public var clip: Float = 1
    /// Steps of linear warm-up.
    public var warmUpSteps = 10
    /// The share of the rate that the cosine ends at.
    public var finalShare: Float = 0.05
    /// Dropout on the tap features.
    public var dropout: Float = 0.1
    /// The weight of KL(p_f ‖ p_I) on anchors.
    public var anchorWeight: Float = 0.5

    /// The measured recipe.
    public init() {}

    /// The learning rate of a step, from 0, out of `total`: linear warm-up, then cosine.
    public func rate(step: Int, of total: Int) -> Float {
        if step < warmUpSteps { return rate * Float(step + 1) / Float(warmUpSteps) }
        let progress = Double(step - warmUpSteps) / Double(max(1, total - warmUpSteps))
        let share = Float((1 + cos(.pi * min(1, progress))) / 2)
        return rate * (finalShare + (1 - finalShare) * share)
    }
}
