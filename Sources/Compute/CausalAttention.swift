/// Causal attention of one head over a whole text, softmax(Q Kᵀ / √width) V with later positions left out, and the way
/// back through it. Weights are kept for some rows at a time only and computed anew on the way back (FlashAttention, Dao
/// et al., arXiv 2205.14135), so that memory grows with the text and not with its square.
public enum CausalAttention {
    /// Rows of queries at a time: what their latest position does not see is not computed.
    private static let pieceRows = 64

    /// The attended values, [n, width].
    /// - Parameters: queries, keys and values: [n, width], turned by their positions.
    public static func forward(queries: Matrix, keys: Matrix, values: Matrix) -> Matrix {
        var result: [Float] = []
        result.reserveCapacity(queries.values.count)
        forEachPiece(of: queries.rows) { rows, seen in
            let weights = weights(queries, rows, keys: seen.rows(of: keys))
            var attended = Matrix(rows: rows.count, columns: values.columns)
            FloatProduct.multiply(weights, seen.rows(of: values), into: &attended, team: .caller)
            result += attended.values
        }
        return Matrix(rows: queries.rows, columns: values.columns, values: result)
    }

    /// dLoss by queries, keys and values, [n, width] each.
    /// - Parameter gradient: dLoss by the attended values.
    public static func backward(
        queries: Matrix, keys: Matrix, values: Matrix, gradient: Matrix
    ) -> (queries: Matrix, keys: Matrix, values: Matrix) {
        let width = queries.columns
        let scale = 1 / Float(width).squareRoot()
        var queryGradient: [Float] = []
        queryGradient.reserveCapacity(queries.values.count)
        var keyGradient = Matrix(rows: keys.rows, columns: width)
        var valueGradient = Matrix(rows: values.rows, columns: width)
        forEachPiece(of: queries.rows) { rows, seen in
            let (seenKeys, seenValues) = (seen.rows(of: keys), seen.rows(of: values))
            let (ownQueries, ownGradient) = (rows.rows(of: queries), rows.rows(of: gradient))
            var weights = weights(queries, rows, keys: seenKeys)
            var sum = Matrix(rows: seen.count, columns: width)
            FloatProduct.multiplyTransposed(weights, by: ownGradient, into: &sum, team: .caller)
            VectorMath.addScaled(&valueGradient.values, in: 0..<sum.values.count, sum.values, factor: 1)
            var weightGradient = Matrix(rows: rows.count, columns: seen.count)
            FloatProduct.multiplyByTransposed(ownGradient, seenValues, into: &weightGradient, team: .caller)
            Gradients.softmax(&weights, gradient: weightGradient, factor: scale)
            var own = Matrix(rows: rows.count, columns: width)
            FloatProduct.multiply(weights, seenKeys, into: &own, team: .caller)
            queryGradient += own.values
            FloatProduct.multiplyTransposed(weights, by: ownQueries, into: &sum, team: .caller)
            VectorMath.addScaled(&keyGradient.values, in: 0..<sum.values.count, sum.values, factor: 1)
        }
        return (
            Matrix(rows: queries.rows, columns: width, values: queryGradient), keyGradient, valueGradient
        )
    }

    private static func forEachPiece(of rows: Int, _ body: (_ rows: Range<Int>, _ seen: Range<Int>) -> Void) {
        for first in stride(from: 0, to: rows, by: pieceRows) {
            let last = min(first + pieceRows, rows)
            body(first..<last, 0..<last)
        }
    }

    /// The weights of some rows over the positions seen, zero for later ones than the row's own.
    private static func weights(_ queries: Matrix, _ rows: Range<Int>, keys: Matrix) -> Matrix {
        var own = rows.rows(of: queries)
        VectorMath.scale(&own.values, by: 1 / Float(queries.columns).squareRoot())
        var weights = Matrix(rows: rows.count, columns: keys.rows)
        FloatProduct.multiplyByTransposed(own, keys, into: &weights, team: .caller)
        for (index, row) in rows.enumerated() {
            let start = index * keys.rows
            VectorMath.softmax(&weights.values, in: start..<start + row + 1)
            for later in start + row + 1..<start + keys.rows { weights.values[later] = 0 }
        }
        return weights
    }
}

extension Range<Int> {
    /// These rows of a matrix.
    fileprivate func rows(of matrix: Matrix) -> Matrix {
        Matrix(
            rows: count, columns: matrix.columns,
            values: Array(matrix.values[lowerBound * matrix.columns..<upperBound * matrix.columns]))
    }
}
