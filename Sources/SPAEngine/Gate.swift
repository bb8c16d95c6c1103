import Compute

/// Which of the two gates a plugin has.
public enum GateKind: String, Sendable, CaseIterable {
    /// The paper's: one matrix on the base's final state.
    case linear
    /// A part that knows the subject and one that predicts the effect in nats; the default.
    case effect
}

/// What the gate says of one token.
public struct GateDecision: Sendable, Equatable {
    /// The side path is taken where this exceeds the threshold.
    public var probability: Float
    /// The predicted effect of the side in nats; nil for the `linear` gate.
    public var effect: Float?
    /// sigma_t, the part that knows the subject alone.
    public var sigma: Float

    /// A decision.
    public init(probability: Float, effect: Float?, sigma: Float) {
        self.probability = probability
        self.effect = effect
        self.sigma = sigma
    }

    /// What sigma and the effect, where there is one, say at a price.
    init(sigma: Float, effect: Float?, price: Float) {
        guard let effect else {
            self.init(probability: sigma, effect: nil, sigma: sigma)
            return
        }
        // What is no number opens no gate.
        let probability = effect.isNaN ? 0 : min(sigma, SideNetwork.sigmoid(2 * (effect - price)))
        self.init(probability: probability, effect: effect, sigma: sigma)
    }

    /// The decision where a question gate has decided on the subject for the whole answer: its word stands for sigma, and
    /// within an answer of the subject a token must only not lose what others gain.
    package func about(_ subject: Float?, price: Float) -> GateDecision {
        guard let subject else { return self }
        let admitted = subject > 0.5 ? effect.map { $0 + Self.admission } : effect
        var result = GateDecision(sigma: subject, effect: admitted, price: price)
        result.effect = effect
        return result
    }

    /// What a token of the side is worth beside its own effect in an answer on the subject, in nats: a phrase by one speaker
    /// is worth more than single tokens.
    private static let admission: Float = 1
}

/// Gives sigma_t: whether this is the plugin's subject at all.
public enum SubjectGate: Sendable, Equatable {
    /// The paper's matrix on rms(f).
    case linear(LinearGate)
    /// sigma = sigmoid(network): a deeper state tells the subject much better than f does.
    case network(GateNetwork)

    /// sigma of every position.
    public func sigma(_ input: GateInput, team: ThreadTeam) -> [Float] {
        switch self {
        case .linear(let gate): input[.final].map { gate.sigma($0, team: team) } ?? []
        case .network(let network): network.predict(input, team: team).map(SideNetwork.sigmoid)
        }
    }

    /// The trained numbers.
    public var parameterCount: Int {
        switch self {
        case .linear(let gate): gate.weight.values.count + gate.bias.count
        case .network(let network): network.parameterCount
        }
    }
}

/// Decides on the base's states alone whether the side is worth asking. Its numbers are the only trained parameters that
/// the cloud sees.
///
///     probability = sigma_t                                      gate `linear` (arXiv 2403.07088, Eq. 1)
///     probability = min( sigma_t, sigmoid(2 (e_t - price)) )     gate `effect`
public struct Gate: Sendable, Equatable {
    /// Knows the subject.
    public var subject: SubjectGate
    /// Knows the token: e_t, nats; nil in a `linear` gate.
    public var effect: GateNetwork?

    /// A gate of the parts given.
    public init(subject: SubjectGate, effect: GateNetwork?) {
        self.subject = subject
        self.effect = effect
    }

    /// A gate whose part for the subject is the paper's.
    public init(linear: LinearGate, effect: GateNetwork?) {
        self.init(subject: .linear(linear), effect: effect)
    }

    /// Which gate this is.
    public var kind: GateKind { effect == nil ? .linear : .effect }

    /// All that it reads.
    public var sources: Set<GateSource> {
        var result: Set<GateSource> = [.final]
        if case .network(let network) = subject { result.formUnion(network.sources) }
        result.formUnion(effect?.sources ?? [])
        return result
    }

    /// The trained numbers.
    public var parameterCount: Int { subject.parameterCount + (effect?.parameterCount ?? 0) }

    /// Decides for every position.
    /// - Parameters:
    ///   - input: holds at least `sources`.
    ///   - price: what one transmission must earn, in nats; the `linear` gate has its price trained in.
    public func decide(_ input: GateInput, price: Float, team: ThreadTeam) -> [GateDecision] {
        let sigmas = subject.sigma(input, team: team)
        let effects = effect?.predict(input, team: team)
        return sigmas.indices.map { GateDecision(sigma: sigmas[$0], effect: effects?[$0], price: price) }
    }
}
