import CKernels

/// A linear layer of packed matrices below each other: they read the same input, and each keeps its own format.
public struct PackedLayer: Sendable {
    /// The most matrices of a layer (q, k, v).
    public static let mostParts = Int(SPA_LAYER_PARTS)

    /// From top to bottom; all of one width.
    public let parts: [PackedMatrix]
    /// Added to the product, one number a row; empty for none.
    public let bias: [Float]

    /// - Parameters:
    ///   - parts: one to `mostParts` matrices of one width.
    ///   - bias: empty, or as many numbers as the parts have rows.
    public init(parts: [PackedMatrix], bias: [Float] = []) {
        precondition(!parts.isEmpty && parts.count <= Self.mostParts, "a layer has one to three parts")
        precondition(parts.allSatisfy { $0.columns == parts[0].columns }, "the parts read inputs of one width")
        precondition(bias.isEmpty || bias.count == parts.reduce(0) { $0 + $1.rows }, "one bias a row")
        self.parts = parts
        self.bias = bias
    }

    /// Output width.
    public var rows: Int { parts.reduce(0) { $0 + $1.rows } }
    /// Input width.
    public var columns: Int { parts[0].columns }

    /// y = x Wᵀ + bias for `tokens` rows of x, [tokens, rows].
    public func apply(_ x: [Float], tokens: Int, team: ThreadTeam) -> [Float] {
        let quantised = Activations()
        quantised.quantise(x, tokens: tokens, columns: columns, team: team)
        var y = [Float](repeating: 0, count: tokens * rows)
        var start = 0
        for part in parts {
            part.multiply(quantised, into: &y, at: start, stride: rows, team: team)
            start += part.rows
        }
        if !bias.isEmpty {
            for token in 0..<tokens {
                VectorMath.addScaled(&y, in: token * rows..<(token + 1) * rows, bias, factor: 1)
            }
        }
        return y
    }
}
