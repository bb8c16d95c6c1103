import SPAEngine

/// Runs the epochs of a training's stages: stage 0 learns all rows, the others leave one fold of them out. After every
/// epoch the stand is kept and told.
struct StageRunner<Part: TrainedParameters> {
    private(set) var checkpoint = Checkpoint<Part>()
    private var meter: Meter
    private let path: String?
    private let key: String

    /// - Parameter positions: what all epochs of all stages compute.
    init(positions: Int, path: String?, key: String, configuration: Part.Configuration) throws {
        meter = Meter(left: positions)
        self.path = path
        self.key = key
        if let path { checkpoint = try Checkpoint.read(path, key: key, configuration: configuration) }
    }

    /// Trains a stage for some epochs, or goes on where its checkpoint ends. Overfitting ends
    /// it early.
    /// - Returns: false where the caller asked to stop.
    mutating func run<Goal: Objective>(
        _ trainer: EpochTrainer<Goal>, stage: Int, of stages: Int, epochs: Int, start: Part,
        _ progress: (TrainingProgress) -> Bool
    ) throws -> Bool where Goal.Part == Part {
        var trainer = trainer
        var state = checkpoint.stages[stage] ?? PartProgress(start)
        meter.skip(trainer.positionsPerEpoch * (state.epochs.count + trainer.epochs - epochs))
        while state.epochs.count < epochs, !trainer.isOverfitting(state) {
            var stand = TrainingProgress(
                phase: stage == 0 ? .side : .crossFit(fold: stage, of: stages - 1), fraction: 0)
            stand.epoch = state.epochs.count + 1
            stand.epochs = epochs
            let last = state.epochs.last
            stand.heldOutLoss = last.flatMap { $0.heldOutLoss.isNaN ? nil : $0.heldOutLoss }
            stand.usagePercent = last.flatMap { $0.worthShare.isNaN ? nil : $0.worthShare * 100 }
            var (steps, lossSum): (Int, Float) = (0, 0)
            let perEpoch = trainer.stepsPerEpoch
            let done = try trainer.epoch(&state) { positions, loss in
                steps += 1
                lossSum += loss
                meter.count(positions)
                stand.loss = lossSum / Float(steps)
                let share = Double(steps) / Double(max(1, perEpoch))
                stand.fraction = (Double(stand.epoch - 1) + share) / Double(epochs)
                stand.tokensPerSecond = meter.rate
                stand.secondsLeft = meter.secondsLeft
                return progress(stand)
            }
            // Steps of an epoch that was not finished are used for the plugin, but never written.
            if done || stage == 0 { checkpoint.stages[stage] = state }
            guard done else { return false }
            if let path { try checkpoint.write(path, key: key) }
        }
        meter.skip(trainer.positionsPerEpoch * (epochs - state.epochs.count))
        return true
    }
}
