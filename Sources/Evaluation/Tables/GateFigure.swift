import SPAEngine
import Training

/// Quality against usage: the mean loss on test rows while tokens are admitted to the side in the order of a score, for the
/// gate's effect, its linear part alone (the paper's gate), the oracle and a random order.
enum GateFigure {
    /// The scores, by the order in which they are drawn.
    static let names = ["oracle", "effect", "linear", "random"]

    static func chart(_ result: TablesResult) -> Chart {
        Chart(
            title: "The gate: loss of SPA over usage", xLabel: "usage, %", yLabel: "nats a token",
            panels: PaperDataSet.allCases.compactMap { dataSet in
                guard let entry = result.gate[dataSet.rawValue] else { return nil }
                return Chart.Panel(
                    title: dataSet.title,
                    series: names.compactMap { name in
                        entry.curves[name].map { Chart.Series(name: name, points: $0.map { [$0[0], $0[1]] }) }
                    })
            },
            notes: ["By teacher forcing on test rows; each curve starts at the base and ends at full integration."])
    }

    static func grid(_ result: TablesResult) -> Grid {
        Grid(
            title: "The gate's skill: 0 is a random order of tokens, 1 that of an oracle",
            columns: ["data", "effect", "linear", "usage, %", "loss", "oracle's loss", "base", "side", "tokens"],
            rows: PaperDataSet.allCases.compactMap { dataSet in
                guard let entry = result.gate[dataSet.rawValue] else { return nil }
                func skill(_ name: String) -> String { entry.skill[name].map { Figures.text($0, 2) } ?? "–" }
                return [
                    dataSet.title, skill("effect"), skill("linear"), Figures.text(entry.usagePercent, 1),
                    Figures.text(entry.loss, 3), Figures.text(entry.oracleLoss, 3), Figures.text(entry.baseLoss, 3),
                    Figures.text(entry.sideLoss, 3), "\(entry.tokens)",
                ]
            },
            notes: ["Usage and loss at the plugin's own price; the oracle's loss at the same usage."])
    }
}

extension TablesRun {
    func gateSteps(_ data: DividedData) -> [Step] {
        guard options.parts.contains(.gate) else { return [] }
        let order = order(.spa, data, seed: seeds[0])
        let rows = fewerRows(data)
        let typical = data.dataSet.typicalTokens
        return [
            Step(
                title: "\(data.dataSet.title): the gate over usage",
                seconds: Double(rows.count * (typical.prompt + typical.answer)) / 1500,
                isKept: { keptGate(data) != nil },
                work: { report in
                    guard keptGate(data) == nil else { return }
                    let trained = try engine.plugins.make(order) { report(0, "\($0.phase)") }
                    let entry = try measureGate(trained, rows, report)
                    try engine.cache.write(entry, gateKey(trained, rows))
                })
        ]
    }

    func keptGate(_ data: DividedData) -> TablesResult.GateEntry? {
        engine.plugins.kept(order(.spa, data, seed: seeds[0]))
            .flatMap { engine.cache.read(gateKey($0, fewerRows(data))) }
    }

    private func gateKey(_ trained: TrainedPlugin, _ rows: [TrainingRow]) -> ResultCache.Key {
        ResultCache.Key("gate", [trained.identity, rows.contentHash])
    }

    private func measureGate(
        _ trained: TrainedPlugin, _ rows: [TrainingRow], _ report: (Double, String) -> Bool
    ) throws -> TablesResult.GateEntry {
        let scorer = try PathScorer(
            base: engine.base, plugin: trained.plugin, window: engine.answers.contextLength)
        let encoder = RowEncoder(
            tokenizer: engine.tokenizer, template: engine.template, longest: engine.answers.contextLength)
        var scores: [TokenScore] = []
        for (index, row) in rows.enumerated() {
            if let encoded = encoder.encode(row).row {
                scores += try scorer.score(encoded.tokens, after: encoded.positions)
            }
            guard report(Double(index + 1) / Double(rows.count), "") else { throw EvaluationError.stopped }
        }
        let tokens = GateTokens(
            baseLosses: scores.map(\.baseLoss), sideLosses: scores.map { $0.sideLoss ?? $0.baseLoss })
        let sigmas = scores.map { $0.decision?.sigma ?? 0 }
        let effects = scores.enumerated().map { $0.element.decision?.effect ?? sigmas[$0.offset] }
        var curves = [
            "oracle": UsageCurve.oracle(tokens), "random": UsageCurve.random(tokens),
            "linear": UsageCurve(scores: sigmas, tokens: tokens),
        ]
        var skill = ["linear": GateSkill.of(sigmas, tokens)]
        if trained.plugin.gate?.effect != nil {
            curves["effect"] = UsageCurve(scores: effects, tokens: tokens)
            skill["effect"] = GateSkill.of(effects, tokens)
        }
        let losses = LossReport(scores, mode: .gated, threshold: 0.5)
        let usage = Double(losses.sideTokens) / Double(max(1, losses.tokens))
        return TablesResult.GateEntry(
            curves: curves.mapValues { curve in
                curve.sampled(21).map { [(100 * $0.usage).rounded(digits: 2), $0.loss.rounded(digits: 4)] }
            },
            skill: skill.compactMapValues { $0?.rounded(digits: 4) }, usagePercent: (100 * usage).rounded(digits: 3),
            loss: losses.chosen.rounded(digits: 4),
            oracleLoss: (curves["oracle"]?.loss(at: usage) ?? .nan).rounded(digits: 4),
            baseLoss: losses.base.rounded(digits: 4), sideLoss: losses.side.rounded(digits: 4),
            tokens: losses.tokens, price: Double(trained.plugin.price).rounded(digits: 4))
    }
}
