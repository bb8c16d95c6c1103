import Compute
import SPAEngine

/// Stage 1: trains a side network on the answer tokens of some rows, with anchors.
package struct SideTrainer: Sendable {
    /// What an epoch ended with.
    package struct Epoch: Sendable, Equatable {
        /// Mean loss over the subset while training.
        package var loss: Float
        /// Mean loss of the side path on held-out rows, whole vocabulary; nan without held-out rows.
        package var heldOutLoss: Float
        /// The share of held-out tokens on which the side gains at least the price.
        package var worthShare: Float
    }

    /// Everything that changes while training: what a checkpoint keeps.
    package struct Progress: Sendable {
        package var side: SideNetwork
        package var optimiser: SideOptimiser
        package var best: SideNetwork
        package var epochs: [Epoch] = []
        /// The epoch kept, from 1; 0 before the first.
        package var bestEpoch = 0

        package init(_ side: SideNetwork) {
            self.side = side
            best = side
            optimiser = SideOptimiser(side.configuration)
        }
    }

    let base: BaseModel
    let features: Features
    let anchors: Features
    let anchorGoals: AnchorGoals
    let loss: SideLoss
    let recipe: SideRecipe
    let seed: UInt64
    /// Tells this training's random numbers from those of others with the same seed.
    let stream: UInt64
    /// The rows to learn, indices into `features.rows`.
    let rows: [Int]
    let heldOut: Features?
    let price: Float

    /// The steps of one epoch.
    package var stepsPerEpoch: Int { (rows.count + recipe.batchRows - 1) / recipe.batchRows }

    /// The positions that one epoch computes, data and anchors: what the time left is reckoned by.
    package var positionsPerEpoch: Int {
        let data = rows.reduce(0) { $0 + features.rows[$1].count }
        let perAnchor =
            anchors.rows.isEmpty ? 0 : Double(anchors.rows.reduce(0) { $0 + $1.count }) / Double(anchors.rows.count)
        return data + Int(perAnchor * Double(recipe.batchAnchors * stepsPerEpoch))
    }

    /// Trains the next epoch.
    /// - Parameter tick: called after each step with the positions it computed and its loss; false stops at once and leaves
    ///   `progress` as it was before the epoch, but for the first epoch, of which the steps done are kept.
    /// - Returns: whether the epoch was finished.
    package func epoch(_ progress: inout Progress, tick: (Int, Float) -> Bool) throws -> Bool {
        var next = progress
        let number = progress.epochs.count
        var random = SeededRandom(seed: seed, stream: stream &* 1_000_003 &+ UInt64(number))
        let order = rows.shuffled(using: &random)
        let anchorOrder = Array(anchors.rows.indices).shuffled(using: &random)
        var nextAnchor = 0
        let steps = stepsPerEpoch
        var lossSum: Float = 0
        var work = SideStep(
            features: features, anchors: anchors, anchorGoals: anchorGoals, loss: loss, recipe: recipe,
            configuration: progress.side.configuration, team: base.team)
        for step in 0..<steps {
            let batch = order[step * recipe.batchRows..<min(order.count, (step + 1) * recipe.batchRows)]
            let data = batch.flatMap { features.rows[$0] }
            var anchorPositions: [Int] = []
            for _ in 0..<recipe.batchAnchors where !anchorOrder.isEmpty {
                anchorPositions += anchors.rows[anchorOrder[nextAnchor % anchorOrder.count]]
                nextAnchor += 1
            }
            let rate = recipe.rate(step: next.optimiser.step, of: steps * recipe.epochs)
            let result = work.take(
                &next.side, &next.optimiser, data: data, anchorPositions: anchorPositions, rate: rate,
                key: random.next())
            lossSum += result
            guard result.isFinite else { throw TrainingError.diverged(epoch: number + 1) }
            guard tick(data.count + anchorPositions.count, result) else {
                if number == 0 {
                    next.best = next.side
                    progress = next
                }
                return false
            }
        }
        var (heldOutLoss, share): (Float, Float) = (.nan, .nan)
        if let heldOut, heldOut.count > 0 {
            let losses = FullVocabulary.sideLosses(next.side, heldOut, base: base)
            heldOutLoss = losses.reduce(0, +) / Float(losses.count)
            let worth = zip(heldOut.baseLoss, losses).count { $0 - $1 >= price }
            share = Float(worth) / Float(losses.count)
        }
        next.epochs.append(Epoch(loss: lossSum / Float(max(1, steps)), heldOutLoss: heldOutLoss, worthShare: share))
        let best = progress.bestEpoch == 0 ? Float.infinity : progress.epochs[progress.bestEpoch - 1].heldOutLoss
        // Without held-out rows the last epoch is kept.
        if heldOutLoss.isNaN || heldOutLoss < best {
            next.best = next.side
            next.bestEpoch = number + 1
        }
        progress = next
        return true
    }
}

extension Matrix {
    /// The rows of this matrix over those of another of the same width.
    func above(_ other: Matrix) -> Matrix {
        Matrix(rows: rows + other.rows, columns: columns, values: values + other.values)
    }
}
