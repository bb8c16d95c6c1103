import Compute

/// Where in a block of the base a plugin adds something; the numbers are those of the frames.
public enum BlockSite: UInt8, Sendable, CaseIterable {
    /// Reads n = norm(x) and adds to q and v (LoRA, arXiv 2106.09685).
    case queryValue = 0
    /// Reads the attention's output and adds to it (Adapter, arXiv 1902.00751).
    case attentionOutput = 1
    /// Reads the feed-forward part's output and adds to it.
    case feedForwardOutput = 2
}

/// What a plugin inside the base's blocks computes.
package protocol BlockPart: Sendable {
    /// Where in a block it acts, in order.
    var sites: [BlockSite] { get }
    /// What is added, [n, width of the site].
    /// - Parameter states: [n, H].
    func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix
}

/// LoRA: the changes of q and of v beside each other, (alpha / r) B A n for n = norm(x).
extension LowRankAdaptation: BlockPart {
    package var sites: [BlockSite] { [.queryValue] }

    package func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix {
        let parts = [blocks[block].query, blocks[block].value]
        let width = parts.reduce(0) { $0 + $1.b.rows }
        var result = Matrix(rows: states.rows, columns: width)
        var start = 0
        for part in parts {
            var inner = Matrix(rows: states.rows, columns: part.a.rows)
            FloatProduct.multiplyByTransposed(states, part.a, into: &inner, team: team)
            var change = Matrix(rows: states.rows, columns: part.b.rows)
            FloatProduct.multiplyByTransposed(inner, part.b, into: &change, team: team)
            for row in 0..<states.rows {
                VectorMath.addScaled(
                    &result.values, in: row * width + start..<row * width + start + part.b.rows, change.values,
                    at: row * part.b.rows, factor: scale)
            }
            start += part.b.rows
        }
        return result
    }
}

/// Adapter: W_up silu(W_down x + b_down) + b_up for a sub-layer's output x.
extension SerialAdapter: BlockPart {
    package var sites: [BlockSite] { [.attentionOutput, .feedForwardOutput] }

    package func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix {
        let adapter = site == .attentionOutput ? blocks[block].attention : blocks[block].feedForward
        var inner = Self.rows(states.rows, of: adapter.downBias)
        FloatProduct.multiplyByTransposed(states, adapter.down, into: &inner, accumulate: true, team: team)
        inner.values = VectorMath.swiglu(
            gate: inner.values, up: [Float](repeating: 1, count: inner.values.count))
        var result = Self.rows(states.rows, of: adapter.upBias)
        FloatProduct.multiplyByTransposed(inner, adapter.up, into: &result, accumulate: true, team: team)
        return result
    }

    private static func rows(_ count: Int, of row: [Float]) -> Matrix {
        Matrix(rows: count, columns: row.count, values: (0..<count).flatMap { _ in row })
    }
}
