import Compute

/// The cloud: base, cache and gate. It reads, decides who speaks each token, and speaks the base's own. Used by one
/// thread at a time.
public final class CloudRole {
    /// The last position that was read.
    public struct Position: Sendable {
        /// f_t, raw, [1, H].
        public var final: Matrix
        /// h^l_t of the plugin's taps, raw, K of [1, H].
        public var taps: [Matrix]
        /// The position that comes next, which these states predict, counted from 0.
        public var next: Int
    }

    private let base: BaseModel
    private let cache: KVCache
    private let gate: Gate?
    private let taps: [Int]
    private let sampler: Sampler

    /// A cloud for one reply. Without a plugin it has no gate and keeps no taps.
    public init(base: BaseModel, cache: KVCache, plugin: Plugin?, sampling: SamplingOptions) {
        self.base = base
        self.cache = cache
        gate = plugin?.gate
        taps = plugin?.side?.configuration.taps ?? []
        sampler = Sampler(sampling)
    }

    /// Reads the part of the prompt that is not in the cache yet, at least its last token, in pieces between which it can
    /// be interrupted.
    /// - Returns: the last position and how many tokens were computed; nil where interrupted.
    public func read(
        prompt: [Int32], interruption: Interruption
    ) throws(EngineError) -> (position: Position, computed: Int)? {
        guard !prompt.isEmpty else { throw .emptyPrompt }
        guard prompt.count <= cache.capacity else {
            throw .contextFull(needed: prompt.count, capacity: cache.capacity)
        }
        let known = min(cache.commonPrefix(with: prompt), prompt.count - 1)
        cache.truncate(to: known)
        var start = known
        while prompt.count - start > Self.pieceLength {
            if interruption.isRaised { return nil }
            let piece = Array(prompt[start..<start + Self.pieceLength])
            _ = try base.forward(piece, cache: cache, wanted: .positions([]))
            start += Self.pieceLength
        }
        if interruption.isRaised { return nil }
        return (try read(Array(prompt[start...])), prompt.count - known)
    }

    /// Reads tokens that follow what is in the cache; the last position's states are kept.
    public func read(_ tokens: [Int32]) throws(EngineError) -> Position {
        let states = try base.forward(tokens, cache: cache, taps: taps)
        return Position(final: states.finals, taps: states.taps, next: cache.count)
    }

    /// Whether a further token fits.
    public var isFull: Bool { cache.count >= cache.capacity }

    /// What the gate says; nil without a gate.
    public func decide(_ position: Position, price: Float) -> GateDecision? {
        gate?.decide(VectorMath.rms(position.final), price: price, team: base.team).first
    }

    /// Chooses from p_f.
    public func token(at position: Position) -> Int32 {
        if sampler.options.isGreedy { return base.likeliest(position.final) }
        return sampler.sample(base.head(position.final).values, history: cache.tokens, position: position.next)
    }

    /// What the device needs for this position.
    public func frame(for position: Position, sequence: UInt32) -> StateFrame {
        StateFrame(position, sequence: sequence)
    }

    private static let pieceLength = 128
}

extension StateFrame {
    /// rms(h^l) and rms(f) of a position, in half precision.
    init(_ position: CloudRole.Position, sequence: UInt32) {
        self.init(
            sequence: sequence, position: UInt32(position.next), taps: position.taps.map { VectorMath.rms($0) },
            final: VectorMath.rms(position.final))
    }
}
