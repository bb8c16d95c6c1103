import Compute
import SPAEngine

/// A batch's loss by what is trained, and the loss on held-out rows: what the trainer of epochs needs of a method.
package protocol Objective: Sendable {
    /// What is trained.
    associatedtype Part: TrainedParameters
    /// The number of anchors that batches draw from.
    var anchorCount: Int { get }
    /// The base's loss at every held-out position; empty without held-out rows.
    var heldOutBaseLosses: [Float] { get }
    /// The positions that a batch computes.
    func positions(rows: [Int], anchors: [Int]) -> Int
    /// The batch's loss and its gradients, in the order of the part's tensors.
    /// - Parameter key: decides what is random.
    mutating func differentiate(
        _ part: Part, rows: [Int], anchors: [Int], key: UInt64
    ) throws -> (loss: Float, gradients: [TensorGradient])
    /// The loss at every held-out position, over the whole vocabulary.
    func heldOutLosses(of part: Part) throws -> [Float]
}

/// Everything that changes while something is trained: what a checkpoint keeps.
package struct PartProgress<Part: TrainedParameters>: Sendable {
    /// After the last step.
    package var part: Part
    package var optimiser: AdamW<Part>
    /// After the best epoch.
    package var best: Part
    package var epochs: [Epoch] = []
    /// The epoch kept, from 1; 0 before the first.
    package var bestEpoch = 0

    package init(_ part: Part) {
        self.part = part
        best = part
        optimiser = AdamW(part.configuration)
    }
}

/// What an epoch ended with.
package struct Epoch: Sendable, Equatable {
    /// Mean loss over the subset while training.
    package var loss: Float
    /// Mean loss on held-out rows, whole vocabulary; nan without held-out rows.
    package var heldOutLoss: Float
    /// The share of held-out tokens on which the method gains at least the price.
    package var worthShare: Float
}

/// Trains a part, epoch by epoch.
package struct EpochTrainer<Goal: Objective>: Sendable {
    var objective: Goal
    let recipe: TrainingRecipe
    /// The epochs that the learning rate's course is laid out for.
    let epochs: Int
    let seed: UInt64
    /// Tells this training's random numbers from those of others with the same seed.
    let stream: UInt64
    /// The rows to learn.
    let rows: [Int]
    let price: Float
    let team: ThreadTeam

    /// The steps of one epoch.
    package var stepsPerEpoch: Int { (rows.count + recipe.batchRows - 1) / recipe.batchRows }

    /// The positions that one epoch computes: what the time left is reckoned by.
    package var positionsPerEpoch: Int {
        let anchors = objective.anchorCount
        let perAnchor =
            anchors == 0 ? 0 : Double(objective.positions(rows: [], anchors: Array(0..<anchors))) / Double(anchors)
        return objective.positions(rows: rows, anchors: [])
            + Int(perAnchor * Double(recipe.batchAnchors * stepsPerEpoch))
    }

    /// Whether what comes would only be learned by heart: the loss on held-out rows rose twice in a row, and by now lies
    /// above the best by more than a fifth of the base's. Less may be chance while the rate is high.
    package func isOverfitting(_ progress: PartProgress<Goal.Part>) -> Bool {
        let losses = progress.epochs.map(\.heldOutLoss)
        guard losses.count >= 3, let best = losses.min() else { return false }
        let last = losses.suffix(3)
        return zip(last, last.dropFirst()).allSatisfy { $0 < $1 }
            && losses[losses.count - 1] - best > objective.heldOutBaseLosses.mean / 5
    }

    /// Trains the next epoch.
    /// - Parameter tick: called after each step with the positions it computed and its loss; false stops at once and leaves
    ///   `progress` as it was before the epoch, but for the first epoch, of which the steps done are kept.
    /// - Returns: whether the epoch was finished.
    package mutating func epoch(_ progress: inout PartProgress<Goal.Part>, tick: (Int, Float) -> Bool) throws -> Bool {
        var next = progress
        let number = progress.epochs.count
        var random = SeededRandom(seed: seed, stream: stream &* 1_000_003 &+ UInt64(number))
        let order = rows.shuffled(using: &random)
        let anchorOrder = Array(0..<objective.anchorCount).shuffled(using: &random)
        var nextAnchor = 0
        let steps = stepsPerEpoch
        var lossSum: Float = 0
        for step in 0..<steps {
            let batch = Array(order[step * recipe.batchRows..<min(order.count, (step + 1) * recipe.batchRows)])
            var anchors: [Int] = []
            for _ in 0..<recipe.batchAnchors where !anchorOrder.isEmpty {
                anchors.append(anchorOrder[nextAnchor % anchorOrder.count])
                nextAnchor += 1
            }
            let rate = recipe.rate(step: next.optimiser.step, of: steps * epochs)
            let (loss, gradients) = try objective.differentiate(
                next.part, rows: batch, anchors: anchors, key: random.next())
            next.optimiser.update(&next.part, gradients: gradients, rate: rate, recipe: recipe, team: team)
            lossSum += loss
            guard loss.isFinite else { throw TrainingError.diverged(epoch: number + 1) }
            guard tick(objective.positions(rows: batch, anchors: anchors), loss) else {
                if number == 0 {
                    next.best = next.part
                    progress = next
                }
                return false
            }
        }
        var (heldOutLoss, share): (Float, Float) = (.nan, .nan)
        let losses = try objective.heldOutLosses(of: next.part)
        if !losses.isEmpty {
            heldOutLoss = losses.reduce(0, +) / Float(losses.count)
            guard heldOutLoss.isFinite else { throw TrainingError.diverged(epoch: number + 1) }
            let worth = zip(objective.heldOutBaseLosses, losses).count { $0 - $1 >= price }
            share = Float(worth) / Float(losses.count)
        }
        next.epochs.append(Epoch(loss: lossSum / Float(max(1, steps)), heldOutLoss: heldOutLoss, worthShare: share))
        let best = progress.bestEpoch == 0 ? Float.infinity : progress.epochs[progress.bestEpoch - 1].heldOutLoss
        // Without held-out rows the last epoch is kept.
        if heldOutLoss.isNaN || heldOutLoss < best {
            next.best = next.part
            next.bestEpoch = number + 1
        }
        progress = next
        return true
    }
}
