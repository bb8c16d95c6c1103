import Compute
import SPAEngine
import Tokenizer

/// The training of a method with a side network: features once, then the side, then, where the method has one, the gate
/// on cross-fitted effects.
struct SideTraining {
    private let trainer: Trainer
    private let method: SideMethod
    private let material: Trainer.Material
    private let data: Features
    private let heldOut: Features
    /// None where the method has no use for them.
    private let anchors: Features
    /// Every sixth anchor is kept to measure the usage on general chat.
    private let general: Features
    private let generalQuestions: [String]
    private let anchorGoals: AnchorGoals
    private let loss: HeadLoss
    /// The fold of each row.
    private let folds: [Int]

    /// Whether the rows are facts, so that a question gate decides once an answer: then all rows are learned at once, and no side
    /// has to score what it did not learn.
    private let learnsFacts: Bool
    private static let handful = 200
    private static let anchorsOfAHandful = 48

    private var options: TrainingOptions { trainer.options }
    /// Where a question gate keeps the side from everyday questions, few anchors do, and facts that are read in the words in which
    /// they were taught are known early.
    private var recipe: TrainingRecipe {
        var recipe = options.side
        if learnsFacts {
            recipe.batchAnchors = min(1, recipe.batchAnchors)
            recipe.rowsInAll = min(2900, recipe.rowsInAll)
            recipe.dropout = 0
        }
        return recipe
    }
    private var foldCount: Int { hasGate && !learnsFacts ? options.folds : 0 }
    private var base: BaseModel { trainer.base }
    private var hasGate: Bool { method.method.hasGate }

    init(
        trainer: Trainer, method: SideMethod, material: Trainer.Material, _ progress: (TrainingProgress) -> Bool
    ) throws {
        self.trainer = trainer
        self.method = method
        self.material = material
        var questions = method.method.hasGate ? trainer.questions : []
        // Few rows need few anchors, and whoever waits for one fact does not wait for all of them.
        if trainer.learnsFacts(material), material.taught.count <= Self.handful {
            questions = Array(questions.prefix(Self.anchorsOfAHandful))
        }
        let anchors = try Anchors.make(
            questions: questions, base: trainer.base, tokenizer: trainer.tokenizer, template: trainer.template,
            folder: trainer.options.anchorsFolder
        ) { progress(TrainingProgress(phase: .anchors, fraction: Double($0) / Double(max(1, questions.count)))) }
        let anchorRows = anchors.anchors.map(\.encoded)
        let total = material.learned.encoded.count + material.heldOut.encoded.count + anchorRows.count
        var read = 0
        func features(_ rows: [EncodedRow]) throws -> Features {
            func now() throws -> Features {
                try Features(rows, base: trainer.base, taps: trainer.configuration.taps) { done, _ in
                    progress(TrainingProgress(phase: .features, fraction: Double(read + done) / Double(total)))
                }
            }
            defer { read += rows.count }
            return try trainer.memo?.features(rows, taps: trainer.configuration.taps, read: now) ?? now()
        }
        learnsFacts = trainer.learnsFacts(material)
        data = try features(material.learned.encoded)
        heldOut = try features(material.heldOut.encoded)
        generalQuestions = questions.enumerated().filter { $0.offset % 6 == 5 }.map(\.element)
        self.anchors = try features(anchorRows.enumerated().filter { $0.offset % 6 != 5 }.map(\.element))
        general = try features(anchorRows.enumerated().filter { $0.offset % 6 == 5 }.map(\.element))
        // What u alone says of a token that no softmax of training saw is anything; where f is added, the base says it.
        let tokens =
            method.method.addsToBase
            ? data.vocabulary + self.anchors.vocabulary
            : Array(0..<Int32(trainer.base.configuration.vocabularySize))
        let subset = try VocabularySubset(tokens, base: trainer.base)
        anchorGoals = AnchorGoals(self.anchors.allFinals, subset: subset, team: trainer.base.team)
        loss = HeadLoss(subset: subset)
        folds = Split.folds(material.learned.rows, count: max(1, trainer.options.folds))
    }

