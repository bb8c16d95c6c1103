import Compute

/// The paper's gate: z = M · rms(f) + b, sigma = softmax(z)[side]. Row 0 is the base path, row 1 the side path.
public struct LinearGate: Sendable, Equatable {
    /// M, [2, H].
    public package(set) var weight: Matrix
    /// b, [1, 2].
    public package(set) var bias: Matrix

    /// A gate of given numbers: weight [2, H], bias [1, 2].
    package init(weight: Matrix, bias: Matrix) {
        precondition(weight.rows == 2 && bias.rows == 1 && bias.columns == 2, "a linear gate is 2 x H and 2")
        self.weight = weight
        self.bias = bias
    }

    /// The start of training: M = 0, b = (0, -2), so that the base path is taken everywhere.
    public init(baseWidth: Int) {
        weight = Matrix(rows: 2, columns: baseWidth)
        bias = Matrix(rows: 1, columns: 2, values: [0, -2])
    }

    /// H·2 + 2.
    public var parameterCount: Int { weight.values.count + 2 }

    /// sigma of every row of rms(f), [n, H].
    public func sigma(_ rmsFinal: Matrix, team: ThreadTeam) -> [Float] {
        var z = Matrix(rows: rmsFinal.rows, columns: 2)
        FloatProduct.multiplyByTransposed(rmsFinal, weight, into: &z, team: team)
        let difference = bias[0, 1] - bias[0, 0]
        return (0..<z.rows).map { sigmoid(z[$0, 1] - z[$0, 0] + difference) }
    }
}
