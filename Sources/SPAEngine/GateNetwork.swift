import Compute

/// w_2 · silu(W_1 · standardise(x) + b_1) + b_2: one number for each position, from what the gate reads of it.
public struct GateNetwork: Sendable, Equatable {
    /// What x is made of.
    public var sources: [GateSource]
    /// The mean of x over the training positions, [D].
    public var mean: [Float]
    /// Its deviation, [D].
    public var deviation: [Float]
    /// W_1, [hidden, D].
    public var hidden: Matrix
    /// b_1, [hidden].
    public var hiddenBias: [Float]
    /// w_2, [1, hidden].
    public var output: Matrix
    /// b_2.
    public var outputBias: Float

    /// All zeros, standardisation the identity.
    /// - Parameter inputWidth: D, the numbers that the sources have together.
    public init(sources: [GateSource] = [.final], inputWidth: Int, hiddenWidth: Int) {
        self.sources = sources
        mean = [Float](repeating: 0, count: inputWidth)
        deviation = [Float](repeating: 1, count: inputWidth)
        hidden = Matrix(rows: hiddenWidth, columns: inputWidth)
        hiddenBias = [Float](repeating: 0, count: hiddenWidth)
        output = Matrix(rows: 1, columns: hiddenWidth)
        outputBias = 0
    }

    /// The trained numbers; mean and deviation are measured.
    public var parameterCount: Int { hidden.values.count + 2 * hiddenBias.count + 1 }

    /// (x - mean) / deviation, [n, D].
    public func standardise(_ x: Matrix) -> Matrix {
        var result = x
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

    /// The number for every position.
    public func predict(_ input: GateInput, team: ThreadTeam) -> [Float] {
        let z = hiddenInput(standardise(input.beside(sources)), team: team).values
        let ones = [Float](repeating: 1, count: z.count)
        let active = Matrix(rows: input.rows, columns: hidden.rows, values: VectorMath.swiglu(gate: z, up: ones))
        var result = Matrix(rows: active.rows, columns: 1)
        FloatProduct.multiplyByTransposed(active, output, into: &result, team: team)
        return result.values.map { $0 + outputBias }
    }
}
