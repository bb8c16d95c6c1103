import Compute
import Glibc

/// The two kinds of gate.
public enum GateKind: String, Sendable, Codable, CaseIterable {
    /// The paper's: two numbers from the final state, softmax (Eq. 1's router).
    case linear
    /// `linear`, which knows the subject, and a small network that foretells the side's effect on this very token.
    case effect
}

/// What a gate says about one position.
public struct GateDecision: Sendable, Equatable {
    /// The side path is taken where this exceeds the threshold.
    public var probability: Float
    /// What the side is expected to gain over the base here, in nats; nil for a gate of kind `linear`.
    public var effect: Float?
    /// The linear part's softmax, sigma.
    public var sigma: Float

    /// A decision.
    public init(probability: Float, effect: Float?, sigma: Float) {
        self.probability = probability
        self.effect = effect
        self.sigma = sigma
    }
}

/// The gate: decides on the base's final state, before anything is sent, whether the side is worth asking.
///
/// ```
/// linear:  probability = sigma
/// effect:  probability = min( sigma, sigmoid(2 (e - price)) )
/// ```
public struct Gate: Sendable, Equatable {
    /// The linear part, present in both kinds.
    public var linear: LinearGate
    /// The part that foretells the effect, in a gate of kind `effect`.
    public var effect: EffectGate?

    /// A gate of kind `effect` where `effect` is given, else `linear`.
    public init(linear: LinearGate, effect: EffectGate? = nil) {
        self.linear = linear
        self.effect = effect
    }

    /// The kind.
    public var kind: GateKind { effect == nil ? .linear : .effect }

    /// The number of trained parameters: the only ones that the cloud sees.
    public var parameterCount: Int { linear.parameterCount + (effect?.parameterCount ?? 0) }

    /// Decides about every row.
    /// - Parameters:
    ///   - rmsFinal: rms(f), [n, H].
    ///   - price: what one transmission must earn, in nats; a gate of kind `linear` does not know it.
    public func decide(_ rmsFinal: Matrix, price: Float, team: ThreadTeam) -> [GateDecision] {
        let sigmas = linear.sigma(rmsFinal, team: team)
        guard let effects = effect?.effect(rmsFinal, team: team) else {
            return sigmas.map { GateDecision(probability: $0, effect: nil, sigma: $0) }
        }
        return zip(sigmas, effects).map { sigma, effect in
            GateDecision(probability: min(sigma, sigmoid(2 * (effect - price))), effect: effect, sigma: sigma)
        }
    }
}

/// 1 / (1 + exp(-x)).
package func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
