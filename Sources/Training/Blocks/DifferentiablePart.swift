import Compute
import SPAEngine

/// Something trained inside the base's blocks, with the way back through what it adds.
package protocol DifferentiablePart: BlockPart, TrainedParameters {
    /// The way back through `correction(of:block:site:team:)`.
    /// - Parameters:
    ///   - states: what was read, [n, H].
    ///   - gradient: dLoss by what was added.
    ///   - gradients: dLoss by each tensor is added here, in the order of `tensors`.
    /// - Returns: dLoss by the states, as far as it comes this way, [n, H].
    func backward(
        of states: Matrix, gradient: Matrix, block: Int, site: BlockSite, into gradients: inout [TensorGradient],
        team: ThreadTeam
    ) -> Matrix
}

extension LowRankAdaptation: DifferentiablePart {
    /// y = scale B A n:  dB = scale dyᵀ (A n),  dA = (scale dy B)ᵀ n,  dn = (scale dy B) A.
    package func backward(
        of states: Matrix, gradient: Matrix, block: Int, site: BlockSite, into gradients: inout [TensorGradient],
        team: ThreadTeam
    ) -> Matrix {
        var result = Matrix(rows: states.rows, columns: states.columns)
        var column = 0
        for (number, part) in [blocks[block].query, blocks[block].value].enumerated() {
            let index = 4 * block + 2 * number
            var own = gradient.part(column: column, width: part.b.rows)
            VectorMath.scale(&own.values, by: scale)
            var inner = Matrix(rows: states.rows, columns: part.a.rows)
            FloatProduct.multiplyByTransposed(states, part.a, into: &inner, team: team)
            FloatProduct.multiplyTransposed(
                own, by: inner, into: &gradients[index + 1].values, accumulate: true, team: team)
            FloatProduct.multiply(own, part.b, into: &inner, team: team)
            FloatProduct.multiplyTransposed(
                inner, by: states, into: &gradients[index].values, accumulate: true, team: team)
            FloatProduct.multiply(inner, part.a, into: &result, accumulate: true, team: team)
            column += part.b.rows
        }
        return result
    }
}

extension SerialAdapter: DifferentiablePart {
    /// y = W_up silu(z) + b_up,  z = W_down x + b_down.
    package func backward(
        of states: Matrix, gradient: Matrix, block: Int, site: BlockSite, into gradients: inout [TensorGradient],
        team: ThreadTeam
    ) -> Matrix {
        let adapter = site == .attentionOutput ? blocks[block].attention : blocks[block].feedForward
        let index = 8 * block + (site == .attentionOutput ? 0 : 4)
        let (rows, width) = (states.rows, adapter.down.rows)
        // z beside ones, so that silu(z) is silu(z) · 1.
        var product = Matrix(rows: rows, columns: width)
        FloatProduct.multiplyByTransposed(states, adapter.down, into: &product, team: team)
        var z = Matrix(rows: rows, columns: 2 * width, repeating: 1)
        for row in 0..<rows {
            let start = row * 2 * width
            VectorMath.copy(adapter.downBias, in: 0..<width, into: &z.values, at: start)
            VectorMath.addScaled(
                &z.values, in: start..<start + width, product.values, at: row * width, factor: 1)
        }
        var inner = Matrix(rows: rows, columns: width)
        RowOperations.swiglu(z.values, width: width, rows: rows, into: &inner.values, team: team)
        FloatProduct.multiplyTransposed(
            gradient, by: inner, into: &gradients[index + 2].values, accumulate: true, team: team)
        gradients[index + 3].addRows(of: gradient)
        FloatProduct.multiply(gradient, adapter.up, into: &inner, team: team)
        var zGradient = Matrix.empty
        Gradients.swiglu(z, gradient: inner, into: &zGradient)
        let own = zGradient.part(column: 0, width: width)
        FloatProduct.multiplyTransposed(
            own, by: states, into: &gradients[index].values, accumulate: true, team: team)
        gradients[index + 1].addRows(of: own)
        var result = Matrix(rows: rows, columns: states.columns)
        FloatProduct.multiply(own, adapter.down, into: &result, team: team)
        return result
    }
}

extension TensorGradient {
    /// Adds the sum of all rows: the gradient of what is added to each.
    fileprivate mutating func addRows(of matrix: Matrix) {
        for row in 0..<matrix.rows {
            VectorMath.addScaled(
                &values.values, in: 0..<matrix.columns, matrix.values, at: row * matrix.columns, factor: 1)
        }
    }
}
