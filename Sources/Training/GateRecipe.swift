import SPAEngine

/// How the gate is trained; the defaults are what was measured to work.
public struct GateRecipe: Sendable, Equatable {
    /// Which part knows the subject in an `effect` gate.
    public enum Subject: Sendable, Equatable {
        /// The paper's matrix.
        case linear
        /// A small network on a deep tap.
        case network
    }

    /// Which gate.
    public var kind: GateKind = .effect

    /// The price, in nats, that a `linear` gate is trained at.
    public var linearPrice: Float = 0.3
    /// Full-batch steps of a linear part.
    public var linearSteps = 300
    /// Its learning rate.
    public var linearRate: Float = 3e-3
    /// Its effects are clipped to ± this, in nats.
    public var linearClip: Float = 2
    /// The price, in nats, on data positions of a linear part that has an effect part beside it: that one knows the token,
    /// so the linear part has only to know the subject.
    public var subjectPrice: Float = -0.3
    /// The same on anchor positions: what it costs to take a general question for the subject.
    public var anchorPrice: Float = 2

    /// What knows the subject in an `effect` gate.
    public var subject = Subject.network
    /// The network that knows the subject. The tap below the top tells it from general chat best: there the base has not
    /// yet turned what the text is about into the next token.
    public var subjectNetwork = GateNetworkRecipe(sources: [.tap(-2)], hiddenWidth: 24, rate: 1e-3, epochs: 20)
    /// How much more all anchors together weigh than all data in it: a general question taken for the subject is worse
    /// than a token of the subject missed.
    public var subjectAnchorWeight: Float = 3

    /// The network that predicts the effect. Three taps below the final state were measured to order tokens better than one;
    /// its width leaves SPA's trained parameters within a tenth of those of a side network without a gate.
    public var effectNetwork = GateNetworkRecipe(
        sources: [.final, .tap(-2), .tap(-3), .tap(-4)], hiddenWidth: 44, rate: 3e-3, epochs: 15)
    /// Its targets are clipped to ± this, in nats.
    public var effectClip: Float = 12
    /// Whether half of each effect on data is what the side itself expects, fitted to the effects: less noise to learn from.
    public var smoothsEffects = true
    /// Whether held-out rows correct the effects afterwards, so that a price means what it says.
    public var calibratesEffects = true
    /// What an anchor position weighs beside a data position in it.
    public var effectAnchorWeight: Float = 0.1

    /// The measured recipe.
    public init() {}

    /// Everything that a gate of this recipe reads.
    package func sources(taps: Int) -> Set<GateSource> {
        var result: Set<GateSource> = [.final]
        guard kind == .effect else { return result }
        result.formUnion(effectNetwork.resolvedSources(taps: taps))
        if subject == .network { result.formUnion(subjectNetwork.resolvedSources(taps: taps)) }
        return result
    }

    /// The trained numbers of a gate of this recipe.
    package func parameterCount(baseWidth: Int, taps: Int) -> Int {
        let linear = 2 * baseWidth + 2
        guard kind == .effect else { return linear }
        return (subject == .network ? subjectNetwork.parameterCount(baseWidth: baseWidth, taps: taps) : linear)
            + effectNetwork.parameterCount(baseWidth: baseWidth, taps: taps)
    }
}

/// How one of the gate's networks is trained.
public struct GateNetworkRecipe: Sendable, Equatable {
    /// What it reads; taps below 0 count from the top, of which -1 is f itself.
    public var sources: [GateSource]
    /// Its hidden units.
    public var hiddenWidth: Int
    /// The highest learning rate.
    public var rate: Float
    /// How often all positions are learned.
    public var epochs: Int
    /// Positions learned at most, over all epochs but the first: large data need fewer epochs.
    public var mostPositions = 240_000
    /// Positions a step.
    public var batch = 128
    /// Weight decay of matrices.
    public var decay: Float = 0.1
    /// The share of inputs left out at each step.
    public var dropout: Float = 0.25

    /// A recipe.
    public init(sources: [GateSource], hiddenWidth: Int, rate: Float, epochs: Int) {
        self.sources = sources
        self.hiddenWidth = hiddenWidth
        self.rate = rate
        self.epochs = epochs
    }

    /// The sources with taps counted from 0; a plugin without the tap named gives rms(f) in its place.
    func resolvedSources(taps: Int) -> [GateSource] {
        var result: [GateSource] = []
        for source in sources {
            var resolved = source
            if case .tap(let index) = source {
                let place = index < 0 ? taps + index : index
                resolved = place >= 0 && place < taps ? .tap(place) : .final
            }
            if !result.contains(resolved) { result.append(resolved) }
        }
        return result
    }

    func parameterCount(baseWidth: Int, taps: Int) -> Int {
        let width = resolvedSources(taps: taps).reduce(0) { $0 + $1.width(base: baseWidth) }
        return width * hiddenWidth + 2 * hiddenWidth + 1
    }
}
