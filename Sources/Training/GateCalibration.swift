import Compute
import SPAEngine

/// Corrects an effect gate's forecasts by rows that it did not learn, so that a price in nats means what it says. The order
/// of tokens, and so the gate's skill, stays.
///
/// The realised effects y are fitted by y = e + (slope - 1) · (e - mean(e)) + shift, least squares; both corrections are
/// drawn towards none as by `priorCount` positions without an error.
package struct GateCalibration: Sendable, Equatable {
    /// By what forecasts are stretched about their mean.
    package let slope: Float
    /// The forecasts' mean.
    package let mean: Float
    /// Nats added to all.
    package let shift: Float

    /// As many positions as are worth a correction of half.
    package static let priorCount: Float = 100

    /// - Parameters:
    ///   - predicted: the gate's effects, nats.
    ///   - realised: what the side changed at the same positions, nats.
    package init(predicted: [Float], realised: [Float]) {
        precondition(predicted.count == realised.count, "each forecast has its outcome")
        let count = Float(predicted.count)
        mean = predicted.mean
        var (products, squares): (Float, Float) = (0, 0)
        for (forecast, effect) in zip(predicted, realised) {
            products += (forecast - mean) * (effect - forecast)
            squares += (forecast - mean) * (forecast - mean)
        }
        let trust = count / (count + Self.priorCount)
        // A forecast that says the contrary of what happens is made to say nearly nothing, never turned round.
        slope = max(0.1, 1 + (squares > 1e-6 ? trust * products / squares : 0))
        shift = trust * zip(realised, predicted).map(-).mean
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
