import Compute
import SPAEngine

/// Corrects an effect gate's forecasts by rows that it did not learn, so that a price in nats means what it says. The order
/// of tokens, and so the gate's skill, stays.
///
/// The realised effects y are fitted by y = e + (slope - 1) · (e - mean(e)) + shift, least squares. Forecasts count by how
/// near they are to the prices that gates are used at: far from those only their order matters, and the few effects of many
/// nats would otherwise bend the line where it decides. Both corrections are drawn towards none as by `priorCount`
/// positions without an error.
package struct GateCalibration: Sendable, Equatable {
    /// By what forecasts are stretched about their mean.
    package let slope: Float
    /// The forecasts' weighted mean.
    package let mean: Float
    /// Nats added to all.
    package let shift: Float

    /// As many positions are worth a correction of half.
    package static let priorCount: Float = 100
    /// The price, nats, that forecasts count most at, and the distance from it at which they count for exp(-1/2).
    package static let (price, width): (Float, Float) = (0.6, 1)
    /// What the slope is kept within: a line through a narrow range says little of its own steepness.
    package static let slopes: ClosedRange<Float> = 0.5...2

    /// How gates are corrected, in words, for results that depend on it.
    package static let summary = "near \(price) ± \(width), slope \(slopes), prior \(priorCount)"

    /// - Parameters:
    ///   - predicted: the gate's effects, nats.
    ///   - realised: what the side changed at the same positions, nats.
    package init(predicted: [Float], realised: [Float]) {
        precondition(predicted.count == realised.count, "each forecast has its outcome")
        var weights = predicted.map { forecast in
            let distance = (forecast - Self.price) / Self.width
            return -distance * distance / 2
        }
        VectorMath.exponential(&weights)
        let count = weights.reduce(0, +)
        guard count > 0 else {
            (slope, mean, shift) = (1, 0, 0)
            return
        }
        let trust = count / (count + Self.priorCount)
        let centre = zip(weights, predicted).reduce(0) { $0 + $1.0 * $1.1 } / count
        var (products, squares, errors): (Float, Float, Float) = (0, 0, 0)
        for (weight, (forecast, effect)) in zip(weights, zip(predicted, realised)) {
            let (offset, error) = (forecast - centre, effect - forecast)
            products += weight * offset * error
            squares += weight * offset * offset
            errors += weight * error
        }
        let fitted = 1 + (squares > 1e-6 ? trust * products / squares : 0)
        slope = min(max(fitted, Self.slopes.lowerBound), Self.slopes.upperBound)
        mean = centre
        shift = trust * errors / count
    }

    /// The gate with its forecasts corrected.
    package func applied(to gate: Gate) -> Gate {
        var gate = gate
        guard var effect = gate.effect else { return gate }
        VectorMath.scale(&effect.output.values, by: slope)
        effect.outputBias = slope * effect.outputBias + (1 - slope) * mean + shift
        gate.effect = effect
        return gate
    }
}

extension GateTrainer {
    /// A gate corrected by what the side changed on rows that neither learned, where the recipe wants it.
    /// - Parameter effects: realised effects at the positions of `heldOut`, nats.
    package func calibrated(_ gate: Gate, on heldOut: Features, effects: [Float], base: BaseModel) -> Gate {
        guard recipe.calibratesEffects, let network = gate.effect, heldOut.count > 0 else { return gate }
        let predicted = network.predict(heldOut.gateInput(Set(network.sources), base: base), team: team)
        let clip = recipe.effectClip
        return GateCalibration(predicted: predicted, realised: effects.map { min(max($0, -clip), clip) })
            .applied(to: gate)
    }
}
