/// What a decoder's blocks look like.
public struct DecoderShape: Sendable {
    /// Width of the residual stream.
    public var width: Int
    /// Query heads.
    public var heads: Int
    /// Key and value heads; each serves heads / keyHeads query heads.
    public var keyHeads: Int
    /// Width of a head.
    public var headWidth: Int
    /// Inner width of the feed-forward part.
    public var feedForwardWidth: Int
    /// The epsilon under RMSNorm's root.
    public var epsilon: Float

    /// A shape.
    public init(width: Int, heads: Int, keyHeads: Int, headWidth: Int, feedForwardWidth: Int, epsilon: Float) {
        self.width = width
        self.heads = heads
        self.keyHeads = keyHeads
        self.headWidth = headWidth
        self.feedForwardWidth = feedForwardWidth
        self.epsilon = epsilon
    }
}

/// The weights of one block: x += Wo · attend(rope(Wq n), rope(Wk n), Wv n) with n = norm(x), then
/// x += Wdown (silu(Wgate n) · Wup n) with n = norm(x).
public struct DecoderBlock: Sendable {
    /// The first norm's weight, [width].
    public var attentionNorm: [Float]
    /// Wq, Wk and Wv below each other.
    public var queryKeyValue: PackedLayer
    /// The weight of a norm of each query head before its turn, [head width]; empty for none.
    public var queryNorm: [Float]
    /// The same for key heads.
    public var keyNorm: [Float]
    /// Wo.
    public var attentionOutput: PackedLayer
    /// The second norm's weight, [width].
    public var feedForwardNorm: [Float]
    /// Wgate and Wup below each other.
    public var gateUp: PackedLayer
    /// Wdown.
    public var down: PackedLayer

    /// A block.
    public init(
        attentionNorm: [Float], queryKeyValue: PackedLayer, queryNorm: [Float] = [], keyNorm: [Float] = [],
        attentionOutput: PackedLayer, feedForwardNorm: [Float], gateUp: PackedLayer, down: PackedLayer
    ) {
        self.attentionNorm = attentionNorm
        self.queryKeyValue = queryKeyValue
        self.queryNorm = queryNorm
        self.keyNorm = keyNorm
        self.attentionOutput = attentionOutput
        self.feedForwardNorm = feedForwardNorm
        self.gateUp = gateUp
        self.down = down
    }
}
