import Compute

/// Foretells the side's effect on a token, in nats (the paper's CATE):
/// e = w_2 · silu(W_1 · standardise(rms(f)) + b_1) + b_2.
public struct EffectGate: Sendable, Equatable {
    /// The mean of rms(f) over the training positions, [1, H].
    public package(set) var mean: Matrix
    /// One over its standard deviation, [1, H].
    public package(set) var inverseDeviation: Matrix
    /// W_1, [hidden, H].
    public package(set) var hiddenWeight: Matrix
    /// b_1, [1, hidden].
    public package(set) var hiddenBias: Matrix
    /// w_2, [1, hidden].
    public package(set) var outputWeight: Matrix
    /// b_2, [1, 1].
    public package(set) var outputBias: Matrix

    package init(
        mean: Matrix, inverseDeviation: Matrix, hiddenWeight: Matrix, hiddenBias: Matrix, outputWeight: Matrix,
        outputBias: Matrix
    ) {
        precondition(
            mean.columns == hiddenWeight.columns && inverseDeviation.columns == mean.columns
                && hiddenBias.columns == hiddenWeight.rows && outputWeight.columns == hiddenWeight.rows
                && outputBias.values.count == 1, "the effect gate's parts do not fit each other")
        self.mean = mean
        self.inverseDeviation = inverseDeviation
        self.hiddenWeight = hiddenWeight
        self.hiddenBias = hiddenBias
        self.outputWeight = outputWeight
        self.outputBias = outputBias
    }

    /// The numbers that training moved; mean and deviation are measured.
    public var parameterCount: Int {
        hiddenWeight.values.count + hiddenBias.values.count + outputWeight.values.count + 1
    }

    /// e of every row of rms(f), [n, H], in nats.
    public func effect(_ rmsFinal: Matrix, team: ThreadTeam) -> [Float] {
        let hidden = hiddenInput(standardise(rmsFinal), team: team)
        let ones = [Float](repeating: 1, count: hidden.values.count)
        let activated = VectorMath.swiglu(gate: hidden.values, up: ones)
        let width = hidden.columns
        return (0..<hidden.rows).map { row in
            VectorMath.dot(activated, at: row * width, outputWeight.values, count: width) + outputBias.values[0]
        }
    }

    /// (rms(f) - mean) / deviation, [n, H].
    package func standardise(_ rmsFinal: Matrix) -> Matrix {
        var result = rmsFinal
        let columns = rmsFinal.columns
        for row in 0..<rmsFinal.rows {
            let start = row * columns
            for column in 0..<columns {
                result.values[start + column] =
                    (result.values[start + column] - mean.values[column]) * inverseDeviation.values[column]
            }
        }
        return result
    }

    /// W_1 x + b_1 for standardised rows, [n, hidden].
    package func hiddenInput(_ standardised: Matrix, team: ThreadTeam) -> Matrix {
        var hidden = Matrix(rows: standardised.rows, columns: hiddenWeight.rows)
        for row in 0..<hidden.rows { hidden.setRow(row, hiddenBias.values) }
        FloatProduct.multiplyByTransposed(standardised, hiddenWeight, into: &hidden, accumulate: true, team: team)
        return hidden
    }
}
