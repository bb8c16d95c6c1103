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
            FullVocabulary.divergences($0, method, anchors, at: $1, base: base)
        }
        return zip(data.baseLoss, sideLosses).map(-) + divergences.map { -$0 }
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
