import Glibc

/// How a method's part is trained; the defaults are what was measured to work for the side network.
public struct TrainingRecipe: Sendable, Equatable {
    /// How often all rows are learned; nil leaves it to their number: see `epochs(rows:)`.
    public var epochs: Int?
    /// About how many rows are learned in all, repeats counted, where `epochs` does not say it.
    public var rowsInAll = 4000
    /// How often all rows are then learned at least and at most.
    public var fewestAndMostEpochs = 3...15
    /// About how many steps there are at least: a handful of rows is learned more often than `fewestAndMostEpochs` says, at
    /// most `mostEpochsOfAHandful` times.
    public var fewestSteps = 135
    /// See `fewestSteps`.
    public var mostEpochsOfAHandful = 60
    /// Rows a batch.
    public var batchRows = 4
    /// Anchors a batch.
    public var batchAnchors = 2
    /// The highest learning rate.
    public var rate: Float = 3e-3
    /// AdamW's beta1.
    public var beta1: Float = 0.9
    /// AdamW's beta2.
    public var beta2: Float = 0.98
    /// Weight decay of matrices.
    public var decay: Float = 0.01
    /// The gradient's norm is clipped to this.
    public var clip: Float = 1
    /// Steps of linear warm-up.
    public var warmUpSteps = 10
    /// The share of the rate that the cosine ends at.
    public var finalShare: Float = 0.05
    /// Dropout on the tap features.
    public var dropout: Float = 0.1
    /// The weight of KL(p_f ‖ p_I) on anchors.
    public var anchorWeight: Float = 0.5

    /// The measured recipe.
    public init() {}

    /// For what is trained inside the base's blocks: no taps to drop, no anchors, and a lower rate, as a change of one
    /// block changes all that come after it.
    public static let blocks: TrainingRecipe = {
        var recipe = TrainingRecipe()
        recipe.rate = 1e-3
        recipe.dropout = 0
        recipe.batchAnchors = 0
        recipe.rowsInAll = 2000
        recipe.fewestSteps = 0
        recipe.fewestAndMostEpochs = 2...6
        return recipe
    }()

    /// How often rows are learned. Few need the steps; many are learned by heart after two or three times.
    public func epochs(rows: Int) -> Int {
        if let epochs { return epochs }
        let usual = min(
            fewestAndMostEpochs.upperBound, max(fewestAndMostEpochs.lowerBound, rowsInAll / max(1, rows)))
        return max(usual, min(mostEpochsOfAHandful, fewestSteps * batchRows / max(1, rows)))
    }

    /// The learning rate of a step, from 0, out of `total`: linear warm-up, then cosine.
    public func rate(step: Int, of total: Int) -> Float {
        if step < warmUpSteps { return rate * Float(step + 1) / Float(warmUpSteps) }
        let progress = Double(step - warmUpSteps) / Double(max(1, total - warmUpSteps))
        let share = Float((1 + cos(.pi * min(1, progress))) / 2)
        return rate * (finalShare + (1 - finalShare) * share)
    }
}
