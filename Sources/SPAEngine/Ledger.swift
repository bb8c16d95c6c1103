/// The account of a reply or a session: what each path produced and what it cost.
public struct Ledger: Sendable, Equatable {
    /// Generated tokens.
    public private(set) var tokens = 0
    /// Those on the side path.
    public private(set) var sideTokens = 0
    /// Exchanges cloud → device → cloud, M of Eq. 4 (arXiv 2403.07088) times the tokens: one for each side token of a side
    /// network, and for a plugin inside the base's blocks as many as the blocks need.
    public private(set) var transmissions = 0
    /// Sums by part.
    public private(set) var milliseconds = PartTimes()
    /// Bytes device to cloud.
    public private(set) var bytesUp = 0
    /// Bytes cloud to device.
    public private(set) var bytesDown = 0
    /// Whether any of the network's time is simulated.
    public private(set) var simulated = false

    /// Nothing yet.
    public init() {}

    /// Takes a token in.
    public mutating func record(_ event: TokenEvent) {
        tokens += 1
        if event.path == .side { sideTokens += 1 }
        transmissions += event.transmissions
        milliseconds += event.milliseconds
        bytesUp += event.bytesUp
        bytesDown += event.bytesDown
        simulated = simulated || event.simulated
    }

    /// Tokens that were taken back are no tokens of the reply; what they cost was spent.
    mutating func retract(tokens count: Int, ofSide side: Int) {
        tokens -= count
        sideTokens -= side
    }

    /// Takes in what was done for no token of the reply, as by a beam search after the reply's last token.
    public mutating func record(_ times: PartTimes, _ cost: ExchangeCost) {
        transmissions += cost.transmissions
        milliseconds += times
        bytesUp += cost.bytesUp
        bytesDown += cost.bytesDown
        simulated = simulated || cost.simulated
    }

    /// Takes another account in.
    public mutating func add(_ other: Ledger) {
        tokens += other.tokens
        sideTokens += other.sideTokens
        transmissions += other.transmissions
        milliseconds += other.milliseconds
        bytesUp += other.bytesUp
        bytesDown += other.bytesDown
        simulated = simulated || other.simulated
    }

    /// Side tokens of all tokens, in percent; 0 without tokens.
    public var usagePercent: Double {
        tokens == 0 ? 0 : 100 * Double(sideTokens) / Double(tokens)
    }

    /// T_net of Eq. 4, in milliseconds, of these exchanges over a network: M · tau + bytes / bandwidth, M being
    /// `transmissions`. What was recorded over the same network differs from it by jitter and chance losses alone, and by the few
    /// microseconds that encoding takes.
    public func expectedNetworkMilliseconds(_ profile: NetworkProfile) -> Double {
        Double(transmissions) * profile.expectedMilliseconds(bytes: 0)
            + profile.transferMilliseconds(bytes: bytesUp + bytesDown)
    }
}
