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

    /// Runs `embeddings` [n, H] through all blocks; parameters and result as those of `Decoder.run`.
    /// - Parameter corrections: what is added at each site of each block; nil for the base itself.
    func run(
        _ embeddings: [Float], start: Int, store: FloatKeyValueStore, wanted: [Int], taps: [Int],
        corrections: (any BlockCorrections)? = nil, team: ThreadTeam
    ) throws(EngineError) -> Decoder.Result {
        let (width, headCount, headWidth) = (configuration.width, configuration.headCount, configuration.headWidth)
        let keyHeadCount = configuration.keyValueHeadCount
        let (queryWidth, keyWidth) = (headCount * headWidth, keyHeadCount * headWidth)
        let stride = queryWidth + 2 * keyWidth
        let rows = embeddings.count / width
        let positions = Array(start..<start + rows)
        let angles = rotary.angles(of: positions)
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
                for row in 0..<rows {
                    let (to, from) = (row * stride, row * (queryWidth + keyWidth))
                    VectorMath.addScaled(&qkv, in: to..<to + queryWidth, added, at: from, factor: 1)
                    VectorMath.addScaled(
                        &qkv, in: to + queryWidth + keyWidth..<to + stride, added, at: from + queryWidth, factor: 1)
                }
            }
            normaliseHeads(&qkv, of: block, rows: rows, stride: stride)
            rotary.apply(to: &qkv, stride: stride, heads: headCount + keyHeadCount, angles: angles)
            store.write(
                block: index, position: start, count: rows, rows: qkv, stride: stride, keyOffset: queryWidth,
                valueOffset: queryWidth + keyWidth)
            var attended = [Float](repeating: 0, count: rows * queryWidth)
            store.attend(
                block: index, queries: qkv, stride: stride, positions: positions, queryHeads: headCount,
                into: &attended, team: team)
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
            var inner = [Float](repeating: 0, count: rows * configuration.feedForwardWidth)
            RowOperations.swiglu(gateUp, width: configuration.feedForwardWidth, rows: rows, into: &inner, team: team)
            output = block.down.apply(inner, tokens: rows, team: team)
            if let added = try corrections?.correction(of: output, rows: rows, block: index, site: .feedForwardOutput) {
                RowOperations.add(&output, added, count: rows * width)
            }
            RowOperations.add(&x, output, count: rows * width)
            if taps.contains(index + 1) { tapped.append(gather(x, wanted)) }
        }
        return Decoder.Result(finals: gather(x, wanted), taps: tapped)
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
