import Compute
import Glibc
import SPAEngine

/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) over a list of parameters, with clipping by the global norm.
package struct AdamW: Sendable, Equatable {
    /// Mean of gradients, shaped as the parameters.
    package var means: [Matrix]
    /// Mean of squared gradients.
    package var variances: [Matrix]
    /// Steps taken.
    package var step = 0

    /// What does not change from step to step.
    package struct Settings: Sendable, Equatable {
        package var beta1: Float = 0.9
        package var beta2: Float = 0.98
        /// Weight decay on matrices; vectors have none.
        package var decay: Float = 0.01
        /// The largest global norm of a gradient; nil: no clipping.
        package var clip: Float? = 1

        package init(decay: Float = 0.01, clip: Float? = 1) {
            self.decay = decay
            self.clip = clip
        }
    }

    package let settings: Settings

    package init(parameters: [Matrix], settings: Settings = Settings()) {
        means = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
        variances = means
        self.settings = settings
    }

    /// Moves the parameters against their gradients at a learning rate; `isMatrix` says which ones decay.
    package mutating func update(_ parameters: inout [Matrix], _ gradients: [Matrix], isMatrix: [Bool], rate: Float) {
        step += 1
        var scale: Float = 1
        if let clip = settings.clip {
            var sum = 0.0
            for gradient in gradients {
                sum += Double(VectorMath.sumOfSquares(gradient.values, in: 0..<gradient.values.count))
            }
            let norm = Float(sum.squareRoot())
            if norm > clip { scale = clip / norm }
        }
        for index in parameters.indices {
            VectorMath.adamW(
                &parameters[index].values, gradient: gradients[index].values, mean: &means[index].values,
                variance: &variances[index].values, step: step, rate: rate, beta1: settings.beta1,
                beta2: settings.beta2, decay: isMatrix[index] ? settings.decay : 0, gradientScale: scale)
        }
    }
}

/// The learning rate of each step: a linear start, then half a cosine down to 5 %.
package struct LearningRateSchedule: Sendable, Equatable {
    package let peak: Float
    package let warmUpSteps: Int
    package let totalSteps: Int
    package static let last: Float = 0.05

    package init(peak: Float, warmUpSteps: Int = 10, totalSteps: Int) {
        self.peak = peak
        self.warmUpSteps = warmUpSteps
        self.totalSteps = totalSteps
    }

    /// The rate of `step`, counted from 0.
    package func rate(at step: Int) -> Float {
        let start = min(1, Float(step + 1) / Float(max(1, warmUpSteps)))
        let done = min(1, Float(step) / Float(max(1, totalSteps)))
        return peak * start * (Self.last + (1 - Self.last) * 0.5 * (1 + cos(Float.pi * done)))
    }
}
