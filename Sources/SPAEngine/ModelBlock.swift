import Compute

/// The weights of one block of the base: x += Wo · attend(rope(Wq n), rope(Wk n), Wv n) with n = norm(x), then
/// x += Wdown (silu(Wgate n) · Wup n) with n = norm(x).
package struct ModelBlock: Sendable {
    package let attentionNorm: [Float]
    /// Wq, Wk and Wv below each other.
    package let queryKeyValue: LinearLayer
    /// Weights of the norms of each query and key head before its turn; empty for none.
    package var queryNorm: [Float] = []
    package var keyNorm: [Float] = []
    package let attentionOutput: LinearLayer
    package let feedForwardNorm: [Float]
    /// Wgate and Wup below each other.
    package let gateUp: LinearLayer
    package let down: LinearLayer

    /// The block of the fast path; nil where a layer is not packed.
    var packed: DecoderBlock? {
        guard case .packed(let queryKeyValue) = queryKeyValue, case .packed(let attentionOutput) = attentionOutput,
            case .packed(let gateUp) = gateUp, case .packed(let down) = down
        else { return nil }
        return DecoderBlock(
            attentionNorm: attentionNorm, queryKeyValue: queryKeyValue, queryNorm: queryNorm, keyNorm: keyNorm,
            attentionOutput: attentionOutput, feedForwardNorm: feedForwardNorm, gateUp: gateUp, down: down)
    }
}

extension ModelConfiguration {
    /// What the fast path needs to know.
    var decoderShape: DecoderShape {
        DecoderShape(
            width: width, heads: headCount, keyHeads: keyValueHeadCount, headWidth: headWidth,
            feedForwardWidth: feedForwardWidth, epsilon: rmsEpsilon)
    }
}
