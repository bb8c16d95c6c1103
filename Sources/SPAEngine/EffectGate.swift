import Compute

/// e = w_2 · silu(W_1 · standardise(rms(f)) + b_1) + b_2: the effect of the side on this token, in nats.
public struct EffectGate: Sendable, Equatable {
    /// The mean of rms(f) over the training positions, [H].
    public var mean: [Float]
    /// Its deviation, [H].
    public var deviation: [Float]
    /// W_1, [hidden, H].
    public var hidden: Matrix
    /// b_1, [hidden].
    public var hiddenBias: [Float]
    /// w_2, [1, hidden].
    public var output: Matrix
    /// b_2.
    public var outputBias: Float

    /// All zeros, standardisation the identity.
    public init(baseWidth: Int, hiddenWidth: Int) {
        mean = [Float](repeating: 0, count: baseWidth)
        deviation = [Float](repeating: 1, count: baseWidth)
        hidden = Matrix(rows: hiddenWidth, columns: baseWidth)
        hiddenBias = [Float](repeating: 0, count: hiddenWidth)
        output = Matrix(rows: 1, columns: hiddenWidth)
        outputBias = 0
    }

    /// (x - mean) / deviation, [n, H].
    public func standardise(_ rmsFinal: Matrix) -> Matrix {
        var result = rmsFinal
        let inverse = deviation.map { 1 / $0 }
        for row in 0..<result.rows {
            let start = row * result.columns
            for column in 0..<result.columns {
                result.values[start + column] = (result.values[start + column] - mean[column]) * inverse[column]
            }
        }
        return result
    }

    /// W_1 x + b_1 of standardised rows, [n, hidden].
    public func hiddenInput(_ standardised: Matrix, team: ThreadTeam) -> Matrix {
        var z = Matrix(rows: standardised.rows, columns: hidden.rows)
        for row in 0..<z.rows { z.setRow(row, hiddenBias) }
        FloatProduct.multiplyByTransposed(standardised, hidden, into: &z, accumulate: true, team: team)
        return z
    }

    /// The effect in nats for every row of rms(f), [n, H].
    public func predict(_ rmsFinal: Matrix, team: ThreadTeam) -> [Float] {
        let z = hiddenInput(standardise(rmsFinal), team: team).values
        let ones = [Float](repeating: 1, count: z.count)
        let active = Matrix(rows: rmsFinal.rows, columns: hidden.rows, values: VectorMath.swiglu(gate: z, up: ones))
        var e = Matrix(rows: active.rows, columns: 1)
        FloatProduct.multiplyByTransposed(active, output, into: &e, team: team)
        return e.values.map { $0 + outputBias }
    }
}
