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

    /// One step at a learning rate; the tensors are divided among the team.
    package mutating func update(
        _ side: inout SideNetwork, gradients: [TensorGradient], rate: Float, recipe: SideRecipe, team: ThreadTeam
    ) {
        step += 1
        let norm = gradients.reduce(Float(0)) { $0 + $1.squares }.squareRoot()
        let scale = norm > recipe.clip ? recipe.clip / norm : 1
        let number = step
        // The tensors are moved out and back, so that each is changed in place.
        var tensors = gradients.map { _ in Tensor() }
        func exchange(_ network: inout SideNetwork, _ part: WritableKeyPath<Tensor, [Float]>) {
            var next = 0
            network.update { values, isMatrix in
                swap(&tensors[next][keyPath: part], &values)
                tensors[next].decays = isMatrix
                next += 1
            }
        }
        func exchangeAll() {
            exchange(&side, \.values)
            exchange(&mean, \.mean)
            exchange(&variance, \.variance)
        }
        exchangeAll()
        team.update(&tensors) { index, tensor in
            VectorMath.adamW(
                &tensor.values, gradient: gradients[index].values.values, mean: &tensor.mean,
                variance: &tensor.variance, step: number, rate: rate, beta1: recipe.beta1, beta2: recipe.beta2,
                decay: tensor.decays ? recipe.decay : 0, gradientScale: scale)
        }
        exchangeAll()
    }

    private struct Tensor {
        var values: [Float] = []
        var mean: [Float] = []
        var variance: [Float] = []
        var decays = false
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
