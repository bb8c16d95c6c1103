import Compute
import SPAEngine

/// Cross-entropy on the answer tokens of some rows, by what is trained inside the base's blocks: every step reads its
/// rows anew and goes back through the whole base.
package struct BlockObjective<Part: DifferentiablePart>: Objective {
    let base: BaseModel
    let function: DifferentiableBase
    let data: BlockRows
    let heldOut: BlockRows?
    let loss: HeadLoss
    private var gradients: [TensorGradient]
    private var lossRows = HeadLoss.Rows()

    package init(
        base: BaseModel, function: DifferentiableBase, data: BlockRows, heldOut: BlockRows?, loss: HeadLoss,
        configuration: Part.Configuration
    ) {
        self.base = base
        self.function = function
        self.data = data
        self.heldOut = heldOut
        self.loss = loss
        gradients = TensorGradient.zeros(of: Part(zeros: configuration))
    }

    package var anchorCount: Int { 0 }

    package var heldOutBaseLosses: [Float] { heldOut?.baseLoss ?? [] }

    /// What a row costs is what is read of it.
    package func positions(rows: [Int], anchors: [Int]) -> Int {
        rows.reduce(0) { $0 + data.rows[$1].read.count }
    }

    package mutating func differentiate(
        _ part: Part, rows: [Int], anchors: [Int], key: UInt64
    ) throws -> (loss: Float, gradients: [TensorGradient]) {
        for index in gradients.indices {
            VectorMath.scale(&gradients[index].values.values, by: 0)
        }
        let weight = 1 / Float(max(1, rows.reduce(0) { $0 + data.rows[$1].positions.count }))
        var total: Float = 0
        for piece in data.pieces(rows) {
            var pass: DifferentiableBase.Pass? = .init()
            let finals = try function.forward(piece.texts, with: part, keeping: &pass)
            lossRows.states = finals.gather(piece.positions)
            lossRows.goals.reshape(rows: piece.targets.count, columns: finals.columns)
            for (row, target) in piece.targets.enumerated() {
                loss.subset.read(target, into: &lossRows.goals, row: row)
            }
            lossRows.weights = piece.targets.map { _ in weight }
            var ofStates = Matrix.empty
            loss.run(&lossRows, gradient: &ofStates, team: base.team)
            total += lossRows.losses.reduce(0, +) * weight
            var ofFinals = Matrix(rows: finals.rows, columns: finals.columns)
            for (row, position) in piece.positions.enumerated() {
                VectorMath.copy(
                    ofStates.values, in: row * finals.columns..<(row + 1) * finals.columns, into: &ofFinals.values,
                    at: position * finals.columns)
            }
            if let pass { function.backward(pass, gradient: ofFinals, with: part, into: &gradients) }
        }
        for index in gradients.indices {
            let values = gradients[index].values.values
            gradients[index].squares = VectorMath.sumOfSquares(values, in: 0..<values.count)
        }
        return (total, gradients)
    }

    package func heldOutLosses(of part: Part) throws -> [Float] {
        guard let heldOut else { return [] }
        return try losses(of: part, on: heldOut)
    }

    /// The loss at every answer position, over the whole vocabulary.
    func losses(of part: Part, on rows: BlockRows) throws -> [Float] {
        var losses: [Float] = []
        for piece in rows.pieces(Array(rows.rows.indices)) {
            let finals = try function.forward(piece.texts, with: part)
            losses += FullVocabulary.losses(finals.gather(piece.positions), targets: piece.targets, base: base)
        }
        return losses
    }
}

/// Rows for what is trained inside the base's blocks.
package struct BlockRows: Sendable {
    /// The rows as tokens.
    package let rows: [EncodedRow]
    /// The base's loss at every answer position, row after row.
    package let baseLoss: [Float]

    package init(rows: [EncodedRow], baseLoss: [Float]) {
        self.rows = rows
        self.baseLoss = baseLoss
    }

    /// Rows that are read together.
    struct Piece {
        var texts: [[Int32]] = []
        /// The answer positions, counted through all texts.
        var positions: [Int] = []
        var targets: [Int32] = []
        var tokens = 0
    }

    /// What is read at once fills the products well and keeps what the way back needs within a few hundred megabytes.
    private static let pieceTokens = 512

    /// Some rows in their order, as many together as a piece holds.
    func pieces(_ indices: [Int]) -> [Piece] {
        var result: [Piece] = []
        for row in indices.map({ rows[$0] }) {
            if result.isEmpty || result[result.count - 1].tokens + row.read.count > Self.pieceTokens {
                result.append(Piece())
            }
            let start = result[result.count - 1].tokens
            result[result.count - 1].texts.append(Array(row.read))
            result[result.count - 1].positions += row.positions.map { start + $0 }
            result[result.count - 1].targets += row.targets
            result[result.count - 1].tokens += row.read.count
        }
        return result
    }
}
