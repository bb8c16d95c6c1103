import Compute

/// Everything that `spa bench` found.
struct BenchmarkReport {
    /// One speed.
    struct Speed {
        var `case`: BenchmarkCase
        /// Tokens a second of each repeat.
        var samples: [Double]
        var median: Double { Figures.median(samples) }
    }

    var model: String
    /// Those of "all threads".
    var threads: Int
    /// Runnable threads of the whole machine over the last minute, before anything was measured.
    var loadAverage: Double
    /// From file to ready weights, in this process.
    var loadMilliseconds: Double?
    var start: StartUpMeasurement?
    /// nil also where there is no plugin.
    var side: SideMeasurement?
    /// Where it was asked for.
    var interface: InterfaceMeasurement?
    var speeds: [Speed] = []
    /// By number of threads.
    var limits: [Int: MachineLimits] = [:]
    var cost: ModelCost?

    /// The share of the machine's limit that a speed reaches.
    func fraction(_ speed: Speed) -> Double? {
        guard let cost, let limits = limits[speed.case.isOneThread ? 1 : threads] else { return nil }
        return speed.median / cost.mostTokensPerSecond(speed.case.work, limits)
    }
}

extension BenchmarkReport {
    /// One object.
    var json: JSON {
        var fields: [(String, JSON)] = speeds.map { ($0.case.name, .rounded($0.median, 2)) }
        fields.append(("threads", .integer(threads)))
        if let start {
            fields.append(("peak_rss_mib", .rounded(Double(start.peakBytes) / 1_048_576, 1)))
            fields.append(("first_token_ms", .rounded(Figures.median(start.milliseconds), 2)))
        }
        if let side {
            fields.append(("gate_percent", .rounded(Figures.median(side.gatePercent), 2)))
            fields.append(("side_percent", .rounded(Figures.median(side.sidePercent), 2)))
        }
        if let interface { fields.append(("interface", interface.json)) }
        if let loadMilliseconds { fields.append(("load_ms", .rounded(loadMilliseconds, 1))) }
        fields.append(("load_average", .rounded(loadAverage, 2)))
        fields.append(("model", .string(model)))
        if !limits.isEmpty {
            var values: [(String, JSON)] = [("int8", .string(MachineLimits.instructions))]
            for (count, limit) in limits.sorted(by: { $0.key > $1.key }) {
                let suffix = count == threads ? "" : "_1t"
                values.append(("int8_gops\(suffix)", .rounded(2e-9 * limit.multiplyAdds, 1)))
                values.append(("memory_gb_s\(suffix)", .rounded(1e-9 * limit.readBytes, 2)))
            }
            fields.append(("limits", .object(values)))
        }
        let fractions = speeds.compactMap { speed in
            fraction(speed).map { (speed.case.name, JSON.rounded($0, 3)) }
        }
        if !fractions.isEmpty { fields.append(("fractions", .object(fractions))) }
        if !speeds.isEmpty {
            fields.append(
                (
                    "samples",
                    .object(speeds.map { ($0.case.name, .array($0.samples.map { JSON.rounded($0, 2) })) })
                ))
        }
        return .object(fields)
    }

    /// A table for a person: a line for each kind of work, a pair of columns for each number of threads.
    var table: String {
        var lines = ["\(model), load average \(Figures.text(loadAverage, 2))"]
        let groups = [false, true].filter { one in speeds.contains { $0.case.isOneThread == one } }
        if !groups.isEmpty {
            let names = groups.map { Self.threads($0 ? 1 : threads) }
            lines.append("")
            lines.append(Self.row("tokens a second, and the share of the limit", names.map { ($0, "") }))
            var seen: Set<BenchmarkCase.Work> = []
            for work in speeds.map(\.case.work) where seen.insert(work).inserted {
                let cells = groups.map { one in
                    guard let speed = speeds.first(where: { $0.case == BenchmarkCase(work: work, isOneThread: one) })
                    else { return ("", "") }
                    return (
                        Figures.text(speed.median), fraction(speed).map { Figures.text(100 * $0, 0) + " %" } ?? ""
                    )
                }
                lines.append(Self.row(Self.words(work), cells))
            }
        }
        if !limits.isEmpty {
            let all = limits.sorted { $0.key > $1.key }
            lines.append("")
            lines.append(Self.row("the machine's limits", all.map { (Self.threads($0.key), "") }))
            lines.append(
                Self.row(
                    "\(MachineLimits.instructions), 10⁹ operations a second",
                    all.map { (Figures.text(2e-9 * $0.value.multiplyAdds), "") }))
            lines.append(
                Self.row("memory, GB a second", all.map { (Figures.text(1e-9 * $0.value.readBytes), "") }))
        }
        if let start {
            lines.append("")
            lines.append(
                Self.row("start to first token, ms", [(Figures.text(Figures.median(start.milliseconds)), "")]))
            lines.append(
                Self.row("its peak memory, MiB", [(Figures.text(Double(start.peakBytes) / 1_048_576), "")]))
        }
        if let side {
            lines.append("")
            lines.append(
                Self.row("the gate adds to a token, %", [(Figures.text(Figures.median(side.gatePercent)), "")]))
            lines.append(
                Self.row(
                    "the whole side path adds to a token, %", [(Figures.text(Figures.median(side.sidePercent)), "")]))
        }
        if let interface { lines += ["", interface.table] }
        return lines.joined(separator: "\n")
    }

    private static func words(_ work: BenchmarkCase.Work) -> String {
        switch work {
        case .prompt(let tokens): "prompt of \(tokens)"
        case .generation(let tokens, 0): "generation of \(tokens)"
        case .generation(let tokens, let depth): "generation of \(tokens) after \(depth)"
        }
    }

    private static func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }

    private static func row(_ name: String, _ cells: [(String, String)]) -> String {
        var text = name + String(repeating: " ", count: max(0, 44 - name.count))
        for (figure, share) in cells {
            text += String(repeating: " ", count: max(1, 12 - figure.count)) + figure
            text += String(repeating: " ", count: max(1, 6 - share.count)) + share
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
