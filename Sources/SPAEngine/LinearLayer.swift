import Compute
import GGUF

/// A weight matrix of the base, [output, input]: packed for the fast path, f32 for the reference path. Matrices that
/// read the same input are fused by rows (q|k|v, gate|up).
enum LinearLayer: Sendable {
    case packed(PackedMatrix)
    case float(Matrix)

    /// The output width.
    var rows: Int {
        switch self {
        case .packed(let matrix): matrix.rows
        case .float(let matrix): matrix.rows
        }
    }

    /// y = x Wᵀ for `tokens` rows of x. `quantised` holds x in 8 bits once the fast path has met it: pass the same object
    /// to every layer that reads this x.
    func apply(_ x: [Float], tokens: Int, quantised: Activations, team: ThreadTeam) -> [Float] {
        switch self {
        case .packed(let matrix):
            quantised.quantise(x, tokens: tokens, columns: matrix.columns, team: team)
            return [Float](unsafeZeroed: tokens * matrix.rows) { matrix.multiply(quantised, into: &$0, team: team) }
        case .float(let matrix):
            var y = Matrix(rows: tokens, columns: matrix.rows)
            let input = Matrix(rows: tokens, columns: matrix.columns, values: Array(x.prefix(tokens * matrix.columns)))
            FloatProduct.multiplyByTransposed(input, matrix, into: &y, team: team)
            return y.values
        }
    }
}

extension [Float] {
    /// `count` zeros, filled in place.
    fileprivate init(unsafeZeroed count: Int, _ fill: (inout [Float]) -> Void) {
        self.init(repeating: 0, count: count)
        fill(&self)
    }
}
