import Compute

/// A weight matrix of the base, [output, input]: packed for the fast path, f32 for the reference path. Matrices that
/// read the same input are fused by rows (q|k|v, gate|up).
package enum LinearLayer: Sendable {
    case packed(PackedLayer)
    case float(Matrix, bias: [Float])

    /// y = x Wᵀ + bias for `tokens` rows of x.
    package func apply(_ x: [Float], tokens: Int, team: ThreadTeam) -> [Float] {
        switch self {
        case .packed(let layer): return layer.apply(x, tokens: tokens, team: team)
        case .float(let matrix, let bias):
            var y = Matrix(rows: tokens, columns: matrix.rows)
            let input = Matrix(rows: tokens, columns: matrix.columns, values: Array(x.prefix(tokens * matrix.columns)))
            FloatProduct.multiplyByTransposed(input, matrix, into: &y, team: team)
            if !bias.isEmpty {
                for row in 0..<tokens {
                    VectorMath.addScaled(&y.values, in: row * bias.count..<(row + 1) * bias.count, bias, factor: 1)
                }
            }
            return y.values
        }
    }

    /// The memory that the weights take.
    var bytes: Int {
        switch self {
        case .packed(let layer): layer.parts.reduce(0) { $0 + $1.bytes }
        case .float(let matrix, let bias): 4 * (matrix.values.count + bias.count)
        }
    }

    /// The row with the largest product with one row x, the first of equals.
    func largestRow(_ x: [Float], team: ThreadTeam) -> Int {
        switch self {
        case .packed(let layer): layer.largestRow(x, team: team).row
        case .float: Int(Sampler.greedy(apply(x, tokens: 1, team: team)))
        }
    }
}
