import Compute

/// What both paths and the gate say at one position of a text.
public struct TokenInspection: Sendable, Equatable {
    /// The position that the token asked about has in the text, counted from 0.
    public var position: Int
    /// The base's most probable tokens at temperature 1, most probable first.
    public var base: [Candidate]
    /// The plugin's; empty without a plugin.
    public var side: [Candidate]
    /// What the gate says; nil without a gate.
    public var decision: GateDecision?
    /// -log p_f of the token asked about, nats.
    public var baseLoss: Float
    /// -log p_I of it; nil without a plugin.
    public var sideLoss: Float?

    /// What choosing the side gains on this token, in nats: loss_f - loss_I.
    public var realisedEffect: Float? { sideLoss.map { baseLoss - $0 } }
}

/// Looks at positions of texts that have been written, in caches of its own that share their pages with those of the
/// replies: nothing that was read for a conversation is disturbed, and walking from token to token reads one at a time.
struct PathProbe {
    private var cache: KVCache?
    /// For a plugin inside the base's blocks, with the number of that plugin.
    private var blocks: (plugin: Int, cache: KVCache)?

    /// The last position of a text as the base alone reads it, with the plugin's taps.
    mutating func read(
        _ text: [Int32], base: BaseModel, taps: [Int], from reply: KVCache
    ) throws(EngineError) -> CloudRole.Position {
        let cache = try Self.nearest(to: text, own: self.cache, reply: reply)
        self.cache = cache
        let states = try base.forward(Array(text[cache.count...]), cache: cache, taps: taps)
        return CloudRole.Position(final: states.finals, taps: states.taps, next: text.count)
    }

    /// The last position's final state as the base with a plugin inside its blocks reads the text.
    mutating func read(
        _ text: [Int32], base: BaseModel, plugin: (number: Int, exchanges: BlockExchanges), from reply: KVCache
    ) throws(EngineError) -> Matrix {
        let own = blocks.flatMap { $0.plugin == plugin.number ? $0.cache : nil }
        let cache = try Self.nearest(to: text, own: own, reply: reply)
        blocks = (plugin.number, cache)
        return try base.forward(Array(text[cache.count...]), cache: cache, exchanges: plugin.exchanges).finals
    }

    /// Of two caches the one that has read more of the text, cut to what they share and at least one token short of it.
    private static func nearest(to text: [Int32], own: KVCache?, reply: KVCache) throws(EngineError) -> KVCache {
        let known = min(reply.commonPrefix(with: text), text.count - 1)
        if let own {
            let mine = min(own.commonPrefix(with: text), text.count - 1)
            if mine >= known {
                own.truncate(to: mine)
                return own
            }
        }
        return try reply.fork(count: known)
    }

    /// Forgets everything.
    mutating func reset() { (cache, blocks) = (nil, nil) }
}

extension Sampler {
    /// -log softmax(logits)[id], nats; infinite for a token that the vocabulary does not have.
    static func loss(_ logits: [Float], of id: Int32) -> Float {
        guard logits.indices.contains(Int(id)) else { return .infinity }
        return VectorMath.logSumExp(logits, in: 0..<logits.count) - logits[Int(id)]
    }
}
