/// Table 1: how much of the answers the side speaks when it has learned little, half, or all of the data.
enum Table1 {
    static func grid(_ result: TablesResult) -> Grid {
        var rows: [[String]] = []
        for dataSet in PaperDataSet.allCases {
            guard let entries = result.table1[dataSet.rawValue] else { continue }
            for share in DataShare.allCases {
                guard let entry = entries[share.rawValue] else { continue }
                rows.append(
                    ["\(dataSet.title), \(share.rawValue)", "\(entry.rows)", Figures.text(entry.price, 2)]
                        + Comparison(entry.usagePercent, paper: PaperNumbers.usagePercent[share]).cells
                        + [Figures.text(entry.forcedUsagePercent, 1)])
            }
        }
        return Grid(
            title: "Table 1. Usage of the side in percent, by the share of the training data",
            columns: ["data, share", "rows learned", "price", "usage", "paper", "difference", "on given text"],
            rows: rows,
            notes: [
                "Usage: side tokens of all generated tokens, answering test rows at the price that the plugin was trained "
                    + "for. On given text: the same gate on validation rows by teacher forcing. Small, medium and full are "
                    + "a quarter, a half and all of the rows learned; the paper's sizes are not at hand."
            ])
    }
}
