import CKernels

// Sendable unchecked: the C structures are written by `init` alone and read-only afterwards; what they point to is owned by
// `vectors` and, through `layers`, by the weights' arena.
/// All blocks of a decoder on packed weights, run by one fork and join of the team a pass.
public final class Decoder: @unchecked Sendable {
    private let layers: [PackedLayer]
    private let rotary: RotaryEmbedding
    private let blockStructures: UnsafeMutablePointer<spa_block>
    private let decoder: spa_decoder
    private var vectors: [UnsafeMutablePointer<Float>] = []

    /// The states that a pass returns.
    public struct Result: Sendable {
        /// The residual stream after the last block, [wanted, width].
        public var finals: Matrix
        /// The residual stream after each tapped block, [wanted, width] each.
        public var taps: [Matrix]

        /// States as given.
        public init(finals: Matrix, taps: [Matrix]) {
            self.finals = finals
            self.taps = taps
        }
    }

    /// A decoder of at least one block.
    public init(shape: DecoderShape, blocks: [DecoderBlock], rotary: RotaryEmbedding) {
        let queryWidth = shape.heads * shape.headWidth
        let projected = queryWidth + 2 * shape.keyHeads * shape.headWidth
        for block in blocks {
            precondition(
                block.queryKeyValue.columns == shape.width && block.queryKeyValue.rows == projected
                    && block.attentionOutput.columns == queryWidth && block.attentionOutput.rows == shape.width
                    && block.gateUp.columns == shape.width && block.gateUp.rows == 2 * shape.feedForwardWidth
                    && block.down.columns == shape.feedForwardWidth && block.down.rows == shape.width,
                "a layer does not fit the shape")
            precondition(
                block.attentionNorm.count == shape.width && block.feedForwardNorm.count == shape.width
                    && [0, shape.headWidth].contains(block.queryNorm.count)
                    && [0, shape.headWidth].contains(block.keyNorm.count), "a norm does not fit the shape")
        }
        precondition(!blocks.isEmpty && rotary.pairs * 2 <= shape.headWidth, "the rotary pairs do not fit the heads")
        layers = blocks.flatMap { [$0.queryKeyValue, $0.attentionOutput, $0.gateUp, $0.down] }
        self.rotary = rotary
        blockStructures = .allocate(capacity: blocks.count)
        decoder = spa_decoder(
            width: Int32(shape.width), heads: Int32(shape.heads), key_heads: Int32(shape.keyHeads),
            head: Int32(shape.headWidth), feed_forward: Int32(shape.feedForwardWidth), pairs: Int32(rotary.pairs),
            halves: rotary.layout == .halves, epsilon: shape.epsilon, block_count: Int32(blocks.count),
            blocks: blockStructures)
        for (index, block) in blocks.enumerated() {
            blockStructures[index] = spa_block(
                attention_norm: keep(block.attentionNorm), feed_forward_norm: keep(block.feedForwardNorm),
                query_norm: keep(block.queryNorm), key_norm: keep(block.keyNorm),
                query_key_value: structure(block.queryKeyValue), attention_output: structure(block.attentionOutput),
                gate_up: structure(block.gateUp), down: structure(block.down))
        }
    }

    deinit {
        blockStructures.deallocate()
        vectors.forEach { $0.deallocate() }
    }

    private func keep(_ vector: [Float]) -> UnsafePointer<Float>? {
        guard !vector.isEmpty else { return nil }
        let copy = UnsafeMutablePointer<Float>.allocate(capacity: vector.count)
        copy.initialize(from: vector, count: vector.count)
        vectors.append(copy)
        return UnsafePointer(copy)
    }

    private func structure(_ layer: PackedLayer) -> spa_layer {
        var result = spa_layer()
        result.parts = Int32(layer.parts.count)
        result.bias = keep(layer.bias)
        withUnsafeMutablePointer(to: &result.part) { parts in
            parts.withMemoryRebound(to: spa_packed.self, capacity: PackedLayer.mostParts) { parts in
                for (index, part) in layer.parts.enumerated() { parts[index] = part.view }
            }
        }
        withUnsafeMutablePointer(to: &result.rows) { rows in
            rows.withMemoryRebound(to: Int32.self, capacity: PackedLayer.mostParts) { rows in
                for (index, part) in layer.parts.enumerated() { rows[index] = Int32(part.rows) }
            }
        }
        return result
    }

    /// A store for the keys and values of `capacity` positions of one text.
    public func makeStore(capacity: Int) -> HalfKeyValueStore { HalfKeyValueStore(decoder: self, capacity: capacity) }

    /// The size of a store's page.
    var pageHalves: Int { withUnsafePointer(to: decoder) { Int(spa_page_halves($0)) } }

    /// Copies the first positions of a page.
    func copyPage(from: UnsafePointer<UInt16>, to: UnsafeMutablePointer<UInt16>, positions: Int) {
        withUnsafePointer(to: decoder) { spa_copy_page($0, from, to, Int32(positions)) }
    }

    /// Rows of a pass that follow each other in one text.
    public struct Segment {
        /// The text's keys and values.
        public var store: HalfKeyValueStore
        /// The position of the first row.
        public var start: Int
        /// The number of rows.
        public var count: Int

        /// `count` rows from position `start` on.
        public init(store: HalfKeyValueStore, start: Int, count: Int) {
            self.store = store
            self.start = start
            self.count = count
        }
    }

    /// Runs `embeddings` [n, width] through all blocks. Each row's result is that which it has alone, to the last bit.
    /// - Parameters:
    ///   - segments: the texts that the rows belong to, in order, each with a store of its own.
    ///   - wanted: the rows whose states are returned, ascending.
    ///   - taps: blocks, from 1 and ascending, whose residual stream is returned too.
    /// - Returns: nil where the system has no memory for the keys and values.
    public func run(
        _ embeddings: inout [Float], segments: [Segment], wanted: [Int], taps: [Int], team: ThreadTeam
    ) -> Result? {
        run(&embeddings, segments: segments, wanted: wanted, taps: taps, team: team, kernels: .best)
    }

