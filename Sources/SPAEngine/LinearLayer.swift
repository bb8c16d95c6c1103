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

    /// For each of `tokens` rows of x the row with the largest product with it, the first of equals.
    func largestRows(_ x: [Float], tokens: Int, team: ThreadTeam) -> [Int] {
        switch self {
        case .packed(let layer): return layer.largestRows(x, tokens: tokens, team: team).map(\.row)
        case .float(let matrix, _):
            let y = apply(x, tokens: tokens, team: team)
            return (0..<tokens).map { Int(Sampler.greedy(Array(y[$0 * matrix.rows..<($0 + 1) * matrix.rows]))) }
        }
    }
}
