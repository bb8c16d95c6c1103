import Compute
import SPAEngine

/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with a clipped gradient; matrices decay, vectors do not.
public struct AdamW<Part: TrainedParameters>: Sendable {
    /// First moments.
    public var mean: Part
    /// Second moments.
    public var variance: Part
    /// Steps taken.
    public var step = 0

    /// Zero moments.
    public init(_ configuration: Part.Configuration) {
        mean = Part(zeros: configuration)
        variance = Part(zeros: configuration)
    }

    /// One step at a learning rate; the tensors are divided among the team.
    package mutating func update(
        _ part: inout Part, gradients: [TensorGradient], rate: Float, recipe: TrainingRecipe, team: ThreadTeam
    ) {
        step += 1
        let norm = gradients.reduce(Float(0)) { $0 + $1.squares }.squareRoot()
        let scale = norm > recipe.clip ? recipe.clip / norm : 1
        let number = step
        // The tensors are moved out and back, so that each is changed in place.
        var tensors = gradients.map { _ in Tensor() }
        func exchange(_ parameters: inout Part, _ place: WritableKeyPath<Tensor, [Float]>) {
            var next = 0
            parameters.update { values, isMatrix in
                swap(&tensors[next][keyPath: place], &values)
                tensors[next].decays = isMatrix
                next += 1
            }
        }
        func exchangeAll() {
            exchange(&part, \.values)
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

}

private struct Tensor {
    var values: [Float] = []
    var mean: [Float] = []
    var variance: [Float] = []
    var decays = false
}
