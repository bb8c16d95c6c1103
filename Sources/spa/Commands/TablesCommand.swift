import ArgumentParser
import Evaluation
import Glibc
import SPAEngine

/// `spa tables DATA --out FOLDER`
struct TablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables", abstract: "Trains every method on data sets and fills the paper's tables.",
        discussion: """
            DATA is a folder with one folder a data set (xsum, cnn_dailymail, coqa, sciq), each with train.jsonl and \
            test.jsonl of {"prompt": …, "response": …}. Text, Markdown, pictures and tables.json go to FOLDER. What has \
            been trained and answered is kept in the cache folder: after Ctrl-C the same command goes on from there.
            """)

    @Argument(help: "The folder of the data sets.", completion: .directory)
    var data: String
    @Option(help: ArgumentHelp("Where the tables go.", valueName: "folder"), completion: .directory)
    var out: String
    @Option(
        help: ArgumentHelp(
            "How much of the data: 'smoke' to try it, 'quick' for a quarter of an hour, 'reduced' for an hour or two, 'full' for most of a day.",
            valueName: "smoke|quick|reduced|full"),
        completion: .list(["smoke", "quick", "reduced", "full"]), transform: Self.scale)
    var scale = TableScale.reduced
    @Option(
        help: ArgumentHelp(
            "Some parts alone (table1, table2, table3, figures, gate, general) or some data sets, with commas between.",
            valueName: "parts"))
    var only: String?
    @Option(
        help: ArgumentHelp("Trainings of each method (default: 1).", valueName: "n"), transform: SettingText.positive)
    var seeds: Int?
    @Option(
        help: ArgumentHelp(
            "Questions of general chat that no training saw, {\"prompt\": …} a line; without, that table is left out.",
            valueName: "file"), completion: .file())
    var general: String?
    @Option(
        help: ArgumentHelp("Where results are kept (default: spa/tables in $XDG_CACHE_HOME).", valueName: "folder"),
        completion: .directory)
    var cache: String?
    @OptionGroup(title: "Base model") var base: BaseOptions

    @Sendable private static func scale(_ text: String) throws -> TableScale {
        guard let scale = TableScale.all.first(where: { $0.name == text }) else {
            throw ValidationError("is none of \(TableScale.all.map(\.name).joined(separator: ", "))")
        }
        return scale
    }

    func validate() throws {
        let wanted = try wanted()
        if general == nil, only != nil, wanted.parts.contains(.general),
            wanted.parts.count < TablesRun.Part.allCases.count
        {
            throw ValidationError("--only general needs the questions: --general FILE, such as demo/general.jsonl.")
        }
    }

    /// The parts and data sets asked for.
    private func wanted() throws -> (parts: Set<TablesRun.Part>, dataSets: Set<PaperDataSet>) {
        var (parts, dataSets): (Set<TablesRun.Part>, Set<PaperDataSet>) = ([], [])
        for name in (only ?? "").split(separator: ",").map({ $0.trimmed }) {
            if let part = TablesRun.Part(rawValue: name) {
                parts.insert(part)
            } else if let dataSet = PaperDataSet(rawValue: name) {
                dataSets.insert(dataSet)
            } else {
                let names = TablesRun.Part.allCases.map(\.rawValue) + PaperDataSet.allCases.map(\.rawValue)
                throw ValidationError("--only: '\(name)' is none of \(names.joined(separator: ", "))")
            }
        }
        return (
            parts.isEmpty ? Set(TablesRun.Part.allCases) : parts,
            dataSets.isEmpty ? Set(PaperDataSet.allCases) : dataSets
        )
    }

    func run() throws {
        let settings = try Settings(Settings.sources(), base)
        try OutputPlace.folder(Files.expanded(out))
        let engine = try LoadedEngine.load(settings, usesPlugin: false)
        var options = TablesRun.Options()
        options.scale = scale
        options.seeds = seeds ?? 1
        (options.parts, options.dataSets) = try wanted()
        options.cacheFolder = cache.map(Files.expanded) ?? settings.paths.cache + "/tables"
        options.anchorsFolder = settings.paths.data + "/anchors"
        if let general {
            options.generalQuestions = try EvaluationData.questions(in: [Files.expanded(general)])
        }
        let tables = try TablesRun(
            base: engine.base, tokenizer: engine.tokenizer, template: engine.template, data: Files.expanded(data),
            options: options)

        let control = GenerationControl()
        let interrupt = InterruptHandler { control.cancel() }
        let display = TablesDisplay()
        let found = runToEnd { () -> Result<TablesResult, any Error> in
            do {
                return .success(
                    try await tables.run { progress in
                        display.show(progress)
                        return !control.isCancelled
                    })
            } catch {
                return .failure(error)
            }
        }
        withExtendedLifetime(interrupt) {}
        display.end()
        let report = TablesReport(try found.get())
        try report.write(to: Files.expanded(out))
        Standard.line(report.text)
    }
}
