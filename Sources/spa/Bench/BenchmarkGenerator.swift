import SPAEngine

/// Makes replies of a given length to made-up prompts, as every reply of this program is made.
struct BenchmarkGenerator {
    private let generator: Generator
    private let vocabularySize: Int

    init(_ engine: LoadedEngine, plugin: Plugin?) throws {
        generator = try Generator(
            base: engine.base, tokenizer: engine.tokenizer, plugin: plugin, contextLength: engine.contextLength)
        vocabularySize = engine.base.configuration.vocabularySize
    }

    /// Has the next prompt read from its beginning.
    func forget() { generator.forget() }

    /// Greedily makes `count` tokens after a prompt of `depth` tokens, at least one; what the cache holds of it is not read
    /// again.
    func generate(
        _ count: Int, after depth: Int, _ settings: GenerationSettings = GenerationSettings()
    ) throws -> GenerationSummary {
        let prompt = (0..<max(1, depth)).map { Int32((UInt64($0) &* 2_654_435_761) % UInt64(vocabularySize)) }
        let stream = generator.generate(
            promptIDs: prompt, options: GenerationOptions(maximumTokens: count, stopsAtEndOfTurn: false),
            control: GenerationControl(settings))
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
