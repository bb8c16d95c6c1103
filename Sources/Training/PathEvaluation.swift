import Compute
import SPAEngine

/// Losses by path and usage of a method at given positions, teacher-forced, at the threshold 0.5.
struct PathEvaluation {
    /// Mean losses, nats a token.
    let losses: PathLosses
    /// Positions that the plugin takes, in percent; all without a gate.
    let usagePercent: Float

    /// The loss of the path that the gate chooses, nats, at every position.
    let gatedLosses: [Float]

    /// - Parameter sideLosses: the side path's loss at every position.
    /// - Parameter subject: how likely all of it is the plugin's subject, where a question gate decides that.
    init(
        _ gate: Gate?, price: Float, _ features: Features, sideLosses: [Float], subject: Float? = nil, base: BaseModel
    ) {
        let decisions = gate.map { gate in
            gate.decide(features.gateInput(gate.sources, base: base), price: price, team: base.team)
                .map { $0.about(subject, price: price) }
        }
        let takesSide = sideLosses.indices.map { position in decisions.map { $0[position].probability > 0.5 } ?? true }
        let gated = sideLosses.indices.map { takesSide[$0] ? sideLosses[$0] : features.baseLoss[$0] }
        gatedLosses = gated
        losses = PathLosses(base: features.baseLoss.mean, side: sideLosses.mean, gated: gated.mean)
        let share = Float(takesSide.count { $0 }) / Float(max(1, takesSide.count))
        usagePercent = gate == nil ? 100 : 100 * share
    }
}
