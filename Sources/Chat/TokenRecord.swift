/// Which of the two models produced a token.
public enum TokenPath: String, Sendable, Codable, Equatable, CaseIterable {
    /// The frozen base language model.
    case base
    /// The side plugin, integrated with the base's final state.
    case side
}

/// Why the base spoke a token that the side was to speak.
public enum TokenFallback: String, Sendable, Codable, Equatable, CaseIterable {
    /// There was no link to the plugin.
    case offline
    /// The plugin's answer was not here before the deadline.
    case deadline
}

/// Milliseconds of one token (or of a whole reply), by the part that spent them: Eqs. 2-4 of arXiv 2403.07088.
public struct PartTimes: Sendable, Codable, Equatable {
    /// The base model's forward pass.
    public var base: Double
    /// The side network and the sampling on the device.
    public var device: Double
    /// Device to cloud.
    public var uplink: Double
    /// Cloud to device.
    public var downlink: Double
    /// Wall-clock time of the token, as measured.
    public var total: Double

    /// Times in milliseconds; without `total` the four parts are added.
    public init(
        base: Double = 0, device: Double = 0, uplink: Double = 0, downlink: Double = 0, total: Double? = nil
    ) {
        self.base = base
        self.device = device
        self.uplink = uplink
        self.downlink = downlink
        self.total = total ?? base + device + uplink + downlink
    }

    /// Adds part by part.
    public static func += (sum: inout PartTimes, other: PartTimes) {
        sum.base += other.base
        sum.device += other.device
        sum.uplink += other.uplink
        sum.downlink += other.downlink
        sum.total += other.total
    }
}

/// The account of one generated token: the engine's token event without the engine's types.
public struct TokenRecord: Sendable, Codable, Equatable {
    /// Position in the reply, from 0.
    public var index: Int
    /// Token id in the base's vocabulary.
    public var id: Int32
    /// The token's own bytes: possibly a part of a character.
    public var bytes: [UInt8]
    /// Who produced it.
    public var path: TokenPath
    /// The gate's probability for the side path, 0...1.
    public var probability: Float
    /// What the side was expected to gain, in nats; nil for a linear gate.
    public var effect: Float?
    /// The part of the gate that knows the subject alone, 0...1; nil where the gate was not asked.
    public var sigma: Float?
    /// The probability above which the side path was taken.
    public var threshold: Float
    /// What one transmission had to earn, in nats.
    public var price: Float
    /// Milliseconds by part.
    public var milliseconds: PartTimes
    /// Whether the network's parts of `milliseconds` are simulated.
    public var simulated: Bool
    /// Bytes from the device to the cloud.
    public var bytesUp: Int
    /// Bytes from the cloud to the device.
    public var bytesDown: Int
    /// Exchanges cloud → device → cloud.
    public var transmissions: Int
    /// Why the base spoke although the side was to; nil where nothing kept the side from it.
    public var fallback: TokenFallback?

    /// One token's account.
    public init(
        index: Int, id: Int32, bytes: [UInt8], path: TokenPath, probability: Float = 0, effect: Float? = nil,
        threshold: Float = 0.5, price: Float = 0, milliseconds: PartTimes = PartTimes(), simulated: Bool = false,
        bytesUp: Int = 0, bytesDown: Int = 0, transmissions: Int = 0, sigma: Float? = nil,
        fallback: TokenFallback? = nil
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
        self.simulated = simulated
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.transmissions = transmissions
        self.sigma = sigma
        self.fallback = fallback
    }

    /// Brings numbers that come out of a file into the ranges in which sums and rounding hold.
    public mutating func bound() {
        if !(0...1).contains(threshold) { threshold = threshold > 1 ? 1 : 0 }
        bytesUp = Counts.bounded(bytesUp)
        bytesDown = Counts.bounded(bytesDown)
        transmissions = Counts.bounded(transmissions)
    }
}

/// Numbers of things that come out of a file.
public enum Counts {
    /// At least 0, and no more than millions of which can be added.
    public static func bounded(_ count: Int) -> Int { min(max(count, 0), 1_000_000_000_000) }
}
