import Compute

/// z = M · rms(f) + b, sigma = softmax(z)[side]: the paper's gate, 2H + 2 numbers.
public struct LinearGate: Sendable, Equatable {
    /// M, [2, H]: row 0 for the base, row 1 for the side.
    public var weight: Matrix
    /// b, [2].
    public var bias: [Float]

    /// A gate that takes the base everywhere until it is trained: M = 0, b = (0, -2).
    public init(baseWidth: Int) {
        weight = Matrix(rows: 2, columns: baseWidth)
        bias = [0, -2]
    }

    /// A gate of given numbers.
    public init(weight: Matrix, bias: [Float]) {
        self.weight = weight
        self.bias = bias
    }

    /// sigma of every row of rms(f), [n, H].
    public func sigma(_ rmsFinal: Matrix, team: ThreadTeam) -> [Float] {
        var z = Matrix(rows: rmsFinal.rows, columns: 2)
        FloatProduct.multiplyByTransposed(rmsFinal, weight, into: &z, team: team)
        return (0..<z.rows).map { SideNetwork.sigmoid(z[$0, 1] + bias[1] - z[$0, 0] - bias[0]) }
    }
}
