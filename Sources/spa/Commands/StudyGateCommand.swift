import ArgumentParser
import Evaluation
import FoundationEssentials
import Glibc
import SPAEngine
import Training

/// `spa study-gate DATA --test FILE --out FOLDER`
struct StudyGateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study-gate", abstract: "Measures what the gate, and each of its parts, is worth on a data set.",
        discussion: """
            Trains a plugin on DATA with each seed and, on the same side network, the default gate, the paper's, and the \
            default with one thing changed; measures loss over usage on FILE beside oracle, chance and simple rules.
            """)

    @Argument(help: "Files to learn from.", completion: .file())
    var data: [String]
    @Option(help: ArgumentHelp("Rows that no training sees.", valueName: "file"), completion: .file())
    var test: String
    @Option(
        help: ArgumentHelp("Rows to choose the epoch by (default: a tenth of DATA).", valueName: "file"),
        completion: .file())
    var heldOut: [String] = []
    @OptionGroup var anchors: AnchorOptions
    @Option(help: ArgumentHelp("Everyday questions, {\"prompt\": …} a line.", valueName: "file"), completion: .file())
    var general: String
    @Option(help: ArgumentHelp("Where tables and pictures go.", valueName: "folder"), completion: .directory)
    var out: String
    @Option(help: ArgumentHelp("Seeds, from 1.", valueName: "n"), transform: SettingText.positive)
    var seeds = 3
    @Option(
        help: ArgumentHelp("Rows of DATA learned at most, the first ones.", valueName: "n"),
        transform: SettingText.positive)
    var rows: Int?
    @Option(help: ArgumentHelp("How often all rows are learned.", valueName: "n"), transform: SettingText.positive)
    var epochs: Int?
    @Option(help: ArgumentHelp("Rows of FILE answered for ROUGE-L over usage; 0 for none.", valueName: "n"))
    var answers = 100
    @Option(help: ArgumentHelp("The study's name in titles.", valueName: "text"))
    var title = "the gate"
    @OptionGroup(title: "Base model") var base: BaseOptions

    func validate() throws {
        if answers < 0 { throw ValidationError("--answers is a number of rows, 0 for none.") }
    }

    func run() throws {
        let settings = try Settings(Settings.sources(), base)
        let folder = Files.expanded(out)
        try OutputPlace.folder(folder)
        let learned = try TrainingData.read(data.map(Files.expanded)).rows
        let measured = heldOut.isEmpty ? nil : try TrainingData.read(heldOut.map(Files.expanded)).rows
        let tested = try TrainingData.read([Files.expanded(test)]).rows
        let questions = try EvaluationData.questions(in: [Files.expanded(general)])
        let anchorQuestions = try anchors.questions()
        let engine = try LoadedEngine.load(settings, usesPlugin: false)
        var options = TrainingOptions()
        if let epochs { options.side.epochs = epochs }
        options.anchorsFolder = settings.paths.data + "/anchors"
        let study = GateStudy(
            base: engine.base, tokenizer: engine.tokenizer, template: engine.template, options: options,
            anchorQuestions: anchorQuestions)
        let control = GenerationControl()
        let interrupt = InterruptHandler { control.cancel() }
        var last = ""
        let result: GateStudy.Result
        do {
            result = try study.run(
                rows.map { Array(learned.prefix($0)) } ?? learned, heldOut: measured, test: tested, general: questions,
                seeds: (1...seeds).map(UInt64.init), answered: answers,
                generalFolder: settings.paths.data + "/general"
            ) { stand in
                if stand != last { Standard.error("spa: \(stand)") }
                last = stand
                return !control.isCancelled
            }
        } catch  where control.isCancelled {
            Standard.error("spa: stopped; a study keeps nothing, and begins anew")
            throw ExitCode(130)
        }
        withExtendedLifetime(interrupt) {}
        let grid = result.grid(title: "Gate: \(title)")
        let prices = result.priceGrid(title: "What a price means: \(title)")
        try Files.write(grid.text + "\n" + prices.text, to: folder + "/gate.txt")
        try Files.write(grid.markdown + "\n" + prices.markdown, to: folder + "/gate.md")
        try Files.write(result.usageChart(title: "Loss over usage: \(title)").svg, to: folder + "/usage.svg")
        try Files.write(result.reliabilityChart(title: "Reliability: \(title)").svg, to: folder + "/reliability.svg")
        Standard.line(grid.text + "\n" + prices.text)
        if let chart = result.rougeChart(title: "ROUGE-L over usage: \(title)") {
            try Files.write(chart.svg, to: folder + "/rouge.svg")
            try Files.write(chart.grid.text, to: folder + "/rouge.txt")
            Standard.line(chart.grid.text)
        }
    }
}
