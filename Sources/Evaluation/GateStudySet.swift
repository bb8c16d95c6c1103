import Compute
import SPAEngine
import Training

/// Text that no training saw, as gates and rules see it.
struct GateStudySet {
    let features: Features
    let tokens: GateTokens
    /// All that any gate of the study reads, the added column apart.
    var input: GateInput
    /// KL(p_side ‖ p_f): the effect that the side itself expects, which no gate on the cloud can know. Its skill is what
    /// could be reached without knowing the text.
    let expected: [Float]

    init(_ features: Features, side: SideNetwork, sources: Set<GateSource>, base: BaseModel) {
        self.features = features
        let positions = Array(0..<features.count)
        tokens = GateTokens(
            baseLosses: features.baseLoss, sideLosses: FullVocabulary.sideLosses(side, .spa, features, base: base))
        expected = FullVocabulary.divergences(.fromSide, side, .spa, features, at: positions, base: base)
        input = features.gateInput(sources, base: base)
    }

    /// The names of `rules`.
    static let ruleNames = ["rule: entropy of the base", "rule: top-1 probability", "rule: margin of the base"]

    /// The rules of the base alone: how unsure it is.
    var rules: [(String, [Float])] {
        let confidence = input[.confidence] ?? Matrix(rows: features.count, columns: 4)
        func column(_ index: Int, _ sign: Float) -> [Float] {
            (0..<features.count).map { sign * confidence[$0, index] }
        }
        return Array(zip(Self.ruleNames, [column(3, 1), column(0, -1), column(2, -1)]))
    }
}

extension Features {
    /// Each position's predecessor's value, 0 where a row begins.
    func previous(_ values: [Float]) -> Matrix {
        var result = Matrix(rows: count, columns: 1)
        for row in rows {
            for position in row.dropFirst() { result[position, 0] = values[position - 1] }
        }
        return result
    }
}
