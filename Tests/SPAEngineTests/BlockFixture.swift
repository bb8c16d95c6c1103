import Compute
import SPAEngine

extension GenerationFixture {
    /// LoRA or Adapter: as it is before training (strength 0), or with random numbers that change the text.
    func plugin(inBlocks method: Method, strength: Float = 1) -> Plugin {
        let sizes = base.configuration
        var random = SeededRandom(seed: 3)
        let part: PluginPart
        if method == .lora {
            var lora = LowRankAdaptation(
                LowRankConfiguration(
                    blockCount: sizes.blockCount, baseWidth: sizes.width, queryWidth: sizes.queryWidth,
                    valueWidth: sizes.keyWidth, rank: 3), seed: 4)
            for index in lora.blocks.indices {
                for factors in [\LowRankAdaptation.Block.query, \LowRankAdaptation.Block.value] {
                    let count = lora.blocks[index][keyPath: factors].b.values.count
                    lora.blocks[index][keyPath: factors].b.values = (0..<count).map { _ in
                        random.normal() * 0.3 * strength
                    }
                }
            }
            part = .lora(lora)
        } else {
            var adapter = SerialAdapter(
                SerialAdapterConfiguration(blockCount: sizes.blockCount, baseWidth: sizes.width, width: 5), seed: 4)
            for index in adapter.blocks.indices {
                for bottleneck in [\SerialAdapter.Block.attention, \SerialAdapter.Block.feedForward] {
                    let count = adapter.blocks[index][keyPath: bottleneck].up.values.count
                    adapter.blocks[index][keyPath: bottleneck].up.values = (0..<count).map { _ in
                        random.normal() * 0.5 * strength
                    }
                    for i in 0..<sizes.width {
                        adapter.blocks[index][keyPath: bottleneck].upBias[i] = random.normal() * 0.1 * strength
                    }
                    for i in 0..<5 { adapter.blocks[index][keyPath: bottleneck].downBias[i] = random.normal() * 0.1 }
                }
            }
            part = .adapter(adapter)
        }
        return Plugin(
            method: method, part: part, gate: nil, price: 0, baseName: base.name, baseFingerprint: base.fingerprint,
            facts: TrainingFacts())
    }
}
