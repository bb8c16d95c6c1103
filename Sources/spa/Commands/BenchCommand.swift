import ArgumentParser
import Glibc
import SPAEngine
import Tokenizer

/// `spa bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures the base's speed and memory on this machine.",
        discussion: """
            pp512: a prompt of 512 tokens is read; tg128: 128 tokens are generated; both in tokens a second, medians. \
            first_token_ms: from a short question to its first token. Close other programs first.
            """)

    @Option(help: ArgumentHelp("How often each is measured.", valueName: "n"), transform: SettingText.positive)
    var repeats = 5
    @Flag(help: "One JSON object.")
    var json = false
    @OptionGroup(title: "Base model") var base: BaseOptions

    func run() throws {
        var settings = try Settings(Settings.sources(), base)
        settings.context = 1024
        let clock = ContinuousClock()
        var line = ProgressLine()
        line.show("loading")
        let start = clock.now
        let engine = try LoadedEngine.load(settings, usesPlugin: false)
        let loaded = Self.milliseconds(clock.now - start)

        line.show("reading 512 tokens")
        let prompts = try prompt(engine, clock)
        line.show("generating 128 tokens")
        let (generation, first) = try generation(engine)
        line.clear()

        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let memory = Double(usage.ru_maxrss) / 1024
        var load = [0.0]
        getloadavg(&load, 1)
        if json {
            Standard.line(
                JSON.object([
                    ("pp512", .rounded(Figures.median(prompts), 2)), ("tg128", .rounded(Figures.median(generation), 2)),
                    ("threads", .integer(settings.threads)), ("peak_rss_mib", .rounded(memory, 1)),
                    ("first_token_ms", .rounded(Figures.median(first), 2)), ("load_ms", .rounded(loaded, 1)),
                    ("load_average", .rounded(load[0], 2)), ("model", .string(engine.base.name)),
                ]).text)
            return
        }
        Standard.line(
            "model           \(engine.base.name), \(settings.threads) threads, load average \(Figures.text(load[0], 2))"
        )
        Standard.line("pp512           \(Self.spread(prompts)) tokens/s")
        Standard.line("tg128           \(Self.spread(generation)) tokens/s")
        Standard.line("first token     \(Self.spread(first)) ms")
        Standard.line("loading         \(Figures.text(loaded, 0)) ms")
        Standard.line("peak memory     \(Figures.text(memory, 0)) MiB")
    }

    /// Tokens a second over a prompt of 512, once to warm up.
    private func prompt(_ engine: LoadedEngine, _ clock: ContinuousClock) throws -> [Double] {
        let cache = try engine.base.makeCache(capacity: 512)
        let size = UInt64(engine.base.configuration.vocabularySize)
        let tokens = (0..<512).map { Int32((UInt64($0) &* 2_654_435_761) % size) }
        var speeds: [Double] = []
        for _ in 0...repeats {
            cache.reset()
            let start = clock.now
            let states = try engine.base.forward(tokens, cache: cache)
            _ = engine.base.head(states.finals)
            speeds.append(512_000 / Self.milliseconds(clock.now - start))
        }
        return Array(speeds.dropFirst())
    }

    /// Tokens a second over 128 generated ones, and milliseconds to the first token of a fresh question.
    private func generation(_ engine: LoadedEngine) throws -> (speeds: [Double], first: [Double]) {
        let generator = try engine.generator()
        let prompt = engine.prompt([Message(role: .user, content: "Why is the sky blue? Explain it to a child.")])
        let options = GenerationOptions(maximumTokens: 128, stopsAtEndOfTurn: false)
        var (speeds, first): ([Double], [Double]) = ([], [])
        for _ in 0...repeats {
            generator.forget()
            let stream = generator.generate(promptIDs: prompt, options: options)
            let end = runToEnd { () -> GenerationOutput? in
                var last: GenerationOutput?
                for await output in stream { last = output }
                return last
            }
            switch end {
            case .finished(let summary):
                speeds.append(summary.tokensPerSecond)
                first.append(summary.firstTokenMilliseconds ?? .nan)
            case .failed(let error): throw error
            default: break
            }
        }
        return (Array(speeds.dropFirst()), Array(first.dropFirst()))
    }

    private static func spread(_ values: [Double]) -> String {
        let (least, most) = (values.min() ?? 0, values.max() ?? 0)
        return "\(Figures.text(Figures.median(values))) (\(Figures.text(least))–\(Figures.text(most)))"
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}
