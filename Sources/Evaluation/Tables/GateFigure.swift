import SPAEngine
import Training

/// Quality against usage: the mean loss on test rows while tokens are admitted to the side in the order of a score, for the
/// gate's effect, simple rules on the base alone, the gate's part that knows the subject, the oracle and a random order.
enum GateFigure {
    /// The scores, by the order in which they are drawn.
    static let names = ["oracle", "effect"] + GateStudySet.ruleNames + ["subject", "random"]

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
            columns: ["data", "effect"] + GateStudySet.ruleNames
                + ["subject", "usage, %", "loss", "oracle's loss", "base", "side", "tokens"],
            rows: PaperDataSet.allCases.compactMap { dataSet in
                guard let entry = result.gate[dataSet.rawValue] else { return nil }
                func skill(_ name: String) -> String { entry.skill[name].map { Figures.text($0, 2) } ?? "–" }
                return [dataSet.title, skill("effect")] + GateStudySet.ruleNames.map(skill) + [
                    skill("subject"), Figures.text(entry.usagePercent, 1), Figures.text(entry.loss, 3),
                    Figures.text(entry.oracleLoss, 3), Figures.text(entry.baseLoss, 3),
                    Figures.text(entry.sideLoss, 3), "\(entry.tokens)",
                ]
            },
            notes: [
                "Effect: the gate's forecast of what the side gains on a token. Rules: the base alone, by how unsure it is. Subject: the gate's other part, which tells the subject "
                    + "from general chat and is not made to tell tokens apart (of a `linear` gate, the whole gate). Usage and loss at "
                    + "the plugin's own price; the oracle's loss at the same usage."
            ])
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
                    let trained = try engine.plugins.make(order) { report(0, $0.phase.words) }
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
        ResultCache.Key("gate-curves", [trained.identity, rows.contentHash])
    }

    private func measureGate(
        _ trained: TrainedPlugin, _ rows: [TrainingRow], _ report: (Double, String) -> Bool
    ) throws -> TablesResult.GateEntry {
        let encoder = RowEncoder(
            tokenizer: engine.tokenizer, template: engine.template, longest: engine.answers.answering.contextLength)
        guard let side = trained.plugin.side, let gate = trained.plugin.gate else { throw EvaluationError.stopped }
        let features = try Features(
            rows.compactMap { encoder.encode($0).row }, base: engine.base, taps: side.configuration.taps
        ) { done, count in report(Double(done) / Double(max(1, count)), "") }
        let set = GateStudySet(features, side: side, sources: gate.sources.union([.confidence]), base: engine.base)
        let tokens = set.tokens
        let decisions = gate.decide(set.input, price: trained.plugin.price, team: engine.base.team)
        var scores = set.rules
        scores.append(("subject", decisions.map(\.sigma)))
        let effects = decisions.compactMap(\.effect)
        if effects.count == tokens.count { scores.append(("effect", effects)) }
        var curves = ["oracle": UsageCurve.oracle(tokens), "random": UsageCurve.random(tokens)]
        var skill: [String: Double?] = [:]
        for (name, scores) in scores {
            curves[name] = UsageCurve(scores: scores, tokens: tokens)
            skill[name] = GateSkill.of(scores, tokens)
        }
        let own = PricePoint(
            price: trained.plugin.price, admitted: decisions.map { $0.probability > 0.5 }, tokens: tokens)
        return TablesResult.GateEntry(
            curves: curves.mapValues { curve in
                curve.sampled(21).map { [(100 * $0.usage).rounded(digits: 2), $0.loss.rounded(digits: 4)] }
            },
            skill: skill.compactMapValues { $0?.rounded(digits: 4) },
            usagePercent: (100 * own.usage).rounded(digits: 3), loss: own.loss.rounded(digits: 4),
            oracleLoss: (curves["oracle"]?.loss(at: own.usage) ?? .nan).rounded(digits: 4),
            baseLoss: tokens.baseLosses.mean.rounded(digits: 4), sideLoss: tokens.sideLosses.mean.rounded(digits: 4),
            tokens: tokens.count, price: Double(trained.plugin.price).rounded(digits: 4))
    }
}

extension [Float] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0) { $0 + Double($1) } / Double(count) }
}
