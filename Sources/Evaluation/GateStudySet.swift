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

    /// Columns of `GateInput.confidence` that grow, or with -1 fall, as the base gets unsure.
    static let unsureness: [(name: String, column: Int, sign: Float)] = [
        ("rule: entropy of the base", 3, 1), ("rule: top-1 probability", 0, -1), ("rule: margin of the base", 2, -1),
    ]

    /// The names of `rules`.
    static let ruleNames = unsureness.map(\.name)

    /// The rules of the base alone: how unsure it is.
    var rules: [(String, [Float])] {
        let confidence = input[.confidence] ?? Matrix(rows: features.count, columns: 4)
        return Self.unsureness.map { name, column, sign in
            (name, (0..<features.count).map { sign * confidence[$0, column] })
        }
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
