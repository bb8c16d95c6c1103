import Compute

/// How a plugin came to be; shown by `spa plugin inspect`.
public struct TrainingFacts: Sendable, Equatable {
    /// What it was trained on, in the trainer's words.
    public var subject = ""
    /// Rows learned.
    public var rows = 0
    /// Rows held out.
    public var heldOutRows = 0
    /// Answer tokens learned.
    public var tokens = 0
    /// Everyday questions on which the base was to be left alone.
    public var anchors = 0
    /// Epochs of the side network, up to the best one.
    public var epochs = 0
    /// The seed.
    public var seed: UInt64 = 0
    /// Mean loss on held-out text, nats a token: base alone. NaN where nothing was held out, as the next two.
    public var baseLoss = Float.nan
    /// … the side path at every token.
    public var sideLoss = Float.nan
    /// … the gate choosing, at the default price.
    public var gatedLoss = Float.nan
    /// Usage on held-out text at the default price, percent.
    public var ownUsage = Float.nan
    /// Usage on everyday questions that training did not see, percent.
    public var generalUsage = Float.nan
    /// The date, as the caller gave it.
    public var date = ""
    /// The program's version.
    public var programVersion = ""

    /// Nothing known yet.
    public init() {}
}

/// What a plugin must know of a base to refuse another.
public struct BaseIdentity: Sendable, Equatable {
    /// The base's name.
    public var name: String
    /// Its 32 hexadecimal digits.
    public var fingerprint: String

    /// An identity.
    public init(name: String, fingerprint: String) {
        self.name = name
        self.fingerprint = fingerprint
    }
}

extension BaseModel {
    /// What plugins know it by.
    public var identity: BaseIdentity { BaseIdentity(name: name, fingerprint: fingerprint) }
}

/// A side plugin: side network, gate, default price and the facts of its training, tied to one base.
public struct Plugin: Sendable, Equatable {
    /// The side network g.
    public var side: SideNetwork
    /// The gate.
    public var gate: Gate
    /// The default price of a transmission, nats.
    public var price: Float
    /// How it came to be.
    public var facts: TrainingFacts
    /// The base it belongs to.
    public var base: BaseIdentity

    /// A plugin.
    public init(side: SideNetwork, gate: Gate, price: Float, facts: TrainingFacts, base: BaseIdentity) {
        self.side = side
        self.gate = gate
        self.price = price
        self.facts = facts
        self.base = base
    }

    /// The name of the base it belongs to.
    public var baseName: String { base.name }
    /// The fingerprint of the base it belongs to.
    public var baseFingerprint: String { base.fingerprint }
    /// All trained parameters.
    public var parameterCount: Int { side.configuration.parameterCount + gate.parameterCount }
}
