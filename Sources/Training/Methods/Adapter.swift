import SPAEngine

/// Adapter (Houlsby et al., arXiv 1902.00751): two bottlenecks in every block, x + W_up silu(W_down x + b_down) + b_up on
/// the output of attention and of feed-forward part; no gate, no anchors. It starts at the base, with W_up = 0.
///
///     loss = E_data[ -log p(y) ],   p = softmax(E · norm(f)) of the changed base
extension SerialAdapter: BlockMethod {
    static func start(matching count: Int, base: ModelConfiguration, seed: UInt64) -> SerialAdapter {
        SerialAdapter(.matched(to: count, base: base), seed: seed)
    }

    var pluginPart: PluginPart { .adapter(self) }
}
