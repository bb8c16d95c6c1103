/// Measures speeds of a loaded base the way that replies are made: through `Generator`, greedy, without a plugin.
struct SpeedMeasurement {
    private let generator: BenchmarkGenerator
    private let repeats: Int

    /// - Parameter engine: with a context in which every case fits.
    init(_ engine: LoadedEngine, repeats: Int) throws {
        generator = try BenchmarkGenerator(engine, plugin: nil)
        self.repeats = repeats
    }

    /// Tokens a second of each repeat, after one to warm up.
    func speeds(_ work: BenchmarkCase.Work) throws -> [Double] {
        generator.forget()
        let speeds = try (0...repeats).map { _ in
            switch work {
            case .prompt(let tokens):
                generator.forget()
                let summary = try generator.generate(1, after: tokens)
                return 1000 * Double(tokens) / (summary.firstTokenMilliseconds ?? .nan)
            case .generation(let tokens, let depth):
                // What is to lie before stays in the cache from repeat to repeat. The first token is part of reading that,
                // so one more makes `tokens` steps.
                return try generator.generate(tokens + 1, after: depth).tokensPerSecond
            }
        }
        return Array(speeds.dropFirst())
    }
}
