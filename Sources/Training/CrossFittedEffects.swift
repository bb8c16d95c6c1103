import Compute
import SPAEngine

/// The causal effect of choosing the side (the paper's CATE), in nats: what the gate learns.
struct CrossFittedEffects {
    let method: Method
    let base: BaseModel
    let data: Features
    let anchors: Features
    /// The fold of each data row; anchors take theirs by turns.
    let folds: [Int]
    let foldCount: Int

    /// tau = loss_f - loss_side on data and -KL(p_f ‖ p_side) on anchors, cross-fitted: each fold is scored by a side that
    /// did not learn it.
    ///
    /// Those sides know fewer rows than the one they stand for. Where held-out rows tell how much better that one does, its
    /// own scores are mixed in on data: in that share which makes the mean loss equal the held-out one.
    /// - Parameters:
    ///   - fitted: the sides that left a fold out, in order; where they are not all there, `side` scores everything.
    ///   - heldOutLosses: of `side`; empty without held-out rows.
    func tau(of side: SideNetwork, fitted: [SideNetwork], heldOutLosses: [Float]) -> [Float] {
        let isFitted = fitted.count == foldCount
        let sides = isFitted ? fitted : [side]
        var sideLosses = scored(data, by: sides, fold: { folds[$0] }) {
            FullVocabulary.sideLosses($0, method, data, at: $1, base: base)
        }
        if isFitted, !heldOutLosses.isEmpty {
            let own = FullVocabulary.sideLosses(side, method, data, base: base)
            let share = Self.share(between: own.mean, and: sideLosses.mean, at: heldOutLosses.mean)
            sideLosses = zip(own, sideLosses).map { $0 + share * ($1 - $0) }
        }
        let divergences = scored(anchors, by: sides, fold: { $0 % foldCount }) {
            FullVocabulary.divergences(.fromBase, $0, method, anchors, at: $1, base: base)
        }
        return zip(data.baseLoss, sideLosses).map(-) + divergences.map { -$0 }
    }

    /// tau with half of its noise: each token's realised effect is one draw from what the text might have been, so on data
    /// its mean with an expectation is easier to learn and as true. The expectation is the side's own, KL(p_side ‖ p_f), by
    /// the line that fits tau best (least squares): a side is too sure of itself on what it did not learn.
    func smoothed(_ tau: [Float], of side: SideNetwork, fitted: [SideNetwork], clip: Float) -> [Float] {
        let own = scored(data, by: fitted.count == foldCount ? fitted : [side], fold: { folds[$0] }) {
            FullVocabulary.divergences(.fromSide, $0, method, data, at: $1, base: base)
        }
        let (realised, anchors) = (tau[..<data.count], tau[data.count...])
        let (slope, offset) = Self.line(through: own, realised.map { min(max($0, -clip), clip) })
        return zip(realised, own).map { ($0 + slope * $1 + offset) / 2 } + anchors
    }

    /// The line y = slope · x + offset of least squares.
    private static func line(through x: [Float], _ y: [Float]) -> (slope: Float, offset: Float) {
        let (xMean, yMean) = (x.mean, y.mean)
        var (products, squares): (Float, Float) = (0, 0)
        for (x, y) in zip(x, y) {
            products += (x - xMean) * (y - yMean)
            squares += (x - xMean) * (x - xMean)
        }
        let slope = squares > 1e-6 ? products / squares : 0
        return (slope, yMean - slope * xMean)
    }

    /// Each side scores the rows of its own fold.
    private func scored(
        _ features: Features, by sides: [SideNetwork], fold: (Int) -> Int, _ score: (SideNetwork, [Int]) -> [Float]
    ) -> [Float] {
        var result = [Float](repeating: 0, count: features.count)
        for (number, side) in sides.enumerated() {
            let own = features.rows.enumerated().filter { fold($0.offset) % sides.count == number }
            let positions = own.flatMap(\.element)
            for (position, value) in zip(positions, score(side, positions)) { result[position] = value }
        }
        return result
    }

    /// How far `value` lies from `low` to `high`, 0 to 1; 1 where they do not differ.
    private static func share(between low: Float, and high: Float, at value: Float) -> Float {
        high - low > 1e-3 ? min(max((value - low) / (high - low), 0), 1) : 1
    }
}
