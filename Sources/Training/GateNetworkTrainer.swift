import Compute
import Glibc
import SPAEngine

/// Trains one of the gate's networks in small batches with AdamW.
package struct GateNetworkTrainer: Sendable {
    /// What a prediction is held against.
    package enum Loss: Sendable, Equatable {
        /// Half the squared error, linear beyond a width (Huber). A small width would make the prediction a median; effects
        /// are skewed, and what a price is held against is their mean.
        case huber(width: Float)
        /// -ln of the probability, sigmoid(prediction), of a target that is 0 or 1.
        case logistic

        /// The loss of a prediction and its slope.
        func value(_ prediction: Float, _ target: Float) -> (loss: Float, slope: Float) {
            switch self {
            case .huber(let width):
                let error = prediction - target
                let size = abs(error)
                return (
                    size <= width ? 0.5 * error * error : width * (size - 0.5 * width), min(max(error, -width), width)
                )
            case .logistic:
                // ln(1 + exp(z)) - target · z, without overflow.
                let logSum = max(prediction, 0) + log1p(exp(-abs(prediction)))
                return (logSum - target * prediction, SideNetwork.sigmoid(prediction) - target)
            }
        }
    }

    let recipe: GateNetworkRecipe
    let loss: Loss
    let seed: UInt64
    /// Tells this training's random numbers from those of others with the same seed.
    let stream: UInt64
    let team: ThreadTeam

    /// Trains a network.
    /// - Parameters:
    ///   - sources: what `x` is made of.
    ///   - x: [n, D], as it comes.
    ///   - weights: what each position counts.
    ///   - progress: called with the share of the work done; false ends early with what there is.
    func train(
        _ sources: [GateSource], _ x: Matrix, targets: [Float], weights: [Float], progress: (Double) -> Bool
    ) -> GateNetwork {
        var network = GateNetwork(sources: sources, inputWidth: x.columns, hiddenWidth: recipe.hiddenWidth)
        (network.mean, network.deviation) = Self.moments(x)
        var random = SeededRandom(seed: seed, stream: stream)
        let (inner, outer) = (1 / Float(x.columns).squareRoot(), 1 / Float(recipe.hiddenWidth).squareRoot())
        network.hidden.fill(normal: inner, from: &random)
        network.output.fill(normal: outer, from: &random)
        guard x.rows > 0 else { return network }

        let batch = max(1, min(recipe.batch, x.rows))
        let stepsPerEpoch = (x.rows + batch - 1) / batch
        let steps = stepsPerEpoch * max(1, min(recipe.epochs, recipe.mostPositions / x.rows))
        let mean = weights.reduce(0, +) / Float(weights.count)
        var optimiser = Optimiser(network)
        var order = Array(0..<x.rows)
        for step in 0..<steps {
            let place = step % stepsPerEpoch
            if place == 0 { order.shuffle(using: &random) }
            let rows = Array(order[place * batch..<min(order.count, (place + 1) * batch)])
            var inputs = network.standardise(x.gather(rows))
            Self.drop(&inputs.values, share: recipe.dropout, &random)
            let gradient = Self.loss(
                network, inputs, targets: rows.map { targets[$0] },
                weights: rows.map { weights[$0] / mean / Float(rows.count) }, loss, team: team
            ).gradient
            let rate = recipe.rate * Float(1 - 0.95 * Double(step) / Double(steps))
            optimiser.update(&network, gradient, step: step + 1, rate: rate, decay: recipe.decay)
            guard progress(Double(step + 1) / Double(steps)) else { break }
        }
        return network
    }

    /// Σ weight · loss(prediction, target) and its gradient; x is standardised.
    package static func loss(
        _ network: GateNetwork, _ x: Matrix, targets: [Float], weights: [Float], _ kind: Loss, team: ThreadTeam
    ) -> (loss: Float, gradient: GateNetwork) {
        let hidden = network.hidden.rows
        let z = network.hiddenInput(x, team: team)
        let ones = [Float](repeating: 1, count: z.values.count)
        let active = VectorMath.swiglu(gate: z.values, up: ones)
        var gradient = GateNetwork(inputWidth: x.columns, hiddenWidth: hidden)
        var zGradient = Matrix(rows: x.rows, columns: hidden)
        var loss: Float = 0
        for row in 0..<x.rows {
            let start = row * hidden
            let prediction =
                VectorMath.dot(active, at: start, network.output.values, count: hidden) + network.outputBias
            let (value, derivative) = kind.value(prediction, targets[row])
            loss += weights[row] * value
            let slope = weights[row] * derivative
            gradient.outputBias += slope
            VectorMath.addScaled(&gradient.output.values, in: 0..<hidden, active, at: start, factor: slope)
            for unit in 0..<hidden {
                // silu'(z) = sigma + silu(z) (1 - sigma), with sigma = silu(z) / z
                let value = z.values[start + unit]
                let sigma = abs(value) < 1e-6 ? 0.5 : active[start + unit] / value
                let derivative = sigma + active[start + unit] * (1 - sigma)
                zGradient.values[start + unit] = slope * network.output.values[unit] * derivative
            }
        }
        FloatProduct.multiplyTransposed(zGradient, by: x, into: &gradient.hidden, team: team)
        for row in 0..<x.rows {
            VectorMath.addScaled(&gradient.hiddenBias, in: 0..<hidden, zGradient.values, at: row * hidden, factor: 1)
        }
        return (loss, gradient)
    }

    /// Sets a share of the values to 0 and scales the others, so that the mean stays.
    private static func drop(_ values: inout [Float], share: Float, _ random: inout SeededRandom) {
        let bound = UInt64(share * 256)
        guard bound > 0 else { return }
        let scale = 256 / Float(256 - bound)
        var bits: UInt64 = 0
        for index in values.indices {
            // Eight decisions from each number drawn.
            bits = index % 8 == 0 ? random.next() : bits >> 8
            values[index] = bits & 0xff < bound ? 0 : values[index] * scale
        }
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

    /// AdamW over a network's parts; matrices decay, biases do not.
    private struct Optimiser {
        private var hidden, hiddenBias, output, outputBias: Adam

        init(_ network: GateNetwork) {
            hidden = Adam(count: network.hidden.values.count)
            hiddenBias = Adam(count: network.hiddenBias.count)
            output = Adam(count: network.output.values.count)
            outputBias = Adam(count: 1)
        }

        mutating func update(
            _ network: inout GateNetwork, _ gradient: GateNetwork, step: Int, rate: Float, decay: Float
        ) {
            hidden.update(&network.hidden.values, gradient.hidden.values, step: step, rate: rate, decay: decay)
            hiddenBias.update(&network.hiddenBias, gradient.hiddenBias, step: step, rate: rate, decay: 0)
            output.update(&network.output.values, gradient.output.values, step: step, rate: rate, decay: decay)
            var bias = [network.outputBias]
            outputBias.update(&bias, [gradient.outputBias], step: step, rate: rate, decay: 0)
            network.outputBias = bias[0]
        }
    }
}

/// AdamW over one array.
struct Adam {
    private var mean: [Float]
    private var variance: [Float]

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
