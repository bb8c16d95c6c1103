import Compute

/// A plugin inside the base's blocks as its device runs it, with the matrices in half precision, as they stand in the
/// plugin's file. Each position is worked on by itself: what comes up does not depend on how many go down together.
struct BlockInference: Sendable {
    /// Where in a block it acts, in order.
    let sites: [BlockSite]
    private let blocks: [Block]

    private enum Block: Sendable {
        /// A of q above A of v, and B of each.
        case lora(down: HalfMatrix, query: HalfMatrix, value: HalfMatrix, scale: Float)
        case adapter(attention: Bottleneck, feedForward: Bottleneck)
    }
    private struct Bottleneck: Sendable {
        let down: HalfMatrix
        let downBias: [Float]
        let up: HalfMatrix
        let upBias: [Float]
    }

    /// - Returns: nil where the system has no memory.
    init?(_ lora: LowRankAdaptation) {
        let matrices = lora.blocks.flatMap { block in
            let down = Matrix(
                rows: block.query.a.rows + block.value.a.rows, columns: block.query.a.columns,
                values: block.query.a.values + block.value.a.values)
            return [down, block.query.b, block.value.b]
        }
        guard let halves = HalfMatrix.all(matrices) else { return nil }
        sites = lora.sites
        let scale = lora.scale
        blocks = lora.blocks.indices.map {
            .lora(down: halves[3 * $0], query: halves[3 * $0 + 1], value: halves[3 * $0 + 2], scale: scale)
        }
    }

    /// - Returns: nil where the system has no memory.
    init?(_ adapter: SerialAdapter) {
        let parts = adapter.blocks.flatMap { [$0.attention, $0.feedForward] }
        guard let halves = HalfMatrix.all(parts.flatMap { [$0.down, $0.up] }) else { return nil }
        let ready = parts.indices.map {
            Bottleneck(
                down: halves[2 * $0], downBias: parts[$0].downBias, up: halves[2 * $0 + 1], upBias: parts[$0].upBias)
        }
        sites = adapter.sites
        blocks = adapter.blocks.indices.map { .adapter(attention: ready[2 * $0], feedForward: ready[2 * $0 + 1]) }
    }

    /// How many blocks the plugin acts in.
    var blockCount: Int { blocks.count }

    /// What is added, [n, width of the site].
    /// - Parameter states: [n, H].
    func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix {
        switch blocks[block] {
        case .lora(let down, let query, let value, let scale):
            // (alpha / r) B A n, of q and of v beside each other.
            var inner = down.multiply(states, team: team)
            VectorMath.scale(&inner.values, by: scale)
            let rank = query.columns
            let change = query.multiply(inner.columns(0..<rank), team: team)
            let valueChange = value.multiply(inner.columns(rank..<2 * rank), team: team)
            return change.beside(valueChange)
        case .adapter(let attention, let feedForward):
            // W_up silu(W_down x + b_down) + b_up
            let part = site == .attentionOutput ? attention : feedForward
            var inner = part.down.multiply(states, team: team)
            inner.add(row: part.downBias)
            inner.values = VectorMath.swiglu(
                gate: inner.values, up: [Float](repeating: 1, count: inner.values.count))
            var result = part.up.multiply(inner, team: team)
            result.add(row: part.upBias)
            return result
        }
    }
}

extension Matrix {
    /// Some columns.
    fileprivate func columns(_ range: Range<Int>) -> Matrix {
        var result = Matrix(rows: rows, columns: range.count)
        for row in 0..<rows {
            let start = row * columns
            VectorMath.copy(
                values, in: start + range.lowerBound..<start + range.upperBound, into: &result.values,
                at: row * range.count)
        }
        return result
    }

    /// The rows of both, one after the other.
    fileprivate func beside(_ other: Matrix) -> Matrix {
        var result = Matrix(rows: rows, columns: columns + other.columns)
        for row in 0..<rows {
            let start = row * result.columns
            VectorMath.copy(values, in: row * columns..<(row + 1) * columns, into: &result.values, at: start)
            VectorMath.copy(
                other.values, in: row * other.columns..<(row + 1) * other.columns, into: &result.values,
                at: start + columns)
        }
        return result
    }

    fileprivate mutating func add(row: [Float]) {
        for index in 0..<rows {
            VectorMath.addScaled(&values, in: index * columns..<(index + 1) * columns, row, factor: 1)
        }
    }
}
