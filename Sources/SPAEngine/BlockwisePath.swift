import Compute

/// The base's blocks one product after another, straight from their definition: in f32 what the fast path is compared
/// with, and for every precision where an adaptation acts inside the blocks.
struct BlockwisePath: Sendable {
    let configuration: ModelConfiguration
    let blocks: [ModelBlock]
    let rotary: RotaryEmbedding

    func makeStore(capacity: Int) -> FloatKeyValueStore? {
        FloatKeyValueStore(
            blocks: configuration.blockCount, heads: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth, capacity: capacity)
    }

    /// Where a pass' keys and values are, and what attends to them.
    enum Attention {
        /// Pages in half precision, for rows of one text or of several.
        case half(Decoder, Decoder.Rows)
        /// Of one text, in f32, straight from the definition.
        case float(FloatKeyValueStore, start: Int)
    }

    /// Runs `embeddings` [n, H] through all blocks; result as that of `Decoder.run`.
    /// - Parameters:
    ///   - wanted: the rows whose states are returned, ascending.
    ///   - taps: blocks, from 1 and ascending, whose residual stream is returned too.
    ///   - corrections: what is added at each site of each block; nil for the base itself.
    func run(
        _ embeddings: [Float], attention: Attention, wanted: [Int], taps: [Int],
        corrections: (any BlockCorrections)? = nil, team: ThreadTeam
    ) throws(EngineError) -> Decoder.Result {
        let (width, inner) = (configuration.width, configuration.feedForwardWidth)
        let rows = embeddings.count / width
        var x = embeddings
        var normalised = [Float](repeating: 0, count: x.count)
        var tapped: [Matrix] = []

        for (index, block) in blocks.enumerated() {
            // Attention: x += Wo · attend(rope(Wq n), rope(Wk n), Wv n),  n = norm(x)
            RowOperations.normalise(
                x, weight: block.attentionNorm, epsilon: configuration.rmsEpsilon, rows: rows, into: &normalised,
                team: team)
            var qkv = block.queryKeyValue.apply(normalised, tokens: rows, team: team)
            if let added = try corrections?.correction(of: normalised, rows: rows, block: index, site: .queryValue) {
                addToQueriesAndValues(&qkv, added, rows: rows)
            }
            let attended = attend(attention, index, &qkv, rows: rows, team: team)
            var output = block.attentionOutput.apply(attended, tokens: rows, team: team)
            if let added = try corrections?.correction(of: output, rows: rows, block: index, site: .attentionOutput) {
                RowOperations.add(&output, added, count: rows * width)
            }
            RowOperations.add(&x, output, count: rows * width)

            // Feed-forward: x += Wdown( silu(Wgate n) * Wup n ),  n = norm(x)
            RowOperations.normalise(
                x, weight: block.feedForwardNorm, epsilon: configuration.rmsEpsilon, rows: rows, into: &normalised,
                team: team)
            let gateUp = block.gateUp.apply(normalised, tokens: rows, team: team)
            var gated = [Float](repeating: 0, count: rows * inner)
            RowOperations.swiglu(gateUp, width: inner, rows: rows, into: &gated, team: team)
            output = block.down.apply(gated, tokens: rows, team: team)
            if let added = try corrections?.correction(of: output, rows: rows, block: index, site: .feedForwardOutput) {
                RowOperations.add(&output, added, count: rows * width)
            }
            RowOperations.add(&x, output, count: rows * width)
            if taps.contains(index + 1) { tapped.append(gather(x, wanted)) }
        }
        return Decoder.Result(finals: gather(x, wanted), taps: tapped)
    }

    /// q += changes of q, v += changes of v, row by row; k stays.
    private func addToQueriesAndValues(_ qkv: inout [Float], _ added: [Float], rows: Int) {
        let (query, key) = (configuration.queryWidth, configuration.keyWidth)
        for row in 0..<rows {
            let (to, from) = (row * (query + 2 * key), row * (query + key))
            VectorMath.addScaled(&qkv, in: to..<to + query, added, at: from, factor: 1)
            VectorMath.addScaled(
                &qkv, in: to + query + key..<to + query + 2 * key, added, at: from + query, factor: 1)
        }
    }

    /// [rows, query width]
    private func attend(
        _ attention: Attention, _ block: Int, _ qkv: inout [Float], rows: Int, team: ThreadTeam
    ) -> [Float] {
        let (query, key) = (configuration.queryWidth, configuration.keyWidth)
        var attended = [Float](repeating: 0, count: rows * query)
        switch attention {
        case .half(let decoder, let places):
            decoder.attend(places, block: block, queryKeyValue: &qkv, into: &attended, team: team)
        case .float(let store, let start):
            let (stride, positions) = (query + 2 * key, Array(start..<start + rows))
            let heads = configuration.headCount + configuration.keyValueHeadCount
            normaliseHeads(&qkv, of: blocks[block], rows: rows, stride: stride)
            rotary.apply(to: &qkv, stride: stride, heads: heads, angles: rotary.angles(of: positions))
            store.write(
                block: block, position: start, count: rows, rows: qkv, stride: stride, keyOffset: query,
                valueOffset: query + key)
            store.attend(
                block: block, queries: qkv, stride: stride, positions: positions, queryHeads: configuration.headCount,
                into: &attended, team: team)
        }
        return attended
    }

    /// q = norm_q(q) and k = norm_k(k), head by head, where the model has such norms (Qwen3).
    private func normaliseHeads(_ qkv: inout [Float], of block: ModelBlock, rows: Int, stride: Int) {
        let queryHeads = configuration.headCount
        for row in 0..<rows {
            for head in 0..<queryHeads + configuration.keyValueHeadCount {
                let weight = head < queryHeads ? block.queryNorm : block.keyNorm
                guard !weight.isEmpty else { continue }
                let start = row * stride + head * configuration.headWidth
                let range = start..<start + configuration.headWidth
                let mean = VectorMath.sumOfSquares(qkv, in: range) / Float(range.count)
                let factor = 1 / (mean + configuration.rmsEpsilon).squareRoot()
                for (index, weight) in zip(range, weight) { qkv[index] *= factor * weight }
            }
        }
    }

    private func gather(_ x: [Float], _ rows: [Int]) -> Matrix {
        let width = configuration.width
        return Matrix(
            rows: rows.count, columns: width, values: rows.flatMap { x[$0 * width..<($0 + 1) * width] })
    }
}
