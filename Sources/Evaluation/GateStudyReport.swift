/// A study as tables and pictures.
extension GateStudy.Result {
    /// A figure over the seeds: its mean and the half width of the 95 % interval.
    private func text(_ values: [Double], _ digits: Int) -> String {
        let values = values.filter(\.isFinite)
        guard !values.isEmpty else { return "" }
        let interval = SeedInterval(values)
        let mean = Figures.text(interval.mean, digits)
        return interval.count > 1 && interval.margin > 1e-9
            ? "\(mean) ± \(Figures.text(interval.margin, digits))" : mean
    }

    /// Every gate and rule: skill, and usage and loss at the lowest and the highest price.
    package func grid(title: String) -> Grid {
        let shown = [0, prices.count - 1].filter { prices.indices.contains($0) }
        var grid = Grid(
            title: title,
            columns: ["", "skill"]
                + shown.flatMap { index in
                    ["usage at \(prices[index]), %", "loss at \(prices[index])"]
                } + ["general usage, %", "general loss above the base", "price error", "reliability error"])
        for entry in entries {
            func points(_ index: Int) -> [PricePoint] { entry.points.map { $0[index] } }
            grid.rows.append(
                [entry.name, text(entry.skill, 3)]
                    + shown.flatMap { index in
                        [text(points(index).map { 100 * $0.usage }, 1), text(points(index).map(\.loss), 3)]
                    }
                    + [
                        text(entry.general.map { 100 * $0[0].usage }, 2),
                        text(entry.general.map { $0[0].loss - generalBaseLoss }, 4),
                        text(entry.priceErrors.map(\.meanSize), 2),
                        text(entry.reliability.map(\.error), 2),
                    ])
        }
        grid.notes = [
            "\(trainingRows) rows learned, \(testTokens) held-out tokens, \(generalTokens) tokens of general chat; "
                + "nats a token; means over seeds ± half the 95 % interval. General chat at price \(prices[0]). "
                + "Price error: realised less predicted effect of tokens predicted within half a nat of the price, "
                + "the mean of its sizes at "
                + prices.map { "\($0)" }.joined(separator: ", ") + "."
        ]
        return grid
    }

    /// What a price means: the default gate and the oracle at each price.
    package func priceGrid(title: String) -> Grid {
        var grid = Grid(
            title: title,
            columns: [
                "price", "usage, %", "oracle's usage, %", "loss", "oracle's loss", "above", "near the price",
                "last admitted",
            ])
        guard let gate = entries.first(where: { !$0.reliability.isEmpty }),
            let oracle = entries.first(where: { $0.name == Self.oracleName })
        else { return grid }
        for (index, price) in prices.enumerated() {
            let points = zip(gate.points, oracle.points).map { ($0[index], $1[index]) }
            grid.rows.append([
                "\(price)", text(points.map { 100 * $0.0.usage }, 1), text(points.map { 100 * $0.1.usage }, 1),
                text(points.map(\.0.loss), 3), text(points.map(\.1.loss), 3),
                text(points.map { $0.0.loss - $0.1.loss }, 3), text(gate.priceErrors.map { $0[index] }, 2),
                text(gate.marginErrors.map { $0[index] }, 2),
            ])
        }
        grid.notes = [
            "\(gate.name); means over seeds ± half the 95 % interval. Oracle: every token whose realised effect is above "
                + "the price. Near the price: realised less predicted effect of the tokens predicted within half a nat of "
                + "it. Last admitted: what those admitted last realised, less the price."
        ]
        return grid
    }

    static let oracleName = "oracle: the realised effect"

    /// Loss over usage of the first seed.
    package func usageChart(title: String) -> Chart {
        let names = [
            "effect gate (the default)", "linear gate (the paper's), price 0.3", Self.oracleName,
            "the side's own expectation", "random", "rule: entropy of the base", "rule: top-1 probability",
            "rule: margin of the base",
        ]
        let series = names.compactMap { name in
            entries.first { $0.name == name }?.curve.map { curve in
                Chart.Series(name: name, points: curve.sampled(41).map { SIMD2(100 * $0.usage, $0.loss) })
            }
        }
        return Chart(
            title: title, xLabel: "usage, %", yLabel: "held-out loss, nats a token",
            panels: [Chart.Panel(title: "tokens admitted in the order of the score", series: series)])
    }

    /// ROUGE-L over usage of the first seed; nil where nothing was answered.
    package func rougeChart(title: String) -> Chart? {
        guard !rouge.isEmpty else { return nil }
        return Chart(
            title: title, xLabel: "usage, %", yLabel: "ROUGE-L, %",
            panels: [
                Chart.Panel(
                    title: "answers",
                    series: rouge.map { Chart.Series(name: $0.name, points: $0.points) })
            ],
            notes: [
                "\(answeredRows) test rows answered anew, first seed; from the base alone to the side alone. No oracle: which "
                    + "of two tokens an answer needs is not known before it has ended."
            ])
    }

    /// Predicted beside realised effects of the default gate, first seed.
    package func reliabilityChart(title: String) -> Chart {
        let bins = entries.first { !$0.reliability.isEmpty }?.reliability.first?.bins ?? []
        let ends = [bins.first?.predicted ?? 0, bins.last?.predicted ?? 1]
        return Chart(
            title: title, xLabel: "predicted effect, nats", yLabel: "realised effect, nats",
            panels: [
                Chart.Panel(
                    title: "held-out tokens by tenths",
                    series: [
                        Chart.Series(
                            name: "effect gate", points: bins.map { SIMD2($0.predicted, $0.realised) }),
                        Chart.Series(name: "as predicted", points: ends.map { SIMD2($0, $0) }),
                    ])
            ])
    }
}

extension [Double] {
    /// The mean of the sizes of those that there are.
    fileprivate var meanSize: Double {
        let there = filter(\.isFinite)
        return there.reduce(0) { $0 + abs($1) } / Double(there.count)
    }
}
