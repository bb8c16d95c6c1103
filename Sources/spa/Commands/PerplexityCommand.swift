import ArgumentParser
import Evaluation
import SPAEngine

/// `spa perplexity FILE`
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity", abstract: "Measures how well a text is foretold: the mean loss in nats a token.",
        discussion: """
            The base is measured, unless a plugin is asked for by --plugin FILE or $SPA_PLUGIN; then --mode says which \
            path. A text longer than the context is read in parts.
            """)

    @Argument(help: "A text file; '-' for standard input.", completion: .file())
    var file: String
    @Flag(help: "Compute in f32 with the weights written out: slow, and what the fast path is compared with.")
    var reference = false
    @Flag(help: "One JSON object, with the loss of each token.")
    var json = false
    @OptionGroup var shared: SharedOptions

    func run() throws {
        let settings = try shared.settings()
        let text = try file == "-" ? Standard.pipedInput() ?? "" : Files.text(Files.expanded(file))
        let engine = try LoadedEngine.load(
            settings, precision: reference ? .reference : .fast, usesPlugin: settings.pluginWasGiven)
        let window = settings.context ?? min(engine.contextLength, 2048)
        let scorer = try PathScorer(
            base: engine.base, plugin: engine.plugin, price: settings.price, window: window)
        var line = ProgressLine()
        let report = try PerplexityReport(
            text: text, tokenizer: engine.tokenizer, scorer: scorer, mode: settings.mode,
            threshold: settings.threshold
        ) { done, all in line.show("\(100 * done / max(1, all)) %") }
        line.clear()
        if report.loss.isEmpty { throw CommandFailure.nothingToPredict(path: file) }
        if json {
            Standard.line(
                JSON.object([
                    ("tokens", .integer(report.tokens)), ("mean_loss", .number(report.meanLoss)),
                    ("loss", .array(report.loss.map(JSON.float))),
                ]).text)
            return
        }
        var words = [
            "\(report.tokens) tokens", "mean loss \(Figures.text(report.meanLoss, 4)) nats",
            "perplexity \(Figures.text(report.perplexity, 2))",
        ]
        if engine.plugin != nil {
            words.append("usage \(Figures.text(100 * Double(report.sideTokens) / Double(report.loss.count))) %")
        }
        Standard.line(words.joined(separator: ", "))
    }
}
