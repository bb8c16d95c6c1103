import Compute
import SPAEngine

/// One step of stage 1: the way forward, the loss, the way back, and AdamW. The rows of a batch are divided among the
/// threads, then the tensors are; the results do not depend on the number of threads.
package struct SideStep: Sendable {
    private let material: Material
    private let team: ThreadTeam
    private var pieces: [Piece] = []
    private var gradients: [TensorGradient]

    /// Fewer rows are not worth a pass over the head of their own (and products of up to 4 rows sum in another order).
    private static let leastRows = 24

    /// Steps on data and anchors; `anchorGoals` are those of all of the anchors' positions.
    package init(
        features: Features, anchors: Features, anchorGoals: AnchorGoals, loss: HeadLoss, method: Method,
        recipe: TrainingRecipe, configuration: SideConfiguration, team: ThreadTeam
    ) {
        material = Material(
            features: features, anchors: anchors, anchorGoals: anchorGoals, loss: loss, method: method, recipe: recipe)
        self.team = team
        gradients = TensorGradient.zeros(of: SideNetwork(zeros: configuration))
    }

    /// Takes one step.
    /// - Parameters:
    ///   - data: positions of the data; cross-entropy.
    ///   - anchorPositions: positions of the anchors; divergence from the base.
    ///   - key: decides the dropout.
    /// - Returns: the batch's loss.
    package mutating func take(
        _ side: inout SideNetwork, _ optimiser: inout AdamW<SideNetwork>, data: [Int], anchorPositions: [Int],
        rate: Float,
        key: UInt64
    ) -> Float {
        let value = differentiate(side, data: data, anchorPositions: anchorPositions, key: key)
        optimiser.update(&side, gradients: gradients, rate: rate, recipe: material.recipe, team: team)
        return value
    }

    /// The batch's loss and its gradients, by the order of the side's `tensors`.
    package mutating func gradients(
        of side: SideNetwork, data: [Int], anchorPositions: [Int], key: UInt64
    ) -> (loss: Float, gradients: [TensorGradient]) {
        (differentiate(side, data: data, anchorPositions: anchorPositions, key: key), gradients)
    }

    private mutating func differentiate(
        _ side: SideNetwork, data: [Int], anchorPositions: [Int], key: UInt64
    ) -> Float {
        let rows = data.count + anchorPositions.count
        guard rows > 0 else { return 0 }
        let count = max(1, min(team.threads, rows / Self.leastRows))
        while pieces.count < count { pieces.append(Piece()) }
        pieces.removeLast(pieces.count - count)
        for index in 0..<count { pieces[index].rows = rows * index / count..<rows * (index + 1) / count }
        let material = material
        team.update(&pieces) { _, piece in
            material.read(&piece, data, anchorPositions, key)
            side.run(&piece.side.pass, piece.side.taps, team: .caller)
            material.setStates(&piece)
            material.loss.run(&piece.loss, gradient: &piece.side.cotangents.u, team: .caller)
            piece.side.cotangents.run(side, piece.side.pass, team: .caller)
        }
        let sides = pieces.map(\.side)
        team.update(&gradients) { index, gradient in gradient.gather(tensor: index, sides, team: .caller) }

        let losses = pieces.flatMap(\.loss.losses)
        let crossEntropy = losses[..<data.count].reduce(0, +) / Float(max(1, data.count))
        let divergence = zip(anchorPositions, losses[data.count...]).reduce(Float(0)) {
            $0 + $1.1 + material.anchorGoals.constants[$1.0]
        }
        return crossEntropy + material.recipe.anchorWeight * divergence / Float(max(1, anchorPositions.count))
    }
}

/// Some rows of a batch.
private struct Piece: Sendable {
    var rows: Range<Int> = 0..<0
    var side = SidePiece()
    /// rms(f), [n, H].
    var rmsFinal = Matrix(rows: 0, columns: 0)
    var loss = HeadLoss.Rows()
}

/// What the rows of batches are read from.
private struct Material: Sendable {
    let features: Features
    let anchors: Features
    let anchorGoals: AnchorGoals
    let loss: HeadLoss
    let method: Method
    let recipe: TrainingRecipe

    /// Widens the rows of a piece, with dropout on the taps, and sets what they are to learn.
    func read(_ piece: inout Piece, _ data: [Int], _ anchorPositions: [Int], _ key: UInt64) {
        let (rows, width, taps) = (piece.rows.count, features.width, features.tapCount)
        while piece.side.taps.count < taps { piece.side.taps.append(Matrix(rows: 0, columns: 0)) }
        for k in 0..<taps { piece.side.taps[k].reshape(rows: rows, columns: width) }
        piece.rmsFinal.reshape(rows: rows, columns: width)
        piece.loss.goals.reshape(rows: rows, columns: width)
        piece.loss.weights.removeAll(keepingCapacity: true)
        let dataWeight = 1 / Float(max(1, data.count))
        let anchorWeight = recipe.anchorWeight / Float(max(1, anchorPositions.count))
        for (local, row) in piece.rows.enumerated() {
            let isData = row < data.count
            let source = isData ? features : anchors
            let position = isData ? data[row] : anchorPositions[row - data.count]
            // Keys of rows and taps lie far apart, as each is followed by one key a number.
            let rowKey = UInt32(truncatingIfNeeded: key >> 16) &+ UInt32(truncatingIfNeeded: row * taps * width)
            for k in 0..<taps {
                source.readTap(
                    k, at: position, into: &piece.side.taps[k], row: local, dropout: recipe.dropout,
                    key: rowKey &+ UInt32(truncatingIfNeeded: k * width))
            }
            source.readFinal(at: position, into: &piece.rmsFinal, row: local)
            if isData {
                loss.subset.read(features.targets[position], into: &piece.loss.goals, row: local)
            } else {
                VectorMath.copy(
                    anchorGoals.goals.values, in: position * width..<(position + 1) * width,
                    into: &piece.loss.goals.values, at: local * width)
            }
            piece.loss.weights.append(isData ? dataWeight : anchorWeight)
        }
    }

    /// What the head reads: rms(f) + u, or u alone.
    func setStates(_ piece: inout Piece) {
        let u = piece.side.pass.u
        piece.loss.states.reshape(rows: u.rows, columns: u.columns)
        VectorMath.combine(
            u.values, factor: 1, piece.rmsFinal.values, factor: method.addsToBase ? 1 : 0,
            into: &piece.loss.states.values)
    }
}
