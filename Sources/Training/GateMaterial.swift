import Compute
import SPAEngine

/// What a gate was trained on, kept so that other gates can be trained on the same.
package struct GateMaterial: Sendable {
    /// The rows learned.
    package let data: Features
    /// Everyday questions.
    package let anchors: Features
    /// tau, cross-fitted, nats: data first, then anchors.
    package let realised: [Float]
    /// The same with half of the noise on data.
    package let smoothed: [Float]
    /// Rows that neither side nor gate learned.
    package let heldOut: Features
    /// tau at their positions, nats.
    package let heldOutEffects: [Float]
}
