import Compute

/// The base's blocks in f32 throughout, straight from their definition: what the fast path is compared with.
struct ReferencePath: Sendable {
    let configuration: ModelConfiguration
    let blocks: [ModelBlock]
    let rotary: RotaryEmbedding

    func makeStore(capacity: Int) -> FloatKeyValueStore? {
        FloatKeyValueStore(
            blocks: configuration.blockCount, heads: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth, capacity: capacity)
    }

    /// Runs `embeddings` [n, H] through all blocks; parameters and result as those of `Decoder.run`.
    func run(
        _ embeddings: [Float], start: Int, store: FloatKeyValueStore, wanted: [Int], taps: [Int], team: ThreadTeam
    ) -> Decoder.Result {
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
            // Qwen 3: q = norm_q(q) and k = norm_k(k), head by head.
            for (weight, heads, offset) in [(block.queryNorm, headCount, 0), (block.keyNorm, keyHeadCount, queryWidth)]
            where !weight.isEmpty {
                RowOperations.normaliseHeads(
                    &qkv, stride: stride, offset: offset, heads: heads, weight: weight,
                    epsilon: configuration.rmsEpsilon, rows: rows)
            }
            rotary.apply(to: &qkv, stride: stride, heads: headCount + keyHeadCount, angles: angles)
            store.write(
                block: index, position: start, count: rows, rows: qkv, stride: stride, keyOffset: queryWidth,
                valueOffset: queryWidth + keyWidth)
            var attended = [Float](repeating: 0, count: rows * queryWidth)
            store.attend(
                block: index, queries: qkv, stride: stride, positions: positions, queryHeads: headCount,
                into: &attended, team: team)
            RowOperations.add(
                &x, block.attentionOutput.apply(attended, tokens: rows, team: team), count: rows * width)

            // Feed-forward: x += Wdown( silu(Wgate n) * Wup n ),  n = norm(x)
            RowOperations.normalise(
                x, weight: block.feedForwardNorm, epsilon: configuration.rmsEpsilon, rows: rows, into: &normalised,
                team: team)
            let gateUp = block.gateUp.apply(normalised, tokens: rows, team: team)
            var inner = [Float](repeating: 0, count: rows * configuration.feedForwardWidth)
            RowOperations.swiglu(gateUp, width: configuration.feedForwardWidth, rows: rows, into: &inner, team: team)
            RowOperations.add(&x, block.down.apply(inner, tokens: rows, team: team), count: rows * width)
            if taps.contains(index + 1) { tapped.append(gather(x, wanted)) }
        }
        return Decoder.Result(finals: gather(x, wanted), taps: tapped)
    }

    private func gather(_ x: [Float], _ rows: [Int]) -> Matrix {
        let width = configuration.width
        return Matrix(
            rows: rows.count, columns: width, values: rows.flatMap { x[$0 * width..<($0 + 1) * width] })
    }
}
