import ArgumentParser
import Evaluation
import Manual
import SPAEngine

/// `spa evaluate DATA --plugin FILE`
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a plugin on questions: ROUGE-L, loss, usage, transmissions.",
        discussion: """
            DATA is as for 'spa train'. Rows of {"prompt": …} alone have no answer to compare with; with --compare \
            they show how many answers stay as the base gives them. Answers have at most 128 tokens unless --max-tokens \
            says otherwise.

            With --conversations, DATA are scripted conversations, one a line: {"subject": …, "turns": [{"user": …, \
            "kind": "on|preamble|followup|general|untaught", "right": ["Esc", ["one", "or the other"]]}, …]}. They are \
            played as in the chat: shown are the right answers, who spoke, and who said what was taught without being \
            asked for it.
            """)

    @Argument(help: "Files or folders with rows to ask.", completion: .file())
    var data: [String]
    @Flag(help: "DATA are scripted conversations.")
    var conversations = false
    @Option(help: ArgumentHelp("Play only conversations on this subject.", valueName: "name"))
    var subject: String?
    @Option(
        help: ArgumentHelp(
            "The rows that the plugin was taught, to know them again (default: SUBJECT.jsonl beside the conversations).",
            valueName: "file"), completion: .file())
    var facts: [String] = []
    @Flag(help: "Let the base answer as well, and compare.")
    var compare = false
    @Flag(help: "Measure losses alone; generate nothing.")
    var noAnswers = false
    @Flag(help: "Show each answer.")
    var answers = false
    @Option(help: ArgumentHelp("Ask only the first rows.", valueName: "n"), transform: SettingText.positive)
    var limit: Int?
    @Option(
        help: ArgumentHelp(
            "Rows that are answered at once: the same answers in less time (default: 1, which shows how long one takes).",
            valueName: "n"), transform: SettingText.upTo64)
    var together: Int?
    @Flag(help: "Choose tokens as the chat does, and not the most probable ones.")
    var asChat = false
    @Flag(help: "One JSON object.")
    var json = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if conversations, compare || noAnswers || limit != nil || together != nil {
            throw ValidationError("--compare, --no-answers, --limit and --together are not for --conversations.")
        }
        if !conversations, subject != nil || !facts.isEmpty {
            throw ValidationError("--subject and --facts are for --conversations.")
        }
    }

    func run() throws {
        let settings = try shared.settings(asChat ? .varied : .greedy)
        if settings.mode == .side, settings.plugin == nil { throw CommandFailure.noPlugin }
        if conversations { return try play(settings) }
        var rows = try EvaluationData.read(data.map(Files.expanded))
        if let limit { rows = Array(rows.prefix(limit)) }
        let engine = try LoadedEngine.load(settings)
        for note in engine.notes { Standard.error("spa: note: \(note)") }
        var options = Self.options(settings, engine)
        options.answers = !noAnswers
        options.together = together ?? 1
        options.comparesWithBase = compare
        let evaluator = Evaluator(
            base: engine.base, tokenizer: engine.tokenizer, template: engine.template, plugins: engine.plugins,
            options: options)

        let control = GenerationControl()
        let interrupt = InterruptHandler { control.cancel() }
        let result = runToEnd { [rows] () -> Result<EvaluationReport, any Error> in
            var line = ProgressLine()
            do {
                let report = try await evaluator.evaluate(rows, control: control) { done in
                    line.show("\(done) of \(rows.count) rows")
                }
                line.clear()
                return .success(report)
            } catch {
                line.clear()
                return .failure(error)
            }
        }
        withExtendedLifetime(interrupt) {}
        let report = try result.get()
        if json {
            Standard.line(Self.object(report).text)
        } else {
            if answers { Self.show(report.answers) }
            Self.show(report, of: rows.count)
        }
        if control.isCancelled { throw ExitCode(130) }
    }

    /// How an answer is made.
    static func options(_ settings: Settings, _ engine: LoadedEngine) -> Evaluator.Options {
        var options = Evaluator.Options()
        options.generation = settings.options
        options.generation.maximumTokens = settings.maxTokens ?? 128
        options.settings = settings.generation
        options.system = settings.system
        options.contextLength = settings.context ?? min(engine.contextLength, 2048)
        return options
    }

    private static func object(_ report: EvaluationReport) -> JSON {
        func optional(_ value: Double?) -> JSON { value.map { .rounded($0, 4) } ?? .null }
        let times = report.ledger.milliseconds
        var fields: [(String, JSON)] = [
            ("rouge_l", optional(report.rougeLPercent)), ("loss", optional(report.loss?.chosen)),
            ("usage_percent", .rounded(report.usagePercent, 4)), ("examples", .integer(report.examples)),
            ("transmissions_per_token", .rounded(report.transmissionsPerToken, 4)),
            ("rouge_1", optional(report.rougePercent(1))), ("rouge_2", optional(report.rougePercent(2))),
            ("loss_base", optional(report.loss?.base)), ("loss_side", optional(report.loss?.side)),
            ("tokens", .integer(report.ledger.tokens)), ("side_tokens", .integer(report.ledger.sideTokens)),
            ("network_ms", .rounded(times.network)), ("total_ms", .rounded(times.total)),
            ("base_ms", .rounded(times.base)), ("device_ms", .rounded(times.device)),
            ("uplink_ms", .rounded(times.uplink)), ("downlink_ms", .rounded(times.downlink)),
            ("network_formula_ms", optional(report.formulaNetworkMilliseconds)),
            ("network_simulated", .bool(report.ledger.simulated)),
            ("transmissions", .integer(report.ledger.transmissions)), ("bytes_up", .integer(report.ledger.bytesUp)),
            ("bytes_down", .integer(report.ledger.bytesDown)),
            ("prompt_transmissions", .integer(report.promptExchanges.transmissions)),
            ("prompt_network_ms", .rounded(report.promptExchanges.networkMilliseconds)),
        ]
        if let share = report.loopPercent { fields.append(("loop_percent", .rounded(share, 4))) }
        if let share = report.limitPercent { fields.append(("limit_percent", .rounded(share, 4))) }
        if let same = report.sameAsBasePercent { fields.append(("same_as_base_percent", .rounded(same, 4))) }
        if let rouge = report.baseRougeLPercent { fields.append(("rouge_l_base", .rounded(rouge, 4))) }
        return .object(fields)
    }

    private static func show(_ report: EvaluationReport, of rows: Int) {
        func line(_ label: String, _ value: String) {
            Standard.line(label + String(repeating: " ", count: max(1, 26 - label.count)) + value)
        }
        line("examples", report.examples == rows ? "\(rows)" : "\(report.examples) of \(rows), stopped")
        if let rouge = report.rougeLPercent { line("ROUGE-L", "\(Figures.text(rouge, 2)) %") }
        if let rouge = report.baseRougeLPercent { line("ROUGE-L of the base", "\(Figures.text(rouge, 2)) %") }
        if let rouge = report.rougePercent(1) { line("ROUGE-1", "\(Figures.text(rouge, 2)) %") }
        if let rouge = report.rougePercent(2) { line("ROUGE-2", "\(Figures.text(rouge, 2)) %") }
        if let same = report.sameAsBasePercent { line("answers as the base's", "\(Figures.text(same)) %") }
        if let loss = report.loss {
            line("loss", "\(Figures.text(loss.chosen, 4)) nats a token")
            line("loss of the base", "\(Figures.text(loss.base, 4)) nats a token")
            line("loss of the side always", "\(Figures.text(loss.side, 4)) nats a token")
        }
        if report.ledger.tokens > 0 || report.loss != nil { line("usage", "\(Figures.text(report.usagePercent)) %") }
        if report.ledger.tokens > 0 { line("transmissions a token", Figures.text(report.transmissionsPerToken, 3)) }
        if let share = report.loopPercent { line("answers that loop", "\(Figures.text(share)) %") }
        if let share = report.limitPercent { line("answers at the limit", "\(Figures.text(share)) %") }
        let times = report.ledger.milliseconds
        if report.ledger.tokens > 0 {
            let count = Double(report.ledger.tokens)
            line("time a token", "\(Figures.text(times.total / count, 2)) ms")
            line(
                report.ledger.simulated ? "  network, simulated" : "  network",
                "\(Figures.text(times.network / count, 2)) ms")
            if let formula = report.formulaNetworkMilliseconds {
                line("  network, by the formula", "\(Figures.text(formula / count, 2)) ms")
            }
        }
    }

    private static func show(_ answers: [AnswerReport]) {
        for answer in answers {
            Standard.line("? \(answer.question)")
            if let taught = answer.asTaught { Standard.line("  read as \(taught)") }
            if let reference = answer.reference { Standard.line("  wanted  \(reference)") }
            if let base = answer.baseAnswer { Standard.line("  base    \(base)") }
            Standard.line(
                "  answer  \(answer.answer)  [usage \(Figures.text(answer.ledger.usagePercent)) %"
                    + (answer.rougeL.map { ", ROUGE-L \(Figures.text(100 * $0))" } ?? "") + "]")
        }
        Standard.line("")
    }
}
