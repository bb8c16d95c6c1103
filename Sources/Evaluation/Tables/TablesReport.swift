import FoundationEssentials

/// Writes what a run found: `tables.json`, all tables as text and Markdown, and each as a picture.
public struct TablesReport: Sendable {
    private let result: TablesResult

    /// A report.
    public init(_ result: TablesResult) { self.result = result }

    /// One table or figure and its file's name.
    private enum Item {
        case grid(String, Grid)
        case chart(String, Chart)
    }

    private var items: [Item] {
        var items: [Item] = []
        func add(_ name: String, _ grid: Grid) {
            if !grid.rows.isEmpty { items.append(.grid(name, grid)) }
        }
        add("table1", Table1.grid(result))
        if !result.table2.isEmpty { add("table2", Table2.grid(result)) }
        add("table2-paper-scale", Table2.gridAtPaperScale(result))
        add("table3", Table3.grid(result))
        for (number, chart) in LearningFigures.charts(result).enumerated() where !chart.panels.isEmpty {
            items.append(.chart("figure\(3 + number)", chart))
        }
        let gate = GateFigure.chart(result)
        if !gate.panels.isEmpty { items.append(.chart("gate", gate)) }
        add("gate-skill", GateFigure.grid(result))
        add("general-chat", GeneralChatTable.grid(result))
        add("device-memory", DeviceMemoryTable.grid(result))
        return items
    }

    /// For a terminal.
    public var text: String {
        let parts = items.map { item in
            switch item {
            case .grid(_, let grid): grid.text
            case .chart(_, let chart): chart.grid.text
            }
        }
        return ([facts.joined(separator: "\n") + "\n"] + parts + [list(marker: "- ")]).joined(separator: "\n")
    }

    /// For a README; pictures lie beside it.
    public var markdown: String {
        let parts = items.map { item in
            switch item {
            case .grid(_, let grid): grid.markdown
            case .chart(let name, let chart): "### \(chart.title)\n\n![\(chart.title)](\(name).svg)\n"
            }
        }
        return
            (["## Results", facts.map { "- \($0)" }.joined(separator: "\n")] + parts + [
                "### Where the paper's numbers do not go together\n\n" + list(marker: "- ")
            ]).joined(separator: "\n\n") + "\n"
    }

    private func list(marker: String) -> String {
        (result.inconsistencies.map { marker + $0 }).joined(separator: "\n") + "\n"
    }

    private var facts: [String] {
        let run = result.run
        let rows = run.rows.sorted { $0.key < $1.key }.map { name, counts in
            let inBase = counts["train_in_base"].map { ", \($0) by LoRA and Adapter" } ?? ""
            return
                "\(name): \(counts["train"] ?? 0) rows learned\(inBase), \(counts["validation"] ?? 0) to choose epochs by and "
                + "\(counts["pricing"] ?? 0) to choose prices by, "
                + "\(counts["test"] ?? 0) reported"
        }
        return [
            "scale \(run.scale), base \(run.base), seeds \(run.seeds.map { "\($0)" }.joined(separator: ", ")), "
                + "\(run.epochs["side"] ?? 0) epochs (\(run.epochs["in_base"] ?? 0) of LoRA and Adapter)",
            "\(Figures.time(seconds: run.seconds)) in this run on \(run.threads) threads, load at its end "
                + Figures.text(run.load, 2),
        ] + rows
    }

    /// Writes the files.
    public func write(to folder: String) throws(EvaluationError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var files = [("tables.txt", Data(text.utf8)), ("tables.md", Data(markdown.utf8))]
            files.append(("tables.json", try result.json()))
            for item in items {
                switch item {
                case .grid(let name, let grid): files.append(("\(name).svg", Data(grid.svg.utf8)))
                case .chart(let name, let chart): files.append(("\(name).svg", Data(chart.svg.utf8)))
                }
            }
            for (name, bytes) in files { try bytes.write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic) }
        } catch {
            throw .cannotWrite(path: folder, reason: "\(error)")
        }
    }
}
