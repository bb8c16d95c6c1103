import ArgumentParser
import FoundationEssentials
import Glibc
import SPAEngine
import Training

/// `spa train DATA --out FILE`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a plugin on your own rows or texts.",
        discussion: """
            DATA is JSONL with {"prompt": …, "response": …}, {"messages": […]} or {"text": …} a line, plain text or \
            Markdown, or a folder of such files. The base stays as it is. There is a checkpoint beside the plugin after \
            each epoch: the same command goes on from there. Ctrl-C ends the training and keeps what was learned.
            """)

    @Argument(help: "Files or folders to learn from.", completion: .file())
    var data: [String]
    @Option(help: ArgumentHelp("Where the plugin goes.", valueName: "file"), completion: .file())
    var out: String
    @Option(
        help: ArgumentHelp("Rows to measure on, never learned (default: a tenth of DATA).", valueName: "file"),
        completion: .file())
    var heldOut: [String] = []
    @OptionGroup var anchors: AnchorOptions
    @Option(help: ArgumentHelp("What the plugin is about, for people (default: the file's name).", valueName: "text"))
    var subject: String?
    @Option(
        help: ArgumentHelp(
            "What to train: 'spa'; 'integration' and 'lst', side networks without a gate; 'separation', base or side alone; 'lora' and 'adapter', inside the base's blocks. All have about the same number of trained parameters.",
            valueName: SPAEngine.Method.allCases.map(\.rawValue).joined(separator: "|")),
        completion: .list(SPAEngine.Method.allCases.map(\.rawValue)), transform: Self.method)
    var method = SPAEngine.Method.spa
    @Option(
        help: ArgumentHelp(
            "'effect' lets the price be moved afterwards; 'linear' is the paper's.", valueName: "effect|linear"),
        completion: .list(GateKind.allCases.map(\.rawValue)),
        transform: Self.gate)
    var gate = GateKind.effect
    @Option(
        help: ArgumentHelp(
            "How often all rows are learned at most (default: 3 for many rows, 15 and more for few; lora and adapter 6 and 2; a held-out loss that keeps rising ends it).",
            valueName: "n"),
        transform: SettingText.positive)
    var epochs: Int?
    @Option(
        help: ArgumentHelp(
            "The highest learning rate (default: 0.003 for side networks, 0.001 for lora and adapter).",
            valueName: "x"),
        transform: Self.rate)
    var rate: Float?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The plugin's default price (default: 0.2).", valueName: "nats"),
        transform: SettingText.price)
    var price: Float?
    @Option(
        help: ArgumentHelp("The same seed gives the same plugin (default: 1).", valueName: "n"),
        transform: SettingText.seed)
    var seed: UInt64?
    @Option(help: ArgumentHelp("The longest row, in tokens.", valueName: "n"), transform: SettingText.context)
    var longest = 512
    @Flag(
        inversion: .prefixedNo,
        help: "Learn each question in several phrasings, as people would ask it (default: where the rows are facts).")
    var phrasings: Bool?
    @Flag(
        inversion: .prefixedNo,
        help:
            "Decide once an answer, by the question, whether it asks for something taught (default: where the rows are facts: short questions, few or each in several phrasings)."
    )
    var questionGate: Bool?
    @Flag(help: "Progress and result as JSON, one object a line.")
    var json = false
    @Flag(help: "Leave out rows that cannot be learned, instead of stopping.")
    var skipBadRows = false
    @Flag(help: "Begin again, whatever an interrupted training left.")
    var restart = false
    @OptionGroup(title: "Base model") var base: BaseOptions

    @Sendable private static func gate(_ text: String) throws -> GateKind {
        guard let kind = GateKind(rawValue: text) else { throw ValidationError("is none of effect, linear") }
        return kind
    }

    @Sendable private static func rate(_ text: String) throws -> Float {
        guard let rate = Float(text), rate > 0, rate <= 1 else { throw ValidationError("is no number from 0 to 1") }
        return rate
    }

    @Sendable private static func method(_ text: String) throws -> SPAEngine.Method {
        guard let method = SPAEngine.Method(rawValue: text) else {
            let names = SPAEngine.Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("is none of \(names)")
        }
        return method
    }

    func run() throws {
        let out = Files.expanded(out)
        let settings = try Settings(Settings.sources(), base)
        try OutputPlace.plugin(
            out, beside: (data + heldOut + anchors.anchors).map(Files.expanded) + [settings.model])
        let read = try TrainingData.read(data.map(Files.expanded), skipBadRows: skipBadRows)
        let rows = read.rows
        let measured =
            heldOut.isEmpty ? nil : try TrainingData.read(heldOut.map(Files.expanded), skipBadRows: skipBadRows)
        for problem in read.skipped + (measured?.skipped ?? []) { Standard.error("spa: left out: \(problem)") }
        if read.duplicates > 0 { Standard.error("spa: note: \(read.duplicates) rows stand there more than once") }

        let questions = try anchors.questions()

        let engine = try LoadedEngine.load(settings, usesPlugin: false)
        let checkpoint = out + ".checkpoint"
        if restart { unlink(checkpoint) }
        if Paths.exists(checkpoint) { Standard.error("spa: going on from \(checkpoint)") }
        let trainer = Trainer(
            base: engine.base, tokenizer: engine.tokenizer, template: engine.template,
            options: options(settings, rows, checkpoint: checkpoint), questions: questions)

        let control = GenerationControl()
        let interrupt = InterruptHandler { control.cancel() }
        var display: any TrainingDisplay = json ? TrainingLines() : TrainingProgressLine()
        defer { display.end() }
        let report = try trainer.train(rows, heldOut: measured?.rows) { progress in
            display.show(progress)
            return !control.isCancelled
        }
        withExtendedLifetime(interrupt) {}
        display.end()
        try report.plugin.save(to: out)
        // An interrupted training can go on from its checkpoint; a finished one needs it no more.
        if !report.stopped { unlink(checkpoint) }
        json
            ? TrainingLines.tell(report, out: out)
            : Self.tell(report, out: out, checkpoint: checkpoint)
        // What follows it with && is not to go on with half a training.
        if report.stopped { throw ExitCode(130) }
    }

    private func options(_ settings: Settings, _ rows: [TrainingRow], checkpoint: String) -> TrainingOptions {
        var options = TrainingOptions()
        options.learnsFacts = questionGate ?? FactRows.are(rows)
        options.phrasings = phrasings
        options.method = method
        options.gate.kind = gate
        if let epochs {
            options.side.epochs = epochs
            options.blocks.epochs = epochs
        }
        if let rate {
            options.side.rate = rate
            options.blocks.rate = rate
        }
        if let price {
            options.price = price
            options.gate.linearPrice = price
        }
        if let seed { options.seed = seed }
        options.longestRow = longest
        options.subject = subject ?? Self.name(data.first ?? out)
        options.date = Timestamp.today
        options.anchorsFolder = settings.paths.data + "/anchors"
        options.checkpoint = checkpoint
        return options
    }

    private static func name(_ path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.split(separator: ".").first.map(String.init) ?? file
    }

    private static func some(_ questions: [String]) -> String {
        let first = questions.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        return questions.count > 3 ? "\(first) and \(questions.count - 3) more" : first
    }

    private static func advise(on report: TrainingReport) {
        if !report.unanswered.isEmpty {
            Standard.error(
                "spa: note: not learned word for word: \(some(report.unanswered)). Answers that begin with words of their "
                    + "question are learned better; --epochs learns all of them more often")
        }
        if !report.unrecognised.isEmpty {
            Standard.error(
                "spa: note: held-out questions left to the base: \(some(report.unrecognised)). A row that asks in such words "
                    + "makes them known")
        }
    }

    private static func tell(_ report: TrainingReport, out: String, checkpoint: String) {
        let facts = report.plugin.facts
        if report.cutRows > 0 {
            Standard.error("spa: note: \(Figures.count(report.cutRows, "row")) longer than --longest, cut there")
        }
        if report.unlearnedRows > 0 {
            let rows = Figures.count(report.unlearnedRows, "row")
            Standard.error("spa: note: \(rows) left out, whose questions alone are longer than --longest")
        }
        var words = ["\(out): \(facts.rows) rows, \(facts.tokens) tokens, epoch \(facts.bestEpoch) of \(facts.epochs)"]
        if facts.heldOutRows > 0 {
            let loss = facts.heldOutLoss
            words.append(
                "held-out loss \(Figures.text(Double(loss.base), 3)) base, \(Figures.text(Double(loss.side), 3)) plugin"
                    + (report.plugin.gate == nil ? "" : ", \(Figures.text(Double(loss.gated), 3)) gated"))
        }
        if report.plugin.gate != nil {
            words.append(
                "usage \(Figures.text(Double(facts.usagePercent.own))) % on the subject, "
                    + "\(Figures.text(Double(facts.usagePercent.general))) % in general chat")
        }
        Standard.line(words.joined(separator: "; "))
        advise(on: report)
        guard report.stopped else { return }
        Standard.error(
            Paths.exists(checkpoint)
                ? "spa: stopped early; the same command goes on from \(checkpoint)"
                : "spa: stopped in the first epoch; the same command begins again")
    }
}
