import Chat
import Compute
import SPAEngine
import Testing

/// The chat's numbers of a network are the engine's: the chat knows the engine not, so both read the same words.
@Suite struct NetworkFiguresTests {
    private func equal(_ figures: NetworkFigures, _ profile: NetworkProfile) -> Bool {
        figures.roundTripMilliseconds == profile.roundTripMilliseconds
            && figures.jitterMilliseconds == profile.jitterMilliseconds && figures.loss == profile.loss
            && figures.bitsPerSecond == profile.bitsPerSecond && figures.seed == profile.seed
    }

    @Test func presetsAreTheEngines() throws {
        #expect(NetworkFigures.presets.map(\.name) == NetworkProfile.presets.map(\.name))
        for (preset, profile) in zip(NetworkFigures.presets, NetworkProfile.presets) {
            #expect(equal(preset.figures, profile))
        }
    }

    /// What the one reads the other reads, to the same numbers; what the one refuses the other refuses.
    @Test func bothReadTheSame() throws {
        var random = SeededRandom(seed: 6)
        let keys = ["rtt", "jitter", "loss", "bandwidth", "seed", "delay"]
        let values = [
            "80ms", "0", "2s", "10us", "1%", "0.01", "20mbit", "64kbit", "7", "-1", "", "1e3", "0.95", "99s",
            "20mbit/s", "1gbit/s", "1000000gbit", "1000001gbit", "99999999999999999999",
        ]
        var read = 0
        for _ in 0..<4000 {
            var parts: [String] = Bool.random(using: &random) ? ["rtt=100ms"] : []
            if Int.random(in: 0..<5, using: &random) == 0 { parts.insert("4g", at: 0) }
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                parts.append(
                    (keys.randomElement(using: &random) ?? "") + "=" + (values.randomElement(using: &random) ?? ""))
            }
            let text = parts.joined(separator: ",")
            let profile = try? NetworkProfile.parse(text)
            let figures = NetworkFigures(text)
            #expect((figures == nil) == (profile == nil) && (NetworkFigures.fault(in: text) == nil) == (profile != nil))
            guard let figures, let profile else { continue }
            read += 1
            #expect(equal(figures, profile), "\(text)")
            let back = try #require(try NetworkProfile.parse(figures.description))
            #expect(abs(back.bitsPerSecond / profile.bitsPerSecond - 1) < 1e-4 || !profile.bitsPerSecond.isFinite)
            let bytes = 12_708
            let expected = 3 * profile.expectedMilliseconds(bytes: bytes)
            #expect(abs(figures.expectedMilliseconds(exchanges: 3, bytes: 3 * bytes) - expected) <= 1e-9 * expected)
        }
        #expect(read > 500)
    }
}
