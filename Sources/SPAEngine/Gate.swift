import Compute

/// Which of the two gates a plugin has.
public enum GateKind: String, Sendable, CaseIterable {
    /// The paper's: one matrix on the base's final state.
    case linear
    /// The linear part and a small network that predicts the effect in nats; the default.
    case effect
}

/// What the gate says of one token.
public struct GateDecision: Sendable, Equatable {
    /// The side path is taken where this exceeds the threshold.
    public var probability: Float
    /// The predicted effect of the side in nats; nil for the `linear` gate.
    public var effect: Float?
    /// sigma_t, the linear part alone.
    public var sigma: Float

    /// A decision.
    public init(probability: Float, effect: Float?, sigma: Float) {
        self.probability = probability
        self.effect = effect
        self.sigma = sigma
    }
}

/// Decides on the base's final state alone whether the side is worth asking. Its numbers are the only trained
/// parameters that the cloud sees.
///
///     probability = sigma_t                                      gate `linear` (arXiv 2403.07088, Eq. 1)
///     probability = min( sigma_t, sigmoid(2 (e_t - price)) )     gate `effect`
public struct Gate: Sendable, Equatable {
    /// Knows the subject.
    public var linear: LinearGate
    /// Knows the token; nil in a `linear` gate.
    public var effect: EffectGate?

    /// A gate of the parts given.
    public init(linear: LinearGate, effect: EffectGate?) {
        self.linear = linear
        self.effect = effect
    }

    /// Which gate this is.
    public var kind: GateKind { effect == nil ? .linear : .effect }

    /// The number of trained parameters.
    public var parameterCount: Int {
        let linear = linear.weight.values.count + 2
        guard let effect else { return linear }
        return linear + effect.hidden.values.count + 2 * effect.hiddenBias.count + 1
    }

    /// Decides for every row.
    /// - Parameters:
    ///   - rmsFinal: rms(f), [n, H].
    ///   - price: what one transmission must earn, in nats; the `linear` gate has its price trained in.
    public func decide(_ rmsFinal: Matrix, price: Float, team: ThreadTeam) -> [GateDecision] {
        let sigmas = linear.sigma(rmsFinal, team: team)
        guard let effects = effect?.predict(rmsFinal, team: team) else {
            return sigmas.map { GateDecision(probability: $0, effect: nil, sigma: $0) }
        }
        return zip(sigmas, effects).map { sigma, effect in
            GateDecision(
                probability: min(sigma, SideNetwork.sigmoid(2 * (effect - price))), effect: effect, sigma: sigma)
        }
    }
}