    package func run(
        _ embeddings: inout [Float], segments: [Segment], wanted: [Int], taps: [Int], team: ThreadTeam,
        kernels: Kernels
    ) -> Result? {
        let width = Int(decoder.width)
        let tokens = segments.reduce(0) { $0 + $1.count }
        precondition(embeddings.count == tokens * width, "the embeddings are not the segments' rows")
        precondition(wanted.allSatisfy { $0 >= 0 && $0 < tokens }, "a wanted row is not there")
        precondition(taps.allSatisfy { $0 >= 1 && $0 <= Int(decoder.block_count) }, "a tapped block is not there")
        guard let rows = rows(of: segments) else { return nil }
        var finals = [Float](repeating: 0, count: wanted.count * width)
        var tapped = [Float](repeating: 0, count: taps.count * wanted.count * width)
        pass(&embeddings, rows, wanted, taps, &finals, &tapped, team, kernels)
        let size = wanted.count * width
        return Result(
            finals: Matrix(rows: wanted.count, columns: width, values: finals),
            taps: taps.indices.map { index in
                Matrix(
                    rows: wanted.count, columns: width, values: Array(tapped[index * size..<(index + 1) * size]))
            })
    }

    private func pass(
        _ embeddings: inout [Float], _ rows: Rows, _ wanted: [Int], _ taps: [Int], _ finals: inout [Float],
        _ tapped: inout [Float], _ team: ThreadTeam, _ kernels: Kernels
    ) {
        let (wanted, blocksTapped) = (wanted.map(Int32.init), taps.map(Int32.init))
        withPass(over: rows, team: team, kernels: kernels) { pass in
            embeddings.withUnsafeMutableBufferPointer { x in
                finals.withUnsafeMutableBufferPointer { finals in
                    tapped.withUnsafeMutableBufferPointer { tapped in
                        wanted.withUnsafeBufferPointer { wanted in
                            blocksTapped.withUnsafeBufferPointer { taps in
                                pass.x = x.baseAddress
                                (pass.wanted_count, pass.tap_count) = (Int32(wanted.count), Int32(taps.count))
                                (pass.finals, pass.tapped) = (finals.baseAddress, tapped.baseAddress)
                                pass.wanted = wanted.baseAddress
                                pass.taps = taps.baseAddress
                                team.decode(&pass)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The rows of a pass, ready to be read: their places in the texts.
    public struct Rows {
        let places: [spa_row]
        let angles: [Float]
        let segments: [Segment]
    }

    /// Makes the pages of some texts ready for their next rows.
    /// - Returns: nil where the system has no memory for the keys and values.
    public func rows(of segments: [Segment]) -> Rows? {
        precondition(
            segments.count == 1 || Set(segments.map { ObjectIdentifier($0.store) }).count == segments.count,
            "a store is there twice")
        var positions: [Int] = []
        var places: [spa_row] = []
        for segment in segments {
            let range = segment.start..<segment.start + segment.count
            precondition(
                range.lowerBound >= 0 && range.upperBound <= segment.store.capacity,
                "the positions are past the store's end")
            guard segment.store.prepare(range) else { return nil }
            positions += range
            places += range.map { spa_row(pages: UnsafePointer(segment.store.pointers), position: Int32($0)) }
        }
        return Rows(places: places, angles: rotary.angles(of: positions), segments: segments)
    }

    /// The attention of one block (from 0) alone, for a caller that runs a block's products itself: turns queries and keys,
    /// writes keys and values, attends.
    /// - Parameters:
    ///   - queryKeyValue: [rows, q|k|v], products of the block's weights; overwritten.
    ///   - attended: [rows, query width].
    public func attend(
        _ rows: Rows, block: Int, queryKeyValue: inout [Float], into attended: inout [Float], team: ThreadTeam
    ) {
        let queryWidth = Int(decoder.heads * decoder.head)
        let width = queryWidth + 2 * Int(decoder.key_heads * decoder.head)
        precondition(block >= 0 && block < Int(decoder.block_count), "there is no such block")
        precondition(
            queryKeyValue.count >= rows.places.count * width && attended.count >= rows.places.count * queryWidth,
            "the rows are too short")
        withPass(over: rows, team: team, kernels: .best) { pass in
            queryKeyValue.withUnsafeMutableBufferPointer { from in
                attended.withUnsafeMutableBufferPointer { to in
                    guard let from = from.baseAddress, let to = to.baseAddress else { return }
                    team.attend(&pass, block: Int32(block), from, to)
                }
            }
        }
    }

    /// A pass without states.
    private func withPass(
        over rows: Rows, team: ThreadTeam, kernels: Kernels, _ body: (inout spa_pass) -> Void
    ) {
        withExtendedLifetime(rows.segments) {
            withUnsafePointer(to: decoder) { decoder in
                rows.angles.withUnsafeBufferPointer { angles in
                    rows.places.withUnsafeBufferPointer { places in
                        var pass = spa_pass()
                        pass.kernels = kernels.table
                        pass.decoder = decoder
                        pass.tokens = Int32(places.count)
                        pass.angles = angles.baseAddress
                        pass.rows = places.baseAddress
                        pass.scratch = rows.segments.first?.store.scratch(
                            bytes: spa_pass_scratch(decoder, pass.tokens, Int32(team.threads))
                        )?.assumingMemoryBound(to: UInt8.self)
                        body(&pass)
                    }
                }
            }
        }
    }
}
