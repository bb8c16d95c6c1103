/// No forgetting: usage and loss on general chat, the answers that the base itself gives to everyday questions.
enum GeneralChatTable {
    static func grid(_ result: TablesResult) -> Grid {
        var rows: [[String]] = []
        for dataSet in PaperDataSet.allCases {
            guard let entries = result.generalChat[dataSet.rawValue] else { continue }
            for system in ComparedSystem.allCases {
                guard let entry = entries[system.rawValue] else { continue }
                rows.append([
                    "\(dataSet.title), \(system.title)", Figures.text(entry.usagePercent, 2),
                    Figures.text(entry.loss, 3), Figures.text(entry.baseLoss, 3),
                    Figures.text(entry.loss - entry.baseLoss, 3),
                ])
            }
        }
        return Grid(
            title: "General chat: what a plugin does to answers that are not its subject",
            columns: ["trained on, system", "usage, %", "loss", "the base's loss", "above the base"], rows: rows,
            notes: [
                "Nats a token on the base's own greedy answers to questions that no training saw; SPA and Full Separation at "
                    + "the price of Table 3, SPA at 0.35 at its own."
            ])
    }
}
