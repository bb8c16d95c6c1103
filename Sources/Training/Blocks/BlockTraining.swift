import SPAEngine

/// The training of a method inside the base's blocks. The base reads all rows once for its own losses and for the
/// tokens that the softmax of training needs; then every step goes through the whole base.
struct BlockTraining<Part: BlockMethod> {
    private let trainer: Trainer
    private let material: Trainer.Material
    private let data: BlockRows
    private let heldOut: BlockRows
    private let objective: BlockObjective<Part>
    private let start: Part

    private var options: TrainingOptions { trainer.options }

    init(trainer: Trainer, material: Trainer.Material, _ progress: (TrainingProgress) -> Bool) throws {
        self.trainer = trainer
        self.material = material
        let base = trainer.base
        let total = material.learned.encoded.count + material.heldOut.encoded.count
        var read = 0
        func features(_ rows: [EncodedRow]) throws -> Features {
            let features = try Features(rows, base: base, taps: []) { done, _ in
                progress(TrainingProgress(phase: .features, fraction: Double(read + done) / Double(total)))
            }
            read += rows.count
            return features
        }
        let learned = try features(material.learned.encoded)
        let measured = try features(material.heldOut.encoded)
        data = BlockRows(rows: material.learned.encoded, baseLoss: learned.baseLoss)
        heldOut = BlockRows(rows: material.heldOut.encoded, baseLoss: measured.baseLoss)
        start = Part.start(matching: trainer.trainedCount, base: base.configuration, seed: trainer.options.seed)
        objective = BlockObjective(
            base: base, function: try DifferentiableBase(base), data: data, heldOut: heldOut,
            loss: HeadLoss(subset: try VocabularySubset(learned.vocabulary, base: base)),
            configuration: start.configuration)
    }

    func run(_ progress: (TrainingProgress) -> Bool) throws -> TrainingReport {
        let epochs = options.blocks.epochs(rows: data.rows.count)
        let stage = EpochTrainer(
            objective: objective, recipe: options.blocks, epochs: epochs, seed: options.seed, stream: 0,
            rows: Array(data.rows.indices), price: options.price, team: trainer.base.team)
        var runner = try StageRunner<Part>(
            positions: stage.positionsPerEpoch * epochs, path: options.checkpoint, key: trainer.key(material),
            configuration: start.configuration)
        let stopped = try !runner.run(stage, stage: 0, of: 1, epochs: epochs, start: start, progress)
        guard let main = runner.checkpoint.stages[0], main.optimiser.step > 0 else { throw TrainingError.cancelled }

        let part = main.best.halved
        _ = progress(TrainingProgress(phase: .evaluate, fraction: 0))
        var facts = trainer.facts(material, tokens: data.baseLoss.count, anchors: 0, main)
        let losses = try objective.heldOutLosses(of: part).mean
        facts.heldOutLoss = PathLosses(base: heldOut.baseLoss.mean, side: losses, gated: losses)
        facts.usagePercent = (100, 100)
        let plugin = Plugin(
            method: options.method, part: part.pluginPart, gate: nil, price: options.price, baseName: trainer.base.name,
            baseFingerprint: trainer.base.fingerprint, facts: facts)
        return TrainingReport(
            plugin: plugin, epochs: main.epochs.map { ($0.loss, $0.heldOutLoss) }, cutRows: material.learned.cut,
            unlearnedRows: material.learned.dropped,
            stopped: stopped)
    }
}
