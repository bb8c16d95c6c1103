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
}
