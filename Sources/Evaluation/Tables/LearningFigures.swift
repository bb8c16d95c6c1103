/// Figures 3 and 4: SPA and LST while they learn.
enum LearningFigures {
    static func charts(_ result: TablesResult) -> [Chart] {
        let parts: [(String, String, (TablesResult.LearningEntry) -> [Double])] = [
            ("Figure 3. SPA and LST over training: loss on the rows learned", "figure3", \.training),
            ("Figure 4. SPA and LST over training: loss on validation rows", "figure4", \.validation),
        ]
        return parts.map { title, _, values in
            Chart(
                title: title, xLabel: "epoch", yLabel: "nats a token",
                panels: PaperDataSet.allCases.compactMap { dataSet in
                    guard let entries = result.learning[dataSet.rawValue] else { return nil }
                    return Chart.Panel(
                        title: dataSet.title,
                        series: [ComparedSystem.spa, .lst].compactMap { system in
                            entries[system.rawValue].map { entry in
                                Chart.Series(
                                    name: system.title,
                                    points: values(entry).enumerated().map { [Double($0.offset + 1), $0.element] })
                            }
                        })
                },
                notes: ["SPA: its side path on every token. The paper's curves are not at hand."])
        }
    }
}
