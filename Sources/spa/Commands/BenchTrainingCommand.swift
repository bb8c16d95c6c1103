import ArgumentParser
import Training

/// `spa bench-training`: for demo/compare-training, not for daily use.
struct BenchTrainingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-training", abstract: "Times the steps of a training on random features.",
        discussion:
            "Prints the positions (data and anchors) trained a second, once for each run, one JSON object a line.",
        shouldDisplay: false)

    @Option(help: ArgumentHelp("Data positions a step.", valueName: "n"), transform: SettingText.positive)
    var data = 61
    @Option(help: ArgumentHelp("Anchor positions a step.", valueName: "n"), transform: SettingText.positive)
    var anchors = 114
    @Option(help: ArgumentHelp("Tokens that the softmax runs over.", valueName: "n"), transform: SettingText.positive)
    var vocabulary = 16_000
    @Option(help: ArgumentHelp("Steps a run.", valueName: "n"), transform: SettingText.positive)
    var steps = 30
    @Option(help: ArgumentHelp("Threads.", valueName: "n"), transform: SettingText.positive)
    var threads = 2
    @Flag(help: "Run once for each line of standard input.")
    var onDemand = false

    func run() throws {
        var shape = TrainingBenchmark.Shape()
        (shape.data, shape.anchors, shape.vocabulary) = (data, anchors, vocabulary)
        var benchmark = try TrainingBenchmark(shape, threads: threads)
        _ = benchmark.run(steps: 3)
        repeat {
            if onDemand, readLine() == nil { break }
            let (seconds, loss) = benchmark.run(steps: steps)
            let rate = Double(benchmark.positions * steps) / seconds
            Standard.line(
                JSON.object([
                    ("tokens_per_second", .rounded(rate, 1)),
                    ("milliseconds", .rounded(1000 * seconds / Double(steps), 3)),
                    ("loss", .rounded(Double(loss), 5)), ("threads", .integer(threads)),
                ]).text)
        } while onDemand
    }
}
