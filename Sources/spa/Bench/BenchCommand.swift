import ArgumentParser
import Compute
import GGUF
import Glibc
import SPAEngine

/// `spa bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures the base's speed and memory on this machine.",
        discussion: """
            pp512: a prompt of 512 tokens is read, up to its first token; tg128: 128 tokens are generated; tg128_d2048: \
            the same after 2048 others; each with _1t on one thread. All in tokens a second, medians, with the share of \
            what this machine allows: for prompts the multiply-adds of bytes that its instructions can do, for generation \
            the bytes that a token must read at the speed of its memory, both measured in the same run.

            start: whole processes of 'spa run' with a question of 20 tokens; first_token_ms is from the start of the \
            process to its first token, peak_rss_mib the largest memory of such a process.

            side: what the gate adds to the time of a token that the base writes, and the whole side path to one that the \
            side writes, with the installed plugin, in percent.

            interface (only where it is asked for): processor time of the chat's window during a reply of \
            \(InterfaceMeasurement.tokensPerSecond) tokens a second, its frames in a conversation of 100,000 tokens, and, by \
            turns in several rounds, the speed of the same answers with the window drawing every token and without one.

            Close other programs first; half a minute with the standard model.
            """)

    @Option(
        help: ArgumentHelp(
            "What to measure, with commas: ppN, tgN, tgN_dDEPTH, each also with _1t; start; side; interface (default: the usual ones).",
            valueName: "names"), transform: BenchmarkSelection.init)
    var only: BenchmarkSelection?
    @Flag(help: "Only pp512, tg128, tg128_d2048 and start.")
    var quick = false
    @Option(help: ArgumentHelp("How often each is measured.", valueName: "n"), transform: SettingText.positive)
    var repeats = 3
    @Flag(help: "One JSON object.")
    var json = false
    @OptionGroup(title: "Base model") var base: BaseOptions

    func run() throws {
        var selection = only ?? (quick ? .quick : .standard)
        let settings = try Settings(Settings.sources(), base)
        if selection.isInterfaceAlone {
            let interface = try InterfaceMeasurement(settings, repeats: repeats)
            return Standard.line(json ? interface.json.text : interface.table)
        }
        if settings.threads == 1 { selection.dropOneThread() }
        var line = ProgressLine()
        defer { line.clear() }
        var load = [0.0]
        getloadavg(&load, 1)
        let file = try openModel(settings)
        var report = BenchmarkReport(
            model: try ModelConfiguration(file: file).name, threads: settings.threads, loadAverage: load[0])
        report.cost = ModelCost(file: file, configuration: try ModelConfiguration(file: file))
        if selection.start {
            line.show("start")
            report.start = try StartUpMeasurement(settings, repeats: repeats)
        }
        for isOneThread in [false, true] {
            let cases = selection.cases.filter { $0.isOneThread == isOneThread }
            if cases.isEmpty { continue }
            try measure(cases, isOneThread ? 1 : settings.threads, settings, &report, &line)
        }
        if selection.side {
            line.show("side")
            report.side = try SideMeasurement(settings, repeats: 2 * repeats + 1)
        }
        if selection.interface {
            line.show("interface")
            report.interface = try InterfaceMeasurement(settings, repeats: repeats)
        }
        line.clear()
        Standard.line(json ? report.json.text : report.table)
    }

    private func openModel(_ settings: Settings) throws -> GGUFFile {
        guard Paths.exists(settings.model) else { throw CommandFailure.noModel(path: settings.model) }
        return try GGUFFile(path: settings.model)
    }

    /// Cases on one number of threads, between two measurements of the limits.
    private func measure(
        _ cases: [BenchmarkCase], _ threads: Int, _ settings: Settings, _ report: inout BenchmarkReport,
        _ line: inout ProgressLine
    ) throws {
        var settings = settings
        settings.threads = threads
        settings.context = max(16, cases.map(\.positions).max() ?? 0) + 1
        line.show("the limits of \(threads) threads")
        let before = MachineLimits.measure(threads: threads)
        line.show("loading")
        let clock = ContinuousClock()
        let start = clock.now
        let engine = try LoadedEngine.load(settings, usesPlugin: false)
        if report.loadMilliseconds == nil { report.loadMilliseconds = (clock.now - start).milliseconds }
        let measurement = try SpeedMeasurement(engine, repeats: repeats)
        for each in cases {
            line.show(each.name)
            report.speeds.append(BenchmarkReport.Speed(case: each, samples: try measurement.speeds(each.work)))
        }
        line.show("the limits of \(threads) threads")
        let after = MachineLimits.measure(threads: threads)
        report.limits[threads] = [before, after].compactMap { $0 }.reduce(nil) { $0?.union($1) ?? $1 }
    }
}
