/// A side plugin: side network and gate, trained for one base.
public struct Plugin: Sendable, Equatable {
    /// g.
    public var side: SideNetwork
    /// Decides token by token.
    public var gate: Gate
    /// The default price in nats.
    public var price: Float
    /// The name of the base that it fits.
    public var baseName: String
    /// The fingerprint of the base that it fits.
    public var baseFingerprint: String
    /// How it was trained.
    public var facts: TrainingFacts

    /// A plugin of the parts given.
    public init(
        side: SideNetwork, gate: Gate, price: Float, baseName: String, baseFingerprint: String, facts: TrainingFacts
    ) {
        self.side = side
        self.gate = gate
        self.price = price
        self.baseName = baseName
        self.baseFingerprint = baseFingerprint
        self.facts = facts
    }

    /// The number of trained parameters, side and gate.
    public var parameterCount: Int {
        side.configuration.parameterCount + gateParameterCount
    }

    /// The trained parameters that the cloud must see.
    public var gateParameterCount: Int {
        let linear = gate.linear.weight.values.count + 2
        guard let effect = gate.effect else { return linear }
        return linear + effect.hidden.values.count + 2 * effect.hiddenBias.count + 1
    }
}

/// How a plugin was trained, kept in its file.
public struct TrainingFacts: Sendable, Equatable {
    /// What the plugin is about, in the trainer's words.
    public var subject = ""
    /// The training method.
    public var method = "spa"
    /// Rows learned.
    public var rows = 0
    /// Rows held out.
    public var heldOutRows = 0
    /// Tokens learned.
    public var tokens = 0
    /// Anchor questions.
    public var anchors = 0
    /// Epochs trained.
    public var epochs = 0
    /// The epoch that was kept, from 1.
    public var bestEpoch = 0
    /// Mean loss in nats a token on the held-out rows: base, side always, gated.
    public var heldOutLoss = PathLosses()
    /// Usage on the held-out rows and on anchors, in percent, at the default price.
    public var usagePercent: (own: Float, general: Float) = (0, 0)
    /// The seed.
    public var seed: UInt64 = 0
    /// When the training ended, as the caller gave it.
    public var date = ""

    /// No facts.
    public init() {}

    /// Equal in every fact.
    public static func == (a: TrainingFacts, b: TrainingFacts) -> Bool {
        a.subject == b.subject && a.method == b.method && a.rows == b.rows && a.heldOutRows == b.heldOutRows
            && a.tokens == b.tokens && a.anchors == b.anchors && a.epochs == b.epochs && a.bestEpoch == b.bestEpoch
            && a.heldOutLoss == b.heldOutLoss && a.usagePercent == b.usagePercent && a.seed == b.seed
            && a.date == b.date
    }
}

/// Mean losses in nats a token, by path.
public struct PathLosses: Sendable, Equatable {
    /// The base alone.
    public var base: Float
    /// The side always on.
    public var side: Float
    /// The gate choosing.
    public var gated: Float

    /// Losses; zeros unless given.
    public init(base: Float = 0, side: Float = 0, gated: Float = 0) {
        self.base = base
        self.side = side
        self.gated = gated
    }
}
