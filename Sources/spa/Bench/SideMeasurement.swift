import SPAEngine

/// What a plugin adds to the time of a token, against the base alone, by turns.
struct SideMeasurement {
    /// To a token that the base writes: what gate and taps take, percent, each repeat.
    private(set) var gatePercent: [Double] = []
    /// To a token that the side writes: gate, taps, the exchange in this process, the side network; percent, each repeat.
    private(set) var sidePercent: [Double] = []

    private static let tokens = 64

    /// nil where there is no plugin.
    init?(_ settings: Settings, repeats: Int) throws {
        var settings = settings
        settings.context = Self.tokens + 16
        let engine = try LoadedEngine.load(settings)
        guard let plugin = engine.plugin else { return nil }
        let alone = try BenchmarkGenerator(engine, plugin: nil)
        let both = try BenchmarkGenerator(engine, plugin: plugin)
        // No probability is above 1, so that the gate is asked and the base writes.
        let gated = GenerationSettings(mode: .gated, threshold: 1)
        for index in 0...repeats {
            let base = try alone.generate(Self.tokens + 1, after: 1).tokensPerSecond
            let gate = try both.generate(Self.tokens + 1, after: 1, gated).tokensPerSecond
            let side = try both.generate(Self.tokens + 1, after: 1, GenerationSettings(mode: .side)).tokensPerSecond
            if index > 0 {
                gatePercent.append(100 * (base / gate - 1))
                sidePercent.append(100 * (base / side - 1))
            }
        }
    }
}
