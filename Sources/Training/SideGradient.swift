import Compute
import SPAEngine

/// The way back through the side network for some rows of a batch: dLoss by everything that a product made. The weights'
/// gradients are sums over all rows and follow from it, tensor by tensor.
package struct SideCotangents: Sendable {
    /// One rung's.
    struct Rung: Sendable {
        /// dLoss/ds^k, [n, d].
        var output = Matrix(rows: 0, columns: 0)
        /// dLoss/d(silu(W1 n) * W3 n), [n, inner].
        var inner = Matrix(rows: 0, columns: 0)
        /// dLoss/d(W1 n) beside dLoss/d(W3 n), [n, 2 · inner].
        var gateUp = Matrix(rows: 0, columns: 0)
        /// dLoss/dn, [n, d].
        var normalised = Matrix(rows: 0, columns: 0)
        /// dLoss/dx^k, [n, d].
        var input = Matrix(rows: 0, columns: 0)
        /// dLoss/d(Down_k rms(h^{l_k})), [n, d].
        var projected = Matrix(rows: 0, columns: 0)
        /// Each row's share of dLoss/dalpha_k.
        var alpha: [Float] = []
    }

    /// dLoss/du, [n, H]: set before the way back.
    package var u = Matrix(rows: 0, columns: 0)
    /// dLoss/dRMSNorm(s^K), [n, d].
    private(set) var normalised = Matrix(rows: 0, columns: 0)
    private(set) var rungs: [Rung] = []

    /// Nothing yet.
    package init() {}

    /// Goes back from `u`.
    /// - Parameter pass: the way forward of the same rows.
    package mutating func run(_ side: SideNetwork, _ pass: SideNetwork.Pass, team: ThreadTeam) {
        let (d, inner) = (side.configuration.width, side.configuration.innerWidth)
        let (rows, count) = (u.rows, pass.rungs.count)
        while rungs.count < count { rungs.append(Rung()) }
        normalised.reshape(rows: rows, columns: d)
        FloatProduct.multiply(u, side.up, into: &normalised, team: team)
        Gradients.norm(
            pass.rungs[count - 1].output, weight: side.norm, gradient: normalised, epsilon: SideNetwork.epsilon,
            into: &rungs[count - 1].output)
        for k in (0..<count).reversed() {
            let forward = pass.rungs[k]
            let block = side.blocks[k]
            // s = x + W2 inner
            rungs[k].inner.reshape(rows: rows, columns: inner)
            FloatProduct.multiply(rungs[k].output, block.output, into: &rungs[k].inner, team: team)
            Gradients.swiglu(forward.gateUp, gradient: rungs[k].inner, into: &rungs[k].gateUp)
            rungs[k].normalised.reshape(rows: rows, columns: d)
            FloatProduct.multiply(rungs[k].gateUp, block.gateUp, into: &rungs[k].normalised, team: team)
            Gradients.norm(
                forward.input, weight: block.norm, gradient: rungs[k].normalised, epsilon: SideNetwork.epsilon,
                into: &rungs[k].input)
            VectorMath.addScaled(&rungs[k].input.values, rungs[k].output.values, factor: 1)
            // x = a p + (1 - a) s below; the first rung has no rung below.
            let share = k == 0 ? 1 : SideNetwork.sigmoid(side.alpha[k])
            rungs[k].projected.reshape(rows: rows, columns: d)
            VectorMath.scaled(rungs[k].input.values, by: share, into: &rungs[k].projected.values)
            guard k > 0 else { continue }
            let (below, input) = (pass.rungs[k - 1].output, rungs[k].input)
            rungs[k].alpha.removeAll(keepingCapacity: true)
            for start in stride(from: 0, to: rows * d, by: d) {
                let alongProjected = VectorMath.dot(
                    input.values, at: start, forward.projected.values, at: start, count: d)
                let alongBelow = VectorMath.dot(input.values, at: start, below.values, at: start, count: d)
                rungs[k].alpha.append(share * (1 - share) * (alongProjected - alongBelow))
            }
            rungs[k - 1].output.reshape(rows: rows, columns: d)
            VectorMath.scaled(input.values, by: 1 - share, into: &rungs[k - 1].output.values)
        }
    }
}

/// Some rows of a batch on their way forward and back; the memory serves for every batch.
package struct SidePiece: Sendable {
    /// rms(h^{l_k}), K matrices [n, H].
    package var taps: [Matrix] = []
    /// The way forward.
    package var pass = SideNetwork.Pass()
    /// The way back.
    package var cotangents = SideCotangents()

    /// Nothing yet.
    package init() {}
}

/// dLoss by one tensor of a part, its shape as `tensors` lists it; a vector is a matrix of one row.
package struct TensorGradient: Sendable {
    /// The gradient.
    package var values: Matrix
    /// The sum of its squares.
    package var squares: Float = 0

    /// Zeros for every tensor of a part, in the order of its `tensors`.
    package static func zeros(of part: some TrainedParameters) -> [TensorGradient] {
        part.tensors.map {
            TensorGradient(values: Matrix(rows: $0.shape.count > 1 ? $0.shape[1] : 1, columns: $0.shape[0]))
        }
    }

    /// Sums over all rows. However the rows are cut into pieces, each element is the same chain of additions.
    package mutating func gather(tensor index: Int, _ pieces: [SidePiece], team: ThreadTeam) {
        let rungs = pieces[0].pass.rungs.count
        switch index {
        case 0:
            for k in 0..<rungs {
                values.values[k] = pieces.reduce(0) { $1.cotangents.rungs[k].alpha.reduce($0, +) }
            }
        case 4 * rungs + 1:
            gatherNorm(pieces) { ($0.pass.rungs[rungs - 1].output, $0.cotangents.normalised) }
        case 4 * rungs + 2:
            gather(pieces, team) { ($0.cotangents.u, $0.pass.normalised) }
        default:
            let k = (index - 1) / 4
            switch (index - 1) % 4 {
            case 0: gather(pieces, team) { ($0.cotangents.rungs[k].projected, $0.taps[k]) }
            case 1: gatherNorm(pieces) { ($0.pass.rungs[k].input, $0.cotangents.rungs[k].normalised) }
            case 2: gather(pieces, team) { ($0.cotangents.rungs[k].gateUp, $0.pass.rungs[k].normalised) }
            default: gather(pieces, team) { ($0.cotangents.rungs[k].output, $0.pass.rungs[k].inner) }
            }
        }
        squares = VectorMath.sumOfSquares(values.values, in: 0..<values.values.count)
    }

    /// dW = dyᵀ x of a layer y = x Wᵀ.
    private mutating func gather(
        _ pieces: [SidePiece], _ team: ThreadTeam, _ parts: (SidePiece) -> (gradient: Matrix, input: Matrix)
    ) {
        for (number, piece) in pieces.enumerated() {
            let (gradient, input) = parts(piece)
            FloatProduct.multiplyTransposed(gradient, by: input, into: &values, accumulate: number > 0, team: team)
        }
    }

    private mutating func gatherNorm(
        _ pieces: [SidePiece], _ parts: (SidePiece) -> (input: Matrix, gradient: Matrix)
    ) {
        for i in values.values.indices { values.values[i] = 0 }
        for piece in pieces {
            let (input, gradient) = parts(piece)
            Gradients.normWeight(input, gradient: gradient, epsilon: SideNetwork.epsilon, into: &values.values)
        }
    }
}
