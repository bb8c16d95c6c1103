/// Which of the two paths produced a token.
public enum TokenPath: String, Sendable, Codable, CaseIterable {
    /// The base alone: p_f = softmax(E · norm(f)).
    case base
    /// The plugin: p_I = softmax(E · norm(rms(f) + u)), or what its method has in this place.
    case side
}

/// Who may speak.
public enum GenerationMode: String, Sendable, Codable, CaseIterable {
    /// The gate decides token by token.
    case gated
    /// The base alone; the side is never asked.
    case base
    /// The side path for every token.
    case side
}

/// Why the base spoke a token that the side was to speak.
public enum Fallback: String, Sendable, Codable, CaseIterable {
    /// There was no link.
    case offline
    /// The device's answer was not here in time.
    case deadline
}

/// Milliseconds that a token took, by part: T_total = T_device + T_base + T_net (Eq. 2, arXiv 2403.07088).
public struct PartTimes: Sendable, Equatable, Codable {
    /// The cloud: one position through the base, the gate, and on the base path the head and the sampling.
    public var base: Double
    /// The device: side network, head and sampling; or its work inside the base's blocks.
    public var device: Double
    /// Device to cloud: the token, or the corrections of the blocks' states.
    public var uplink: Double
    /// Cloud to device: the taps and the final state, or the blocks' states.
    public var downlink: Double
    /// From the end of the token before to the end of this one, as a clock saw it.
    public var total: Double

    /// Parts in milliseconds.
    public init(
        base: Double = 0, device: Double = 0, uplink: Double = 0, downlink: Double = 0, total: Double = 0
    ) {
        self.base = base
        self.device = device
        self.uplink = uplink
        self.downlink = downlink
        self.total = total
    }

    /// T_net: both directions together.
    public var network: Double { uplink + downlink }

    /// Part by part.
    public static func += (left: inout PartTimes, right: PartTimes) {
        left.base += right.base
        left.device += right.device
        left.uplink += right.uplink
        left.downlink += right.downlink
        left.total += right.total
    }
}

/// Everything about one generated token: the one thing that crosses from the engine to a front end.
public struct TokenEvent: Sendable, Equatable {
    /// Counted from 0 within the reply.
    public var index: Int
    /// The token.
    public var id: Int32
    /// Its text as bytes, which need not be whole characters; empty for a control token.
    public var bytes: [UInt8]
    /// Who produced it.
    public var path: TokenPath
    /// The gate's probability for the side; 0 where the gate was not asked (mode `base`, no plugin).
    public var probability: Float
    /// What the gate expects of the side on this token, in nats; nil for a gate that does not say, or was not asked.
    public var effect: Float?
    /// sigma_t, the gate's part that knows the subject alone; nil where the gate was not asked.
    public var sigma: Float?
    /// The side is taken where the probability is greater.
    public var threshold: Float
    /// What a transmission had to earn, in nats.
    public var price: Float
    /// What the token took.
    public var milliseconds: PartTimes
    /// Exchanges cloud → device → cloud that the token took.
    public var transmissions: Int
    /// Whether the network's parts are simulated rather than measured.
    public var simulated: Bool
    /// Bytes device to cloud.
    public var bytesUp: Int
    /// Bytes cloud to device.
    public var bytesDown: Int
    /// Why the base spoke although the side was to; nil where the token is of the path that was chosen.
    public var fallback: Fallback?

    /// An event.
    public init(
        index: Int, id: Int32, bytes: [UInt8], path: TokenPath, probability: Float, effect: Float?, threshold: Float,
        price: Float, milliseconds: PartTimes, transmissions: Int, simulated: Bool = false, bytesUp: Int = 0,
        bytesDown: Int = 0, sigma: Float? = nil, fallback: Fallback? = nil
    ) {
        self.index = index
        self.id = id
        self.bytes = bytes
        self.path = path
        self.probability = probability
        self.effect = effect
        self.threshold = threshold
        self.price = price
        self.milliseconds = milliseconds
        self.transmissions = transmissions
        self.simulated = simulated
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.sigma = sigma
        self.fallback = fallback
    }
}
