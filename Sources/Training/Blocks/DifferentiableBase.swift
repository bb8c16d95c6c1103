import Compute
import SPAEngine

/// The frozen base as a function that gradients pass through, with something trained inside its blocks. It reads a whole
/// text at once and keeps of each block what the way back needs; the way back goes to the activations and to what is
/// trained, never to the base's weights.
package struct DifferentiableBase: Sendable {
    private let base: BaseModel
    private let transposed: [TransposedBlock]

    /// What the way back needs of the way forward.
    package struct Pass: Sendable {
        fileprivate var blocks: [BlockPass] = []

        package init() {}
    }

    /// The same of one block; the rest is computed anew.
    fileprivate struct BlockPass: Sendable {
        /// x before the block, [n, H].
        var input: Matrix
        /// q | k | v, before norms and turn.
        var projections = Matrix.empty
        /// What the attention's output was before it was changed.
        var attentionOutput = Matrix.empty
        /// x between attention and feed-forward part, [n, H].
        var middle = Matrix.empty
        /// Wgate n beside Wup n.
        var gateUp = Matrix.empty
        /// What the feed-forward part's output was before it was changed.
        var feedForwardOutput = Matrix.empty
    }

    /// Prepares the way back through all blocks of a base.
    package init(_ base: BaseModel) throws(EngineError) {
        self.base = base
        transposed = try base.transposedBlocks()
    }

    private var sizes: ModelConfiguration { base.configuration }

    /// f of every position of a text, [n, H].
    package func forward<Part: BlockPart>(
        _ text: [Int32], with part: Part, team: ThreadTeam
    ) throws(EngineError) -> Matrix {
        var pass: Pass?
        return try forward(text, with: part, keeping: &pass, team: team)
    }

    /// The same, with what the way back needs where `pass` is not nil.
    package func forward<Part: BlockPart>(
        _ text: [Int32], with part: Part, keeping pass: inout Pass?, team: ThreadTeam
    ) throws(EngineError) -> Matrix {
        var x = Matrix(rows: text.count, columns: sizes.width, values: try base.embed(text))
        let turns = Turns(base.rotary, count: text.count)
        pass?.blocks.removeAll(keepingCapacity: true)
        for (index, block) in base.blocks.enumerated() {
            var kept = BlockPass(input: x)
            // Attention: x += Wo · attend(rope(Wq n), rope(Wk n), Wv n),  n = norm(x)
            let attentionInput = normalise(x, block.attentionNorm, team)
            kept.projections = apply(block.queryKeyValue, attentionInput, team)
            if part.sites.contains(.queryValue) {
                let change = part.correction(of: attentionInput, block: index, site: .queryValue, team: team)
                add(change, toQueriesAndValuesOf: &kept.projections)
            }
            let attended = attention(block, turns, team).forward(kept.projections)
            kept.attentionOutput = apply(block.attentionOutput, attended, team)
            VectorMath.addScaled(&x.values, kept.attentionOutput.values, factor: 1)
            if part.sites.contains(.attentionOutput) {
                let change = part.correction(
                    of: kept.attentionOutput, block: index, site: .attentionOutput, team: team)
                VectorMath.addScaled(&x.values, change.values, factor: 1)
            }
            // Feed-forward: x += Wdown( silu(Wgate n) * Wup n ),  n = norm(x)
            kept.middle = x
            kept.gateUp = apply(block.gateUp, normalise(x, block.feedForwardNorm, team), team)
            var inner = Matrix(rows: x.rows, columns: sizes.feedForwardWidth)
            RowOperations.swiglu(
                kept.gateUp.values, width: inner.columns, rows: x.rows, into: &inner.values, team: team)
            kept.feedForwardOutput = apply(block.down, inner, team)
            VectorMath.addScaled(&x.values, kept.feedForwardOutput.values, factor: 1)
            if part.sites.contains(.feedForwardOutput) {
                let change = part.correction(
                    of: kept.feedForwardOutput, block: index, site: .feedForwardOutput, team: team)
                VectorMath.addScaled(&x.values, change.values, factor: 1)
            }
            if !part.sites.contains(.attentionOutput) { kept.attentionOutput = .empty }
            if !part.sites.contains(.feedForwardOutput) { kept.feedForwardOutput = .empty }
            pass?.blocks.append(kept)
        }
        return x
    }

    /// Adds dLoss by the part's tensors.
    /// - Parameters:
    ///   - gradient: dLoss/df of every position, [n, H].
    ///   - gradients: in the order of the part's tensors.
    package func backward<Part: DifferentiablePart>(
        _ pass: Pass, gradient: Matrix, with part: Part, into gradients: inout [TensorGradient],
        team: ThreadTeam
    ) {
        let turns = Turns(base.rotary, count: gradient.rows)
        // dLoss by x, from block to block.
        var x = gradient
        for index in base.blocks.indices.reversed() {
            let (block, kept, transposed) = (base.blocks[index], pass.blocks[index], transposed[index])
            var output = x
            if part.sites.contains(.feedForwardOutput) {
                let change = part.backward(
                    of: kept.feedForwardOutput, gradient: x, block: index, site: .feedForwardOutput,
                    into: &gradients, team: team)
                VectorMath.addScaled(&output.values, change.values, factor: 1)
            }
            var gateUp = Matrix.empty
            Gradients.swiglu(kept.gateUp, gradient: transposed.down.apply(output, team: team), into: &gateUp)
            let feedForwardInput = transposed.gateUp.apply(gateUp, team: team)
            add(feedForwardInput, throughNormOf: kept.middle, block.feedForwardNorm, to: &x)

            output = x
            if part.sites.contains(.attentionOutput) {
                let change = part.backward(
                    of: kept.attentionOutput, gradient: x, block: index, site: .attentionOutput, into: &gradients,
                    team: team)
                VectorMath.addScaled(&output.values, change.values, factor: 1)
            }
            // Nothing is trained below the first block's changes.
            if index == 0, !part.sites.contains(.queryValue) { return }
            let attended = transposed.attentionOutput.apply(output, team: team)
            let projections = attention(block, turns, team).backward(kept.projections, gradient: attended)
            var attentionInput = Matrix(rows: x.rows, columns: sizes.width)
            if index > 0 { attentionInput = transposed.queryKeyValue.apply(projections, team: team) }
            if part.sites.contains(.queryValue) {
                let change = part.backward(
                    of: normalise(kept.input, block.attentionNorm, team), gradient: queriesAndValues(of: projections),
                    block: index, site: .queryValue, into: &gradients, team: team)
                VectorMath.addScaled(&attentionInput.values, change.values, factor: 1)
            }
            if index > 0 { add(attentionInput, throughNormOf: kept.input, block.attentionNorm, to: &x) }
        }
    }

    private func attention(_ block: ModelBlock, _ turns: Turns, _ team: ThreadTeam) -> BlockAttention {
        BlockAttention(sizes: sizes, block: block, turns: turns, team: team)
    }

    private func apply(_ layer: LinearLayer, _ x: Matrix, _ team: ThreadTeam) -> Matrix {
        let values = layer.apply(x.values, tokens: x.rows, team: team)
        return Matrix(rows: x.rows, columns: values.count / max(1, x.rows), values: values)
    }

    private func normalise(_ x: Matrix, _ weight: [Float], _ team: ThreadTeam) -> Matrix {
        var result = Matrix(rows: x.rows, columns: x.columns)
        RowOperations.normalise(
            x.values, weight: weight, epsilon: sizes.rmsEpsilon, rows: x.rows, into: &result.values, team: team)
        return result
    }

    /// Adds to dLoss/dx what comes through norm(x).
    private func add(_ gradient: Matrix, throughNormOf x: Matrix, _ weight: [Float], to sum: inout Matrix) {
        var result = Matrix.empty
        Gradients.norm(x, weight: weight, gradient: gradient, epsilon: sizes.rmsEpsilon, into: &result)
        VectorMath.addScaled(&sum.values, result.values, factor: 1)
    }

    /// The keys' columns stay as they are.
    private func add(_ change: Matrix, toQueriesAndValuesOf projections: inout Matrix) {
        let (queries, keys) = (sizes.queryWidth, sizes.keyWidth)
        for row in 0..<projections.rows {
            let (to, from) = (row * projections.columns, row * change.columns)
            VectorMath.addScaled(&projections.values, in: to..<to + queries, change.values, at: from, factor: 1)
            VectorMath.addScaled(
                &projections.values, in: to + queries + keys..<to + queries + 2 * keys, change.values,
                at: from + queries, factor: 1)
        }
    }

    /// The columns that a change of queries and values is added to.
    private func queriesAndValues(of projections: Matrix) -> Matrix {
        let (queries, keys) = (sizes.queryWidth, sizes.keyWidth)
        var result = Matrix(rows: projections.rows, columns: queries + keys)
        for row in 0..<projections.rows {
            let (from, to) = (row * projections.columns, row * result.columns)
            VectorMath.copy(projections.values, in: from..<from + queries, into: &result.values, at: to)
            VectorMath.copy(
                projections.values, in: from + queries + keys..<from + queries + 2 * keys, into: &result.values,
                at: to + queries)
        }
        return result
    }
}
