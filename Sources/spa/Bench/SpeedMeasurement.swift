import SPAEngine
import Tokenizer

/// Measures speeds of a loaded base the way that replies are made: through `Generator`, greedy, without a plugin.
struct SpeedMeasurement {
    private let generator: Generator
    private let vocabularySize: Int
    private let repeats: Int

    /// - Parameter engine: with a context in which every case fits.
    init(_ engine: LoadedEngine, repeats: Int) throws {
        generator = try engine.generator()
        vocabularySize = engine.base.configuration.vocabularySize
        self.repeats = repeats
    }

    /// Tokens a second of each repeat, after one to warm up.
    func speeds(_ work: BenchmarkCase.Work) throws -> [Double] {
        generator.forget()
        let speeds = try (0...repeats).map { _ in
            switch work {
            case .prompt(let tokens):
                generator.forget()
                let summary = try generate(1, after: tokens)
                return 1000 * Double(tokens) / (summary.firstTokenMilliseconds ?? .nan)
            case .generation(let tokens, let depth):
                // What is to lie before stays in the cache from repeat to repeat. The first token is part of reading that,
                // so one more makes `tokens` steps.
                return try generate(tokens + 1, after: max(1, depth)).tokensPerSecond
            }
        }
        return Array(speeds.dropFirst())
    }

    private func generate(_ count: Int, after depth: Int) throws -> GenerationSummary {
        let prompt = (0..<depth).map { Int32((UInt64($0) &* 2_654_435_761) % UInt64(vocabularySize)) }
        let stream = generator.generate(
            promptIDs: prompt, options: GenerationOptions(maximumTokens: count, stopsAtEndOfTurn: false))
        let end = runToEnd { () -> GenerationOutput? in
            var last: GenerationOutput?
            for await output in stream { last = output }
            return last
        }
        switch end {
        case .finished(let summary): return summary
        case .failed(let error): throw error
        default: throw CommandFailure.engine("the generation ended without a result")
        }
    }
}
