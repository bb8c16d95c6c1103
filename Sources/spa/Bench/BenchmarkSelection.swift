import ArgumentParser

/// What `spa bench` is to measure.
struct BenchmarkSelection {
    /// Speeds.
    var cases: [BenchmarkCase]
    /// Whole processes.
    var start: Bool
    /// The plugin's cost.
    var side: Bool
    /// The chat's window.
    var interface = false

    /// The window needs no model for most of it.
    var isInterfaceAlone: Bool { interface && cases.isEmpty && !start && !side }

    static let standard = BenchmarkSelection(cases: BenchmarkCase.standard, start: true, side: true)
    static let quick = BenchmarkSelection(cases: BenchmarkCase.quick, start: true, side: false)

    /// Where all threads are one, one thread is measured once.
    mutating func dropOneThread() {
        var seen: Set<BenchmarkCase> = []
        cases = cases.map { BenchmarkCase(work: $0.work) }.filter { seen.insert($0).inserted }
    }
}

extension BenchmarkSelection {
    /// Reads names with commas between them.
    init(_ text: String) throws {
        self.init(cases: [], start: false, side: false)
        for name in text.split(separator: ",").map(\.trimmed) {
            switch name {
            case "start": start = true
            case "side": side = true
            case "interface": interface = true
            default:
                guard let found = BenchmarkCase(name: name) else {
                    throw ValidationError("'\(name)' is none of ppN, tgN, tgN_dDEPTH, start, side, interface")
                }
                if !cases.contains(found) { cases.append(found) }
            }
        }
    }
}
