import Compute
import SPAEngine
import Tokenizer
import Training

/// What gates are worth on one data set: quality against usage beside oracle, chance and simple rules, and what each part of
/// the default gate brings. Teacher-forced, on rows that no training saw.
package struct GateStudy {
    /// One gate or rule, seed by seed.
    package struct Entry: Sendable, Equatable {
        package let name: String
        package var skill: [Double] = []
        /// Of the prices asked for, by seed; empty for a rule, which has no price.
        package var points: [[PricePoint]] = []
        /// The same in general chat: usage, and the loss above the base's.
        package var general: [[PricePoint]] = []
        /// Mean distance between predicted and realised effect, nats; of effect gates.
        package var reliability: [GateReliability] = []
        /// At each price: what the tokens predicted near it realised, less what was predicted, nats.
        package var priceErrors: [[Double]] = []
        /// At each price: what the last tokens admitted realised, less the price, nats.
        package var marginErrors: [[Double]] = []
        /// Of the first seed.
        package var curve: UsageCurve?
    }

    /// What a study found.
    package struct Result: Sendable, Equatable {
        package let prices: [Float]
        package var entries: [Entry] = []
        package var trainingRows = 0
        package var testTokens = 0
        package var generalTokens = 0
        package var generalBaseLoss = 0.0
        /// ROUGE-L over usage, of the first seed; empty where no rows were to be answered.
        package var rouge: [RougeOverUsage.Curve] = []
        package var answeredRows = 0
    }

    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let options: TrainingOptions
    let prices: [Float]
    let anchorQuestions: [String]

    /// - Parameters:
    ///   - prices: what gates are measured at, nats.
    ///   - anchorQuestions: what training learns to leave alone.
    package init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, options: TrainingOptions,
        prices: [Float] = [0.2, 0.5, 1], anchorQuestions: [String] = AnchorQuestions.all
    ) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.options = options
        self.prices = prices
        self.anchorQuestions = anchorQuestions
    }

    /// Trains a side with each seed and every gate on it, and measures them.
    /// - Parameters:
    ///   - general: everyday questions that no training saw.
    ///   - answered: how many of the test rows are answered for ROUGE-L over usage, with the first seed.
    ///   - progress: called with what is being done; false ends the study with `TrainingError.cancelled`.
    package func run(
        _ rows: [TrainingRow], heldOut: [TrainingRow]?, test: [TrainingRow], general: [String], seeds: [UInt64],
        answered: Int = 0, generalFolder: String?, progress: (String) -> Bool
    ) throws -> Result {
        let encoder = RowEncoder(tokenizer: tokenizer, template: template, longest: options.longestRow)
        let answers = try Anchors.make(
            questions: general, base: base, tokenizer: tokenizer, template: template, folder: generalFolder
        ) { progress("the base answers everyday question \($0 + 1)") }
        var result = Result(prices: prices)
        result.trainingRows = rows.count
        var features: (test: Features, general: Features)?
        // Seeds do not change what the base says of rows, nor which rows are held out.
        let memo = FeatureMemo()
        for seed in seeds {
            var options = options
            options.seed = seed
            options.keepsGateMaterial = true
            var trainer = Trainer(
                base: base, tokenizer: tokenizer, template: template, options: options, questions: anchorQuestions)
            trainer.memo = memo
            let report = try trainer.train(rows, heldOut: heldOut) { progress("seed \(seed): \($0.phase.words)") }
            guard let side = report.plugin.side, let material = report.gateMaterial, !report.stopped else {
                throw TrainingError.cancelled
            }
            let read =
                try features
                ?? (
                    Features(
                        test.compactMap { encoder.encode($0).row }, base: base, taps: side.configuration.taps),
                    Features(
                        answers.anchors.map {
                            EncodedRow(
                                tokens: $0.prompt + $0.answer,
                                positions: $0.answer.indices.map { [prompt = $0.prompt] in prompt.count + $0 - 1 })
                        }, base: base, taps: side.configuration.taps)
                )
            features = read
            let sources = Set(GateVariant.all.flatMap { $0.recipe.sources(taps: material.data.tapCount) })
                .union([.confidence])
            var seen = Seen(
                material: material, data: material.data.gateInput(sources, base: base),
                anchors: material.anchors.gateInput(sources, base: base),
                test: GateStudySet(read.test, side: side, sources: sources, base: base),
                general: GateStudySet(read.general, side: side, sources: sources, base: base))
            let gates = try measure(&seen, seed: seed, into: &result, progress)
            if seed == seeds.first, answered > 0 {
                (result.rouge, result.answeredRows) = try rouge(
                    report.plugin, gates, seen.test, Array(test.prefix(answered)), seed: seed, progress)
            }
            guard progress("seed \(seed) done") else { throw TrainingError.cancelled }
        }
        return result
    }

    /// Everything that one seed's gates learn from and are measured on.
    private struct Seen {
        let material: GateMaterial
        var data: GateInput
        var anchors: GateInput
        var test: GateStudySet
        var general: GateStudySet
    }

    /// - Returns: the gates by their variants' names.
    private func measure(
        _ seen: inout Seen, seed: UInt64, into result: inout Result, _ progress: (String) -> Bool
    ) throws(TrainingError) -> [String: Gate] {
        var gates: [String: Gate] = [:]
        result.testTokens = seen.test.tokens.count
        result.generalTokens = seen.general.tokens.count
        result.generalBaseLoss =
            seen.general.tokens.baseLosses.reduce(0) { $0 + Double($1) } / Double(max(1, seen.general.tokens.count))
        let test = seen.test.tokens
        var oracle = Entry(name: Result.oracleName, skill: [1])
        oracle.points = [prices.map { PricePoint(price: $0, effects: test.effects, tokens: test) }]
        oracle.curve = .oracle(test)
        result.add(oracle)
        var expected = scored("the side's own expectation", seen.test.expected, test)
        expected.points = [prices.map { PricePoint(price: $0, effects: seen.test.expected, tokens: test) }]
        result.add(expected)
        var isFirst = true
        for variant in GateVariant.all {
            guard progress("seed \(seed): \(variant.name)") else { throw .cancelled }
            let gate = train(variant, seen, seed: seed)
            gates[variant.name] = gate
            result.add(entry(variant.name, gate, seen))
            if isFirst, let effect = gate.effect {
                for path in [\Seen.data, \.anchors, \.test.input, \.general.input] {
                    let effects = effect.predict(seen[keyPath: path], team: base.team)
                    let features =
                        path == \.data
                        ? seen.material.data
                        : path == \.anchors
                            ? seen.material.anchors
                            : path == \.test.input ? seen.test.features : seen.general.features
                    seen[keyPath: path][.added] = features.previous(effects)
                }
                isFirst = false
            }
        }
        for (name, scores) in seen.test.rules { result.add(scored(name, scores, test)) }
        var random = Entry(name: "random", skill: [0])
        random.curve = .random(test)
        result.add(random)
        return gates
    }

    /// Answers rows with the default gate, the paper's, the simple rules and chance.
    private func rouge(
        _ plugin: Plugin, _ gates: [String: Gate], _ test: GateStudySet, _ rows: [TrainingRow], seed: UInt64,
        _ progress: (String) -> Bool
    ) throws -> (curves: [RougeOverUsage.Curve], rows: Int) {
        var candidates = GateVariant.answering.compactMap { name in
            gates[name].map { gate in
                let decisions = gate.decide(test.input, price: 0, team: base.team)
                return RougeOverUsage.Candidate(name: name, gate: gate, scores: decisions.map(\.admission))
            }
        }
        for ((name, scores), rule) in zip(test.rules, GateStudySet.unsureness) {
            let gate = Gate.rule(column: rule.column, sign: rule.sign, baseWidth: base.configuration.width)
            candidates.append(RougeOverUsage.Candidate(name: name, gate: gate, scores: scores))
        }
        let longest = rows.map { tokenizer.encode(EvaluationRow($0).reference ?? "").count }.max() ?? 0
        let study = RougeOverUsage(
            answering: Answering(base: base, tokenizer: tokenizer, template: template), plugin: plugin, rows: rows,
            maximumTokens: min(128, longest + 1), seed: seed)
        return (try study.curves(candidates) { progress("answering: \($0) rows left") }, study.rows.count)
    }

    private func scored(_ name: String, _ scores: [Float], _ tokens: GateTokens) -> Entry {
        var entry = Entry(name: name, skill: GateSkill.of(scores, tokens).map { [$0] } ?? [])
        entry.curve = UsageCurve(scores: scores, tokens: tokens)
        return entry
    }

    private func train(_ variant: GateVariant, _ seen: Seen, seed: UInt64) -> Gate {
        let material = seen.material
        let kept = Int((Double(material.anchors.rows.count) * variant.anchorShare).rounded())
        let anchors = material.anchors.rows.prefix(kept).flatMap { Array($0) }
        let count = material.data.count
        let effects =
            variant.recipe.smoothsEffects && variant.recipe.kind == .effect ? material.smoothed : material.realised
        let trainer = GateTrainer(recipe: variant.recipe, seed: seed, team: base.team)
        let gate = trainer.train(
            seen.data.above(seen.anchors.gather(anchors)), taps: material.data.tapCount,
            tau: Array(effects[..<count]) + anchors.map { effects[count + $0] }, dataCount: count
        ) { _ in true }
        // The previous token's effect is not among what rows give by themselves.
        guard gate.effect?.sources.contains(.added) != true else { return gate }
        return trainer.calibrated(gate, on: material.heldOut, effects: material.heldOutEffects, base: base)
    }

    private func entry(_ name: String, _ gate: Gate, _ seen: Seen) -> Entry {
        let tokens = seen.test.tokens
        let decisions = gate.decide(seen.test.input, price: 0, team: base.team)
        var entry = scored(name, decisions.map(\.admission), tokens)
        func points(_ set: GateStudySet) -> [PricePoint] {
            prices.map { price in
                let admitted = gate.decide(set.input, price: price, team: base.team).map { $0.probability > 0.5 }
                return PricePoint(price: price, admitted: admitted, tokens: set.tokens)
            }
        }
        entry.points = [points(seen.test)]
        entry.general = [points(seen.general)]
        let effects = decisions.compactMap(\.effect)
        if effects.count == tokens.count {
            entry.reliability = [GateReliability(predicted: effects, realised: tokens.effects)]
            entry.priceErrors = [
                prices.map { GateReliability.priceError(at: $0, predicted: effects, realised: tokens.effects) ?? .nan }
            ]
            entry.marginErrors = [
                prices.map { price in
                    GateReliability.margin(at: price, predicted: effects, realised: tokens.effects)
                        .map { $0.realised - Double(price) } ?? .nan
                }
            ]
        }
        return entry
    }
}

extension GateDecision {
    /// The order in which a falling price admits tokens: what is not of the subject comes last.
    fileprivate var admission: Float { effect.map { sigma > 0.5 ? $0 : $0 - 1000 } ?? sigma }
}

extension GateStudy.Result {
    /// Adds one seed's findings to those of earlier seeds.
    fileprivate mutating func add(_ entry: GateStudy.Entry) {
        guard let index = entries.firstIndex(where: { $0.name == entry.name }) else {
            entries.append(entry)
            return
        }
        entries[index].skill += entry.skill
        entries[index].points += entry.points
        entries[index].general += entry.general
        entries[index].reliability += entry.reliability
        entries[index].priceErrors += entry.priceErrors
        entries[index].marginErrors += entry.marginErrors
    }
}
