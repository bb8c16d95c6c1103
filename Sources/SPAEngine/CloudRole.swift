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

    let base: BaseModel
    let cache: KVCache
    private let gate: GateInference?
    let taps: [Int]
    let exchanges: BlockExchanges?
    private let sampler: Sampler
    /// Where the reply begins.
    private let replyStart: Int

    /// A cloud for one reply. Without a plugin it has no gate and keeps no taps.
    /// - Parameters:
    ///   - exchanges: the way to a plugin inside the base's blocks; `cache` is then its own.
    ///   - replyStart: where the reply begins, whose tokens are penalised.
    init(
        base: BaseModel, cache: KVCache, ready: ReadyPlugin?, exchanges: BlockExchanges? = nil,
        sampling: SamplingOptions, replyStart: Int = 0
    ) {
        self.base = base
        self.cache = cache
        gate = ready?.gate
        taps = ready?.plugin.side?.configuration.taps ?? []
        self.exchanges = exchanges
        sampler = Sampler(sampling)
        self.replyStart = replyStart
    }

    /// The same cloud with another text.
    init(_ other: CloudRole, cache: KVCache) {
        self.cache = cache
        (base, gate, taps, exchanges) = (other.base, other.gate, other.taps, other.exchanges)
        (sampler, replyStart) = (other.sampler, other.replyStart)
    }

    /// Reads the part of the prompt that is not in the cache yet, at least its last token, in pieces between which it can
    /// be interrupted.
    ///
    /// With a plugin inside the blocks the last token is left: each token of a reply is chosen after one position was read,
    /// whose exchanges are counted with it.
    /// - Returns: the last position where it was read, and how many tokens had to be computed; nil where interrupted.
    public func read(
        prompt: [Int32], interruption: Interruption
    ) throws(EngineError) -> (position: Position?, computed: Int)? {
        guard !prompt.isEmpty else { throw .emptyPrompt }
        guard prompt.count <= cache.capacity else {
            throw .contextFull(needed: prompt.count, capacity: cache.capacity)
        }
        let known = min(cache.commonPrefix(with: prompt), prompt.count - 1)
        cache.truncate(to: known)
        let end = exchanges == nil ? prompt.count : prompt.count - 1
        var start = known
        while end - start > Self.pieceLength {
            if interruption.isRaised { return nil }
            guard try forward(Array(prompt[start..<start + Self.pieceLength]), wanted: .positions([])) != nil else {
                return nil
            }
            start += Self.pieceLength
        }
        if interruption.isRaised { return nil }
        let computed = prompt.count - known
        guard exchanges != nil else { return try read(Array(prompt[start...])).map { ($0, computed) } }
        if start < end, try forward(Array(prompt[start..<end]), wanted: .positions([])) == nil { return nil }
        return (nil, computed)
    }

    /// Reads tokens that follow what is in the cache; the last position's states are kept.
    /// - Returns: nil where an exchange was interrupted.
    public func read(_ tokens: [Int32]) throws(EngineError) -> Position? {
        guard let states = try forward(tokens, wanted: .last) else { return nil }
        return Position(final: states.finals, taps: states.taps, next: cache.count)
    }

    private func forward(_ tokens: [Int32], wanted: BaseModel.Wanted) throws(EngineError) -> BaseModel.States? {
        do throws(EngineError) {
            return try base.forward(tokens, cache: cache, taps: taps, wanted: wanted, exchanges: exchanges)
        } catch {
            if error == .interrupted { return nil }
            throw error
        }
    }

    /// Whether a further token fits.
    public var isFull: Bool { cache.count >= cache.capacity }

    /// What the gate says; nil without a gate.
    public func decide(_ position: Position, price: Float) -> GateDecision? {
        gate?.decide(final: position.final, taps: position.taps, price: price, team: base.team) {
            base.head(position.final)
        }
    }

    /// Chooses from p_f.
    public func token(at position: Position) -> Int32 {
        if sampler.options.isGreedy { return base.likeliest(position.final) }
        return sampler.sample(
            base.head(position.final).values, history: cache.tokens.dropFirst(replyStart), position: position.next)
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