    func run(_ progress: (TrainingProgress) -> Bool) throws -> TrainingReport {
        let epochs = recipe.epochs(rows: data.rows.count)
        let allRows = Array(data.rows.indices)
        // Facts are to be known by heart: no epoch before the last is the better one.
        var stages = [stage(allRows, anchors, learnsFacts ? nil : heldOut, epochs, stream: 0)]
        for fold in 0..<foldCount {
            // Learns all but one fold of rows and anchors, to score that one.
            let others = anchors.rows(where: { $0 % options.folds != fold })
            stages.append(
                stage(allRows.filter { folds[$0] != fold }, others, nil, epochs, stream: UInt64(fold) + 1))
        }
        var runner = try StageRunner<SideNetwork>(
            positions: stages.reduce(0) { $0 + $1.positionsPerEpoch * epochs }, path: options.checkpoint,
            key: trainer.key(material), configuration: trainer.configuration)
        var stopped = false
        for (number, stage) in stages.enumerated() where !stopped {
            // A side that scores a fold learns as long as the one that it stands for.
            let epochs = number == 0 ? epochs : runner.checkpoint.stages[0]?.bestEpoch ?? epochs
            stopped = try !runner.run(
                stage, stage: number, of: stages.count, epochs: epochs,
                start: method.start(trainer.configuration, seed: options.seed)
            ) { progress(learnsFacts ? $0.within(0...Self.firstShare) : $0) }
        }
        guard var main = runner.checkpoint.stages[0], main.optimiser.step > 0 else { throw TrainingError.cancelled }
        if learnsFacts, !stopped, let second = try second(after: main.best, epochs: epochs) {
            stopped = try !runner.run(second, stage: 1, of: 2, epochs: second.epochs, start: main.best) {
                progress($0.within(Self.firstShare...1))
            }
            if var more = runner.checkpoint.stages[1] {
                more.epochs = main.epochs + more.epochs
                more.bestEpoch += main.epochs.count
                main = more
            }
        }

        let side = main.best.halved
        let heldOutLosses = losses(of: side, on: heldOut)
        var gate: Gate?
        var gateMaterial: GateMaterial?
        if hasGate {
            let fitted =
                stopped ? [] : (0..<foldCount).compactMap { runner.checkpoint.stages[$0 + 1]?.part }
            let effects = CrossFittedEffects(
                method: method.method, base: base, data: data, anchors: anchors, folds: folds,
                foldCount: max(1, foldCount))
            let realised = effects.tau(of: side, fitted: fitted, heldOutLosses: heldOutLosses)
            let smooths = options.gate.smoothsEffects && options.gate.kind == .effect
            let smoothed =
                smooths || options.keepsGateMaterial
                ? effects.smoothed(realised, of: side, fitted: fitted, clip: options.gate.effectClip) : realised
            let tau = smooths ? smoothed : realised
            let heldOutEffects = zip(heldOut.baseLoss, heldOutLosses).map(-)
            if options.keepsGateMaterial {
                gateMaterial = GateMaterial(
                    data: data, anchors: anchors, realised: realised, smoothed: smoothed, heldOut: heldOut,
                    heldOutEffects: heldOutEffects)
            }
            let gateTrainer = GateTrainer(recipe: options.gate, seed: options.seed, team: base.team)
            let trained = gateTrainer.train(data, anchors: anchors, tau: tau, base: base) { fraction in
                _ = progress(TrainingProgress(phase: .gate, fraction: fraction))
                return true
            }
            gate = gateTrainer.calibrated(trained, on: heldOut, effects: heldOutEffects, base: base)
        }
        var facts = trainer.facts(material, tokens: data.count, anchors: anchors.rows.count, main)
        func measure(_ features: Features, _ losses: [Float]? = nil, subject: Float? = nil) -> PathEvaluation {
            PathEvaluation(
                gate, price: options.price, features, sideLosses: losses ?? self.losses(of: side, on: features),
                subject: subject, base: base)
        }
        _ = progress(TrainingProgress(phase: .evaluate, fraction: 0))
        let onSubject: Float? = learnsFacts ? 1 : nil
        let measured = heldOut.count > 0 ? measure(heldOut, heldOutLosses, subject: onSubject) : nil
        let own = measure(data, subject: onSubject)
        facts.heldOutLoss = measured?.losses ?? PathLosses()
        // In general chat the question gate speaks first: its word for the questions kept to measure on.
        let admitted = try material.planner.map { try trainer.admittedShare($0, of: generalQuestions) } ?? 1
        facts.usagePercent = (
            (measured ?? own).usagePercent, admitted * measure(general, subject: onSubject).usagePercent
        )
        var plugin = Plugin(
            method: method.method, part: .side(side), gate: gate, price: options.price, baseName: base.name,
            baseFingerprint: base.fingerprint, facts: facts)
        plugin.questions = material.questionGate
        return TrainingReport(
            plugin: plugin, epochs: main.epochs.map { ($0.loss, $0.heldOutLoss) }, cutRows: material.learned.cut,
            unlearnedRows: material.learned.dropped,
            unanswered: hasGate && !stopped ? unanswered(own) : [], unrecognised: material.unrecognised,
            stopped: stopped, gateMaterial: gateMaterial)
    }

