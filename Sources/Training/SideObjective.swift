import Compute
import SPAEngine

/// Stage 1 of the methods with a side network: cross-entropy of the side path on the answer tokens of some rows, and
/// where the method has anchors its divergence from the base on them. Everything is learned from features: the base is
/// never run.
package struct SideObjective: Objective {
    let base: BaseModel
    let method: Method
    let features: Features
    /// Those that hold the side to the base; none where the method has none.
    let anchors: Features
    let heldOut: Features?
    private var step: SideStep

    package init(
        base: BaseModel, method: Method, features: Features, anchors: Features, anchorGoals: AnchorGoals,
        loss: HeadLoss, recipe: TrainingRecipe, configuration: SideConfiguration, heldOut: Features?
    ) {
        self.base = base
        self.method = method
        self.features = features
        self.anchors = anchors
        self.heldOut = heldOut
        step = SideStep(
            features: features, anchors: anchors, anchorGoals: anchorGoals, loss: loss, method: method,
            recipe: recipe, configuration: configuration, team: base.team)
    }

    package var anchorCount: Int { anchors.rows.count }

    package var heldOutBaseLosses: [Float] { heldOut?.baseLoss ?? [] }

    package func positions(rows: [Int], anchors: [Int]) -> Int {
        rows.reduce(0) { $0 + features.rows[$1].count } + anchors.reduce(0) { $0 + self.anchors.rows[$1].count }
    }

    package mutating func differentiate(
        _ part: SideNetwork, rows: [Int], anchors: [Int], key: UInt64
    ) -> (loss: Float, gradients: [TensorGradient]) {
        step.gradients(
            of: part, data: rows.flatMap { features.rows[$0] },
            anchorPositions: anchors.flatMap { self.anchors.rows[$0] },
            key: key)
    }

    package func heldOutLosses(of part: SideNetwork) -> [Float] {
        heldOut.map { FullVocabulary.sideLosses(part, method, $0, base: base) } ?? []
    }
}
