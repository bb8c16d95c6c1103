/// A link to a device in this process. Frames are really encoded and decoded, so that numbers and byte counts are those
/// of a wire.
public final class InProcessLink: Link {
    private let clock: any LinkClock
    private let device: any LinkDevice

    /// A link to what answers questions.
    public init(clock: any LinkClock = SystemClock(), device: any LinkDevice) {
        self.clock = clock
        self.device = device
    }

    /// Encodes, decodes, asks the device, encodes, decodes; all times are measured.
    public func exchange<Question: LinkQuestion>(
        _ question: Question, interruption: Interruption, deadline: Double?
    ) throws(EngineError) -> LinkOutcome<Question.Answer> {
        if interruption.isRaised { return .interrupted }
        let start = clock.now()
        let down = question.encoded()
        let received = try Question(decoding: down)
        let arrived = clock.now()
        let answer = try received.answered(by: device)
        let answered = clock.now()
        let up = answer.encoded()
        let reply = try Question.Answer(decoding: up)
        guard reply.sequence == question.sequence else {
            throw .badFrame(problem: "it answers exchange \(reply.sequence) instead of \(question.sequence)")
        }
        let end = clock.now()
        let cost = ExchangeCost(
            transmissions: 1, downlinkMilliseconds: arrived - start, deviceMilliseconds: answered - arrived,
            uplinkMilliseconds: end - answered, bytesDown: down.count, bytesUp: up.count)
        // The device computes on the caller's thread, so a late answer is seen to be late only once it is here.
        if let deadline, end - start > deadline { return .late(cost) }
        return .answered(LinkExchange(reply: reply, cost: cost))
    }
}
