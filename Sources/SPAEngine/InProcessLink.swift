/// A link to a device in this process. Frames are really encoded and decoded, so that numbers and byte counts are those
/// of a wire.
public final class InProcessLink: Link {
    private let clock: any LinkClock
    private let device: @Sendable (StateFrame) throws(EngineError) -> TokenFrame

    /// A link to what answers requests.
    public init(
        clock: any LinkClock = SystemClock(),
        device: @escaping @Sendable (StateFrame) throws(EngineError) -> TokenFrame
    ) {
        self.clock = clock
        self.device = device
    }

    /// Encodes, decodes, asks the device, encodes, decodes; all times are measured.
    public func exchange(_ request: StateFrame, interruption: Interruption) throws(EngineError) -> LinkExchange? {
        if interruption.isRaised { return nil }
        let start = clock.now()
        let down = request.encoded()
        let received = try StateFrame(decoding: down)
        let arrived = clock.now()
        let answer = try device(received)
        let answered = clock.now()
        let up = answer.encoded()
        let reply = try TokenFrame(decoding: up)
        guard reply.sequence == request.sequence else {
            throw .badFrame(problem: "it answers exchange \(reply.sequence) instead of \(request.sequence)")
        }
        return LinkExchange(
            reply: reply, downlinkMilliseconds: arrived - start, deviceMilliseconds: answered - arrived,
            uplinkMilliseconds: clock.now() - answered, bytesDown: down.count, bytesUp: up.count, simulated: false)
    }
}
