import SPAEngine

/// LoRA (arXiv 2106.09685): Wq and Wv of every block become W + (alpha / r) B A; no gate, no anchors. It starts at the
/// base, with B = 0.
///
///     loss = E_data[ -log p(y) ],   p = softmax(E · norm(f)) of the changed base
extension LowRankAdaptation: BlockMethod {
    static func start(matching count: Int, base: ModelConfiguration, seed: UInt64) -> LowRankAdaptation {
        LowRankAdaptation(.matched(to: count, base: base), seed: seed)
    }

    var pluginPart: PluginPart { .lora(self) }
}
