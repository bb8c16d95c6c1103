import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing

/// Plugins inside the real model's blocks.
@Suite(.enabled(if: RealModel.path != nil, "the base model is not installed"), .serialized, .tags(.realModel))
struct PlacementTests {
    /// Every block runs product by product instead of all in one run of the team, and its states go over a link; while
    /// nothing is added, the states are the base's in every bit.
    @Test(arguments: [Method.lora, .adapter]) func untrainedTheyAreTheBase(method: Method) throws {
        let file = try GGUFFile(path: #require(RealModel.path))
        let base = try BaseModel(file: file, team: ThreadTeam(threads: 2))
        let count = SideConfiguration.standard(for: base.configuration).parameterCount
        let part: PluginPart =
            method == .lora
            ? .lora(LowRankAdaptation(.matched(to: count, base: base.configuration), seed: 1))
            : .adapter(SerialAdapter(.matched(to: count, base: base.configuration), seed: 1))
        let plugin = Plugin(
            method: method, part: part, gate: nil, price: 0, baseName: base.name, baseFingerprint: base.fingerprint,
            facts: TrainingFacts())
        let text = (0..<90).map { Int32($0 * 331 % 40_000) }
        let exchanges = try #require(try BlockExchanges(plugin, base: base))
        let adapted = try base.forward(text, cache: base.makeCache(capacity: 90), wanted: .all, exchanges: exchanges)
        let plain = try base.forward(text, cache: base.makeCache(capacity: 90), wanted: .all)
        #expect(adapted.finals == plain.finals)
    }
}
