import Compute
import GGUF

/// A weight matrix of the base, [output, input]: packed for the fast path, f32 for the reference path. Matrices that
/// read the same input are fused by rows (q|k|v, gate|up).
enum LinearLayer: Sendable {
    case packed(PackedMatrix)
    case float(Matrix)

    /// y = x Wᵀ for `tokens` rows of x.
    /// - Parameter quantised: memory for x in 8 bits, kept from layer to layer; the reference path leaves it alone.
    func apply(_ x: [Float], tokens: Int, quantised: Activations, team: ThreadTeam) -> [Float] {
        switch self {
        case .packed(let matrix):
            quantised.quantise(x, tokens: tokens, columns: matrix.columns, team: team)
            var y = [Float](repeating: 0, count: tokens * matrix.rows)
            matrix.multiply(quantised, into: &y, team: team)
            return y
        case .float(let matrix):
            var y = Matrix(rows: tokens, columns: matrix.rows)
            let input = Matrix(rows: tokens, columns: matrix.columns, values: Array(x.prefix(tokens * matrix.columns)))
            FloatProduct.multiplyByTransposed(input, matrix, into: &y, team: team)
            return y.values
        }
    }
}
