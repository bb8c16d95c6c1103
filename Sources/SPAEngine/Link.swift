/// One exchange over a link: the question went down, the answer came up.
public struct LinkExchange: Sendable, Equatable {
    /// The device's answer.
    public var reply: TokenFrame
    /// Cloud to device, milliseconds.
    public var downlinkMilliseconds: Double
    /// The device's work, milliseconds.
    public var deviceMilliseconds: Double
    /// Device to cloud, milliseconds.
    public var uplinkMilliseconds: Double
    /// Bytes cloud to device.
    public var bytesDown: Int
    /// Bytes device to cloud.
    public var bytesUp: Int
    /// Whether the network's times are simulated.
    public var simulated: Bool

    /// An exchange.
    public init(
        reply: TokenFrame, downlinkMilliseconds: Double, deviceMilliseconds: Double, uplinkMilliseconds: Double,
        bytesDown: Int, bytesUp: Int, simulated: Bool
    ) {
        self.reply = reply
        self.downlinkMilliseconds = downlinkMilliseconds
        self.deviceMilliseconds = deviceMilliseconds
        self.uplinkMilliseconds = uplinkMilliseconds
        self.bytesDown = bytesDown
        self.bytesUp = bytesUp
        self.simulated = simulated
    }
}

/// What lies between the cloud and the device; nothing above it knows which kind it is.
public protocol Link: Sendable {
    /// Sends the states of one position to the device and waits for its token.
    /// - Returns: nil where `interruption` was raised before the answer was here.
    /// - Throws: `badFrame` where what came is no answer to this; what the device throws.
    func exchange(_ request: StateFrame, interruption: Interruption) throws(EngineError) -> LinkExchange?
}
