import Compute
import SPAEngine
import TestSupport
import Tokenizer

/// A tiny base, and plugins for it.
struct TinyEvaluation {
    let base: BaseModel
    let tokenizer: Tokenizer

    init() throws {
        let file = try TinyModel.file()
        base = try BaseModel(file: file, team: ThreadTeam(threads: 2))
        tokenizer = try Tokenizer(file: file)
    }

    /// A plugin with a random gate around one half; `loud` sides change what is said, others add nothing.
    func plugin(loud: Bool) -> Plugin {
        let width = base.configuration.width
        var side = SideNetwork(SideConfiguration(taps: [2, 4], width: 16, baseWidth: width), seed: 5)
        var random = SeededRandom(seed: 9)
        if loud { side.up.values = side.up.values.map { _ in random.normal() * 0.5 } }
        let weight = Matrix(rows: 2, columns: width, values: (0..<2 * width).map { _ in random.normal() * 0.3 })
        return Plugin(
            side: side, gate: Gate(linear: LinearGate(weight: weight, bias: [0, 0]), effect: nil), price: 0.3,
            baseName: base.name, baseFingerprint: base.fingerprint, facts: TrainingFacts())
    }

    /// LoRA or Adapter; `loud` ones change what is said, others add nothing.
    func plugin(inBlocks method: Method, loud: Bool) -> Plugin {
        let sizes = base.configuration
        var random = SeededRandom(seed: 9)
        let part: PluginPart
        if method == .lora {
            var lora = LowRankAdaptation(.matched(to: 2000, base: sizes), seed: 1)
            for index in lora.blocks.indices where loud {
                lora.blocks[index].query.b.values = lora.blocks[index].query.b.values.map { _ in random.normal() }
                lora.blocks[index].value.b.values = lora.blocks[index].value.b.values.map { _ in random.normal() }
            }
            part = .lora(lora)
        } else {
            var adapter = SerialAdapter(.matched(to: 2000, base: sizes), seed: 1)
            for index in adapter.blocks.indices where loud {
                for i in 0..<sizes.width { adapter.blocks[index].attention.upBias[i] = random.normal() }
            }
            part = .adapter(adapter)
        }
        return Plugin(
            method: method, part: part, gate: nil, price: 0, baseName: base.name, baseFingerprint: base.fingerprint,
            facts: TrainingFacts())
    }
}
