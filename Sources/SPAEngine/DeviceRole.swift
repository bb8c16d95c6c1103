import Compute

/// The device: side network and the base's output head. It speaks the side's tokens; neither the side's weights nor its
/// output leave it, only the token that was chosen.
public final class DeviceRole: LinkDevice {
    private let base: BaseModel
    private let side: SideInference
    private let method: Method
    private let sampler: Sampler
    private let clock: any LinkClock

    /// A device for one reply; `sampling` has no penalties.
    package init(
        base: BaseModel, side: SideInference, method: Method, sampling: SamplingOptions,
        clock: any LinkClock = SystemClock()
    ) {
        self.base = base
        self.side = side
        self.method = method
        self.clock = clock
        sampler = Sampler(sampling)
    }

    /// Chooses from the side path.
    /// - Throws: `badFrame` where the frame's taps are not those of this side network.
    public func serve(_ frame: StateFrame) throws(EngineError) -> TokenFrame {
        let start = clock.now()
        let state = try state(frame)
        let token =
            sampler.options.isGreedy
            ? base.likeliest(state)
            : sampler.sample(base.head(state).values, history: [], position: Int(frame.position))
        let microseconds = max(0, (clock.now() - start) * 1000)
        return TokenFrame(
            sequence: frame.sequence, token: token, deviceMicroseconds: UInt32(min(microseconds, 4e9)))
    }

    /// Names the most probable tokens of the side path for every beam.
    /// - Throws: `badFrame` where the frame's taps are not those of this side network.
    public func serve(_ frame: BeamStateFrame) throws(EngineError) -> CandidateFrame {
        let start = clock.now()
        var states: [Float] = []
        for beam in frame.states { states += try state(beam).values }
        let width = base.configuration.width
        let logits = base.head(Matrix(rows: frame.states.count, columns: width, values: states))
        let candidates = frame.states.indices.map { logits.likeliestTokens(row: $0, count: frame.candidates) }
        let microseconds = max(0, (clock.now() - start) * 1000)
        return CandidateFrame(
            sequence: frame.sequence, deviceMicroseconds: UInt32(min(microseconds, 4e9)), candidates: candidates)
    }

    /// The side path's logits, [V].
    func logits(_ frame: StateFrame) throws(EngineError) -> [Float] { base.head(try state(frame)).values }

    /// What the head reads, [1, H]: rms(f) + u, or u alone where the method leaves the base out.
    func state(_ frame: StateFrame) throws(EngineError) -> Matrix {
        let expected = side.configuration
        guard frame.width == expected.baseWidth, frame.tapCount == expected.taps.count else {
            throw .badFrame(
                problem: "\(frame.tapCount) taps of \(frame.width), the plugin reads \(expected.taps.count) of "
                    + "\(expected.baseWidth)")
        }
        let u = side.forward(frame.taps, team: base.team)
        guard method.addsToBase else { return Matrix(rows: 1, columns: u.count, values: u) }
        var state = frame.final
        VectorMath.addScaled(&state.values, u, factor: 1)
        return state
    }
}
