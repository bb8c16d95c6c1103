/// What reading a question took of exchanges between the two models: nothing for a plugin beside the base, and for one
/// inside its blocks the states of the whole question.
public struct PromptExchanges: Sendable, Codable, Equatable {
    /// Exchanges cloud → device → cloud.
    public var transmissions: Int
    /// Bytes from the device to the cloud.
    public var bytesUp: Int
    /// Bytes from the cloud to the device.
    public var bytesDown: Int
    /// Milliseconds that the network took of both ways.
    public var networkMilliseconds: Double
    /// Whether those are simulated.
    public var simulated: Bool

    /// An account.
    public init(
        transmissions: Int, bytesUp: Int, bytesDown: Int, networkMilliseconds: Double = 0, simulated: Bool = false
    ) {
        self.transmissions = transmissions
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.networkMilliseconds = networkMilliseconds
        self.simulated = simulated
    }

    /// Brings numbers that come out of a file into the ranges in which sums hold.
    public mutating func bound() {
        transmissions = Counts.bounded(transmissions)
        bytesUp = Counts.bounded(bytesUp)
        bytesDown = Counts.bounded(bytesDown)
    }
}
