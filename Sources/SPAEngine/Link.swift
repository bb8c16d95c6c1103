/// One exchange over a link: the question went down, the answer came up.
public struct LinkExchange<Answer: LinkFrame>: Sendable {
    /// The device's answer.
    public var reply: Answer
    /// What it cost.
    public var cost: ExchangeCost

    /// An exchange.
    public init(reply: Answer, cost: ExchangeCost) {
        self.reply = reply
        self.cost = cost
    }
}

/// What became of a question.
public enum LinkOutcome<Answer: LinkFrame>: Sendable {
    /// The answer was here in time.
    case answered(LinkExchange<Answer>)
    /// The deadline passed first. The bytes are those that went off before it; an answer on its way is not waited for.
    case late(ExchangeCost)
    /// The reply was ended first.
    case interrupted
}

/// What exchanges cost: one of them, or the sum of several.
public struct ExchangeCost: Sendable, Equatable {
    /// Exchanges cloud → device → cloud: M of Eq. 4 (arXiv 2403.07088).
    public var transmissions: Int
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
    /// Whether any of the network's time is simulated.
    public var simulated: Bool

    /// A cost; nothing unless given.
    public init(
        transmissions: Int = 0, downlinkMilliseconds: Double = 0, deviceMilliseconds: Double = 0,
        uplinkMilliseconds: Double = 0, bytesDown: Int = 0, bytesUp: Int = 0, simulated: Bool = false
    ) {
        self.transmissions = transmissions
        self.downlinkMilliseconds = downlinkMilliseconds
        self.deviceMilliseconds = deviceMilliseconds
        self.uplinkMilliseconds = uplinkMilliseconds
        self.bytesDown = bytesDown
        self.bytesUp = bytesUp
        self.simulated = simulated
    }

    /// T_net: both directions together, milliseconds.
    public var networkMilliseconds: Double { downlinkMilliseconds + uplinkMilliseconds }

    /// Part by part.
    public static func += (left: inout ExchangeCost, right: ExchangeCost) {
        left.transmissions += right.transmissions
        left.downlinkMilliseconds += right.downlinkMilliseconds
        left.deviceMilliseconds += right.deviceMilliseconds
        left.uplinkMilliseconds += right.uplinkMilliseconds
        left.bytesDown += right.bytesDown
        left.bytesUp += right.bytesUp
        left.simulated = left.simulated || right.simulated
    }
}

/// What lies between the cloud and the device; nothing above it knows which kind it is.
public protocol Link: Sendable {
    /// Sends a question to the device and waits for its answer.
    /// - Parameter deadline: the most milliseconds to wait; nil for as long as it takes.
    /// - Throws: `badFrame` where what came is no answer to this; what the device throws.
    func exchange<Question: LinkQuestion>(
        _ question: Question, interruption: Interruption, deadline: Double?
    ) throws(EngineError) -> LinkOutcome<Question.Answer>
}

extension Link {
    /// Sends a question to the device and waits for its answer, as long as it takes.
    /// - Returns: nil where `interruption` was raised before the answer was here.
    /// - Throws: `badFrame` where what came is no answer to this; what the device throws.
    public func exchange<Question: LinkQuestion>(
        _ question: Question, interruption: Interruption
    ) throws(EngineError) -> LinkExchange<Question.Answer>? {
        guard case .answered(let exchange) = try exchange(question, interruption: interruption, deadline: nil) else {
            return nil
        }
        return exchange
    }
}

/// What answers at a link's other end. A device refuses the questions that are not for its method.
public protocol LinkDevice: Sendable {
    /// Chooses a token from the states of one position.
    func serve(_ frame: StateFrame) throws(EngineError) -> TokenFrame
    /// Names the most probable tokens after one position of each of several beams.
    func serve(_ frame: BeamStateFrame) throws(EngineError) -> CandidateFrame
    /// Works out what one block's states are changed by.
    func serve(_ frame: BlockStateFrame) throws(EngineError) -> BlockCorrectionFrame
}

extension LinkDevice {
    /// Refuses the frame.
    public func serve(_ frame: StateFrame) throws(EngineError) -> TokenFrame {
        throw .badFrame(problem: "the states of all taps, but the plugin works inside the base's blocks")
    }

    /// Refuses the frame.
    public func serve(_ frame: BeamStateFrame) throws(EngineError) -> CandidateFrame {
        throw .badFrame(problem: "the states of beams, but the plugin works inside the base's blocks")
    }

    /// Refuses the frame.
    public func serve(_ frame: BlockStateFrame) throws(EngineError) -> BlockCorrectionFrame {
        throw .badFrame(problem: "the states of one block, but the plugin is a side network")
    }
}