    /// The questions of rows whose answers the plugin would not give word for word: where a token has less than half of the
    /// probability on the path that the gate chooses, another may have more.
    private func unanswered(_ own: PathEvaluation) -> [String] {
        var seen: Set<String> = []
        return zip(material.learned.rows, data.rows).compactMap { row, positions in
            guard let question = row.lastQuestion, positions.contains(where: { own.gatedLosses[$0] > 0.693 }),
                material.isOriginal(row), seen.insert(question).inserted
            else { return nil }
            return question
        }
    }

    /// Facts are said to their last word: where a token that no softmax has seen has become likelier than the right one, the facts
    /// are learned for a few epochs more with such tokens in it. nil where there is none.
    private func second(after side: SideNetwork, epochs: Int) throws -> EpochTrainer<SideObjective>? {
        let surprises = FullVocabulary.surprises(side, method.method, data, outside: loss.subset, base: base)
        guard !surprises.isEmpty else { return nil }
        let subset = try VocabularySubset(loss.subset.ids + surprises, base: base)
        var recipe = recipe
        recipe.rate *= Self.secondRate
        return stage(
            Array(data.rows.indices), anchors, nil, max(2, epochs / Self.epochsPerSecond), stream: 1, recipe: recipe,
            HeadLoss(subset: subset), AnchorGoals(anchors.allFinals, subset: subset, team: base.team))
    }

    private static let firstShare = 0.85
    private static let secondRate: Float = 0.4
    private static let epochsPerSecond = 6

    private func stage(
        _ rows: [Int], _ anchors: Features, _ heldOut: Features?, _ epochs: Int, stream: UInt64,
        recipe: TrainingRecipe? = nil, _ otherLoss: HeadLoss? = nil, _ otherGoals: AnchorGoals? = nil
    ) -> EpochTrainer<SideObjective> {
        let recipe = recipe ?? self.recipe
        let objective = SideObjective(
            base: base, method: method.method, features: data,
            anchors: method.isHeldToBase ? anchors : anchors.rows(where: { _ in false }),
            anchorGoals: otherGoals ?? anchorGoals, loss: otherLoss ?? loss, recipe: recipe,
            configuration: trainer.configuration, heldOut: heldOut)
        return EpochTrainer(
            objective: objective, recipe: recipe, epochs: epochs, seed: options.seed, stream: stream, rows: rows,
            price: options.price, team: base.team)
    }

    private func losses(of side: SideNetwork, on features: Features) -> [Float] {
        FullVocabulary.sideLosses(side, method.method, features, base: base)
    }
}

extension Features {
    /// The rows whose index is chosen, sharing this object's storage.
    func rows(where isChosen: (Int) -> Bool) -> Features {
        Features(self, rows: rows.indices.filter(isChosen).map { rows[$0] })
    }
}

extension Matrix {
    /// The rows of this matrix over those of another of the same width.
    func above(_ other: Matrix) -> Matrix {
        Matrix(rows: rows + other.rows, columns: columns, values: values + other.values)
    }
}
