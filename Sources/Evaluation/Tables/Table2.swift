import SPAEngine

/// Table 2: what each method costs for 50 new tokens, and what it earns.
enum Table2 {
    static let systems = ComparedSystem.ofTable2

    static func grid(_ result: TablesResult) -> Grid {
        var rows: [[String]] = []
        func add(
            _ name: String, _ digits: Int, _ value: (TablesResult.CostEntry) -> Double?,
            paper: (ComparedSystem) -> Double?
        ) {
            let found = systems.map { system in
                Comparison(
                    result.table2[system.rawValue].flatMap(value), paper: paper(system), digits: digits)
            }
            rows.append([name] + found.map { $0.cells[0] })
            if found.contains(where: { $0.paper != nil }) {
                rows.append(["  paper"] + found.map { $0.cells[1] })
                rows.append(["  difference"] + found.map { $0.cells[2] })
            } else {
                rows.append(["  paper"] + found.map { _ in Grid.missing })
            }
        }
        add("trained parameters, thousands", 0, { Double($0.parameters) / 1000 }, paper: { _ in nil })
        add("inference latency, s", 3, \.inferenceSeconds, paper: { _ in nil })
        add(
            "network latency, s", 3, \.networkSeconds,
            paper: { $0.method.flatMap { PaperScale.publishedSeconds($0) } })
        add("total latency, s", 3, \.totalSeconds, paper: { _ in nil })
        add("ratio, %", 1, \.usagePercent, paper: { $0.method.flatMap { PaperNumbers.ratioPercent($0) } })
        for dataSet in [PaperDataSet.xsum, .coqa] {
            add(
                "ROUGE-L, \(dataSet.title)", 2, { $0.rougeL[dataSet.rawValue] },
                paper: { PaperNumbers.rougeL($0, dataSet) })
        }
        let plain: [(String, Int, (TablesResult.CostEntry) -> Double?)] = [
            ("exchanges a token", 2, \.exchangesPerToken), ("bytes a token", 0, \.bytesPerToken),
            ("network latency by the formula, s", 3, \.formulaNetworkSeconds),
        ]
        for (name, digits, value) in plain {
            rows.append(
                [name]
                    + systems.map {
                        Comparison(result.table2[$0.rawValue].flatMap(value), paper: nil, digits: digits).cells[0]
                    }
            )
        }
        return Grid(
            title: "Table 2. Cost of 50 new tokens, and ROUGE-L",
            columns: [""] + systems.map(\.title), rows: rows,
            notes: [
                "\(result.run.base) is far smaller than the paper's base and runs on a processor, so inference and network latency "
                    + "differ in kind from the paper's; the network at its own sizes follows below. Network: the "
                    + "paper's link, \(PaperScale.network), in virtual time, from real exchanges; by the formula: T_net = "
                    + "M · (tau + bytes / bandwidth) of those exchanges. LoRA and Adapter learned fewer rows than SPA and LST "
                    + "(see the run's facts): every step of theirs goes through the whole base and back."
            ])
    }

    static func gridAtPaperScale(_ result: TablesResult) -> Grid {
        let rows = systems.compactMap { system -> [String]? in
            guard let entry = result.table2AtPaperScale[system.rawValue] else { return nil }
            return [
                system.title, Figures.text(entry.usagePercent, 0), "\(entry.exchanges)",
                "\(entry.bytesPerExchange)", Figures.text(entry.formulaSeconds, 3),
            ] + Comparison(entry.networkSeconds, paper: entry.paperSeconds, digits: 3).cells
        }
        return Grid(
            title: "Table 2 at the paper's scale: network latency of 50 new tokens",
            columns: [
                "method", "usage, %", "exchanges", "bytes an exchange", "by the formula", "seconds", "paper",
                "difference",
            ], rows: rows,
            notes: [
                "H = \(PaperScale.width), L = \(PaperScale.blockCount), fp16, \(PaperScale.network), in virtual time: frames of full size are "
                    + "really exchanged, nothing is computed."
            ])
    }
}
