/// What a method trains, apart from the gate.
public enum PluginPart: Sendable, Equatable {
    /// g, for SPA, LST, integration and separation.
    case side(SideNetwork)
    /// For LoRA.
    case lora(LowRankAdaptation)
    /// For Adapter.
    case adapter(SerialAdapter)
}

/// A plugin: what one method trained for one base, with its gate where the method has one.
public struct Plugin: Sendable, Equatable {
    /// The method, which says how the part is used.
    public let method: Method
    /// What was trained.
    public var part: PluginPart
    /// Decides token by token; nil where the method has no gate, so that every token is the plugin's.
    public var gate: Gate?
    /// Decides once an answer whether a question asks for something taught; nil where the gate of every token does alone.
    public var questions: QuestionGate?
    /// The default price in nats.
    public var price: Float
    /// The name of the base that it fits.
    public var baseName: String
    /// The fingerprint of the base that it fits.
    public var baseFingerprint: String
    /// How it was trained.
    public var facts: TrainingFacts

    /// A plugin of the parts given: those that the method has.
    public init(
        method: Method, part: PluginPart, gate: Gate?, price: Float, baseName: String, baseFingerprint: String,
        facts: TrainingFacts
    ) {
        precondition(part.fits(method) && method.hasGate == (gate != nil), "the parts are not those of the method")
        self.method = method
        self.part = part
        self.gate = gate
        self.price = price
        self.baseName = baseName
        self.baseFingerprint = baseFingerprint
        self.facts = facts
    }

    /// A plugin of SPA.
    public init(
        side: SideNetwork, gate: Gate, price: Float, baseName: String, baseFingerprint: String, facts: TrainingFacts
    ) {
        self.init(
            method: .spa, part: .side(side), gate: gate, price: price, baseName: baseName,
            baseFingerprint: baseFingerprint, facts: facts)
    }

    /// The side network, where the method has one.
    public var side: SideNetwork? {
        guard case .side(let side) = part else { return nil }
        return side
    }

    /// The number of trained parameters, gate included.
    public var parameterCount: Int { part.parameterCount + gateParameterCount + (questions?.parameterCount ?? 0) }

    /// The trained parameters of the gate, which the cloud must see.
    public var gateParameterCount: Int { gate?.parameterCount ?? 0 }

    /// Refuses a plugin for another base, or one whose sizes are not the base's.
    /// - Parameter name: what the error calls the plugin.
    public func check(for base: BaseModel, name: String) throws(EngineError) {
        guard baseFingerprint == base.fingerprint else {
            throw .wrongBase(
                path: name, pluginBase: "\(baseName) (\(baseFingerprint.prefix(8)))",
                loadedBase: "\(base.name) (\(base.fingerprint.prefix(8)))")
        }
        guard part.fits(base.configuration) else {
            throw .badPlugin(path: name, problem: "its tensors do not fit the base's blocks")
        }
    }
}

extension PluginPart {
    /// The number of trained parameters.
    public var parameterCount: Int {
        switch self {
        case .side(let part): part.configuration.parameterCount
        case .lora(let part): part.configuration.parameterCount
        case .adapter(let part): part.configuration.parameterCount
        }
    }

    /// Whether a method trains such a part.
    func fits(_ method: Method) -> Bool {
        switch self {
        case .side: method.usesSideNetwork
        case .lora: method == .lora
        case .adapter: method == .adapter
        }
    }

    /// Whether the sizes are those of a base.
    func fits(_ base: ModelConfiguration) -> Bool {
        switch self {
        case .side(let part):
            part.configuration.baseWidth == base.width && part.configuration.taps.allSatisfy { $0 <= base.blockCount }
        case .lora(let part):
            part.configuration.blockCount == base.blockCount && part.configuration.baseWidth == base.width
                && part.configuration.queryWidth == base.queryWidth && part.configuration.valueWidth == base.keyWidth
        case .adapter(let part):
            part.configuration.blockCount == base.blockCount && part.configuration.baseWidth == base.width
        }
    }
}

/// How a plugin was trained, kept in its file.
public struct TrainingFacts: Sendable, Equatable {
    /// What the plugin is about, in the trainer's words.
    public var subject = ""
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
    /// Mean loss in nats a token on the held-out rows: base, plugin always, gated.
    /// The rows that chose the epoch and calibrated the gate, not ones that nothing saw.
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
        a.subject == b.subject && a.rows == b.rows && a.heldOutRows == b.heldOutRows
            && a.tokens == b.tokens && a.anchors == b.anchors && a.epochs == b.epochs && a.bestEpoch == b.bestEpoch
            && a.heldOutLoss == b.heldOutLoss && a.usagePercent == b.usagePercent && a.seed == b.seed
            && a.date == b.date
    }
}

/// Mean losses in nats a token, by path.
public struct PathLosses: Sendable, Equatable {
    /// The base alone.
    public var base: Float
    /// The plugin always on.
    public var side: Float
    /// The gate choosing; as `side` without a gate.
    public var gated: Float

    /// Losses; zeros unless given.
    public init(base: Float = 0, side: Float = 0, gated: Float = 0) {
        self.base = base
        self.side = side
        self.gated = gated
    }
}
