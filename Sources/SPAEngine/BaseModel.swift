import Compute
import GGUF

/// The base: a frozen Llama-family language model (RMSNorm, rotary positions, grouped-query attention, SwiGLU), the
/// paper's *cloud* f.
public final class BaseModel: Sendable {
    /// How the weights are computed with: 4/8-bit products with 8-bit activations, or f32 throughout.
    public enum Precision: Sendable { case fast, reference }

    /// Which positions' states `forward` returns.
    public enum Wanted: Sendable, Equatable {
        /// The last one.
        case last
        /// Every one.
        case all
        /// Those at these indices of the tokens given, ascending.
        case positions([Int])
    }

    /// The residual stream at the wanted positions.
    public struct States: Sendable {
        /// f_t = h^L_t, before the final norm, [n, H].
        public var finals: Matrix
        /// h^l_t for each block l asked for, [n, H] each.
        public var taps: [Matrix]
    }

    /// The sizes.
    public let configuration: ModelConfiguration
    /// The threads that the products run on.
    public let team: ThreadTeam
    /// 32 hexadecimal digits that tell this base from others.
    public let fingerprint: String
    /// w_norm, the final norm's weight, [H].
    public let finalNormWeight: [Float]
    /// The path's precision.
    public let precision: Precision

    let file: GGUFFile
    /// The blocks, and how their queries and keys turn.
    package let blocks: [ModelBlock]
    package let rotary: RotaryEmbedding
    private let embedding: TensorInfo
    private let headTensor: TensorInfo
    /// The fast path; nil where the precision is that of the reference.
    private let decoder: Decoder?
    /// The reference path, and for both precisions the path of a plugin inside the blocks.
    private let blockwise: BlockwisePath
    private let headLayer: LinearLayer

    /// Loads the weights of a GGUF file.
    public init(file: GGUFFile, precision: Precision = .fast, team: ThreadTeam) throws(EngineError) {
        let sizes = try ModelConfiguration(file: file)
        guard let embedding = file.tensor("token_embd.weight") else {
            throw .missingTensor(path: file.path, name: "token_embd.weight")
        }
        guard embedding.columns == sizes.width else {
            throw .wrongShape(
                path: file.path, name: embedding.name, expected: [sizes.width, sizes.vocabularySize],
                found: embedding.shape)
        }
        // A tied head is the embedding itself.
        let headTensor = file.tensor("output.weight") ?? embedding
        let parts = [["attn_q", "attn_k", "attn_v"], ["attn_output"], ["ffn_gate", "ffn_up"], ["ffn_down"]]
        func names(_ block: Int, _ part: Int) -> [String] { parts[part].map { "blk.\(block).\($0).weight" } }
        let all = (0..<sizes.blockCount).flatMap { block in parts.indices.map { names(block, $0) } }
        let loader = try WeightLoader(file: file, precision: precision, team: team, layers: all + [[headTensor.name]])

        let (width, feedForward) = (sizes.width, sizes.feedForwardWidth)
        let (queryWidth, keyWidth) = (sizes.headCount * sizes.headWidth, sizes.keyValueHeadCount * sizes.headWidth)
        var blocks: [ModelBlock] = []
        for index in 0..<sizes.blockCount {
            blocks.append(
                ModelBlock(
                    attentionNorm: try loader.vector("blk.\(index).attn_norm.weight", count: width),
                    queryKeyValue: try loader.layer(
                        names(index, 0), columns: width, rows: [queryWidth, keyWidth, keyWidth]),
                    queryNorm: try loader.optionalVector("blk.\(index).attn_q_norm.weight", count: sizes.headWidth),
                    keyNorm: try loader.optionalVector("blk.\(index).attn_k_norm.weight", count: sizes.headWidth),
                    attentionOutput: try loader.layer(names(index, 1), columns: queryWidth, rows: [width]),
                    feedForwardNorm: try loader.vector("blk.\(index).ffn_norm.weight", count: width),
                    gateUp: try loader.layer(names(index, 2), columns: width, rows: [feedForward, feedForward]),
                    down: try loader.layer(names(index, 3), columns: feedForward, rows: [width])))
        }
        // Llama 3's scaling: what each pair's frequency is divided by.
        let divisors = try loader.optionalVector("rope_freqs.weight", count: sizes.ropeWidth / 2)
        let rotary = sizes.rotary(divisors: divisors)
        decoder =
            precision == .fast
            ? Decoder(shape: sizes.decoderShape, blocks: blocks.compactMap(\.packed), rotary: rotary) : nil
        blockwise = BlockwisePath(configuration: sizes, blocks: blocks, rotary: rotary)
        self.rotary = rotary
        self.blocks = blocks
        fingerprint = Fingerprint.of(file)
        headLayer = try loader.layer([headTensor.name], columns: width, rows: [sizes.vocabularySize])
        finalNormWeight = try loader.vector("output_norm.weight", count: width)
        file.discard()
        configuration = sizes
        self.file = file
        self.embedding = embedding
        self.headTensor = headTensor
        self.team = team
        self.precision = precision
    }

    /// The model's name.
    public var name: String { configuration.name }

    /// The memory that the output head takes.
    public var headBytes: Int { headLayer.bytes }

    /// A cache for `capacity` positions.
    public func makeCache(capacity: Int) throws(EngineError) -> KVCache {
        let store: KVCache.Store? =
            if let decoder {
                .half(decoder.makeStore(capacity: capacity))
            } else {
                blockwise.makeStore(capacity: capacity).map(KVCache.Store.float)
            }
        guard let store else { throw outOfContextMemory(positions: capacity) }
        return KVCache(store: store, capacity: capacity)
    }

    private func outOfContextMemory(positions: Int) -> EngineError {
        let perPosition = configuration.blockCount * configuration.keyValueHeadCount * configuration.headWidth
        let bytes = (precision == .fast ? 4 : 8) * perPosition * positions
        return .outOfMemory(what: "a context of \(positions) tokens", bytes: bytes)
    }

    /// Reads `tokens` at the positions after those in the cache.
    /// - Parameters:
    ///   - taps: blocks l (from 1, ascending) whose residual stream h^l is returned.
    ///   - wanted: the positions whose states are returned; after the last block's keys and values nothing else is computed.
    ///   - exchanges: what a plugin inside the blocks adds; it needs a cache of its own, with nothing in it that was read
    ///     otherwise.
    public func forward(
        _ tokens: [Int32], cache: KVCache, taps: [Int] = [], wanted: Wanted = .last, exchanges: BlockExchanges? = nil
    ) throws(EngineError) -> States {
        try check(tokens, cache: cache, taps: taps)
        let indices =
            switch wanted {
            case .last: tokens.isEmpty ? [] : [tokens.count - 1]
            case .all: Array(tokens.indices)
            case .positions(let list): list
            }
        precondition(indices.allSatisfy(tokens.indices.contains), "a wanted position is not among the tokens")
        // Long prompts go through in pieces, so that activations stay in the cache of the processor.
        var states = emptyStates(taps: taps)
        for start in stride(from: 0, to: tokens.count, by: Self.pieceLength) {
            let end = min(start + Self.pieceLength, tokens.count)
            let here = indices.filter { $0 >= start && $0 < end }.map { $0 - start }
            let piece = try forwardPiece(
                Array(tokens[start..<end]), cache: cache, taps: taps, wanted: here, exchanges: exchanges)
            states.append(piece)
        }
        return states
    }

    private static let pieceLength = 512

    private func forwardPiece(
        _ tokens: [Int32], cache: KVCache, taps: [Int], wanted: [Int], exchanges: BlockExchanges?
    ) throws(EngineError) -> States {
        var x = try embed(tokens)
        let result: Decoder.Result?
        switch (decoder, cache.store) {
        case (let decoder?, .half(let store)):
            let rows = Decoder.Segment(store: store, start: cache.count, count: tokens.count)
            result = try run(decoder, &x, [rows], wanted: wanted, taps: taps, exchanges: exchanges)
        case (nil, .float(let store)):
            result = try blockwise.run(
                x, attention: .float(store, start: cache.count), wanted: wanted, taps: taps, corrections: exchanges,
                team: team)
        default: preconditionFailure("the cache was made by a model of the other precision")
        }
        guard let result else { throw outOfContextMemory(positions: cache.count + tokens.count) }
        cache.append(tokens)
        return States(finals: result.finals, taps: result.taps)
    }

    /// Reads on in several texts at once. On the fast path the weights are read once for all of them, and a text's states
    /// are those which it has alone, to the last bit; the other paths take one text after the other.
    /// - Parameters:
    ///   - continuations: for each text the tokens that follow what is in its cache, at least one; no two share a cache.
    ///   - taps: blocks l (from 1, ascending) whose residual stream h^l is returned.
    ///   - exchanges: what a plugin inside the blocks adds; the texts' states then go to it together.
    /// - Returns: the states of the last token of each text.
    public func forward(
        _ continuations: [(tokens: [Int32], cache: KVCache)], taps: [Int] = [], exchanges: BlockExchanges? = nil
    ) throws(EngineError) -> States {
        guard let decoder, continuations.count > 1 else {
            var states = emptyStates(taps: taps)
            for (tokens, cache) in continuations {
                states.append(try forward(tokens, cache: cache, taps: taps, exchanges: exchanges))
            }
            return states
        }
        for (tokens, cache) in continuations { try check(tokens, cache: cache, taps: taps) }
        var x = try embed(continuations.flatMap(\.tokens))
        var (segments, wanted): ([Decoder.Segment], [Int]) = ([], [])
        for (tokens, cache) in continuations {
            guard case .half(let store) = cache.store, let last = tokens.indices.last else {
                preconditionFailure("a text without tokens, or a cache made by a model of the other precision")
            }
            wanted.append((wanted.last ?? -1) + 1 + last)
            segments.append(Decoder.Segment(store: store, start: cache.count, count: tokens.count))
        }
        guard let result = try run(decoder, &x, segments, wanted: wanted, taps: taps, exchanges: exchanges) else {
            throw outOfContextMemory(positions: segments.reduce(0) { $0 + $1.start + $1.count })
        }
        for (tokens, cache) in continuations { cache.append(tokens) }
        return States(finals: result.finals, taps: result.taps)
    }

    /// All blocks in one run of the team or, where a plugin acts inside them, one product after another.
    private func run(
        _ decoder: Decoder, _ x: inout [Float], _ segments: [Decoder.Segment], wanted: [Int], taps: [Int],
        exchanges: BlockExchanges?
    ) throws(EngineError) -> Decoder.Result? {
        guard let exchanges else {
            return decoder.run(&x, segments: segments, wanted: wanted, taps: taps, team: team)
        }
        guard let rows = decoder.rows(of: segments) else { return nil }
        return try blockwise.run(
            x, attention: .half(decoder, rows), wanted: wanted, taps: taps, corrections: exchanges, team: team)
    }

    private func check(_ tokens: [Int32], cache: KVCache, taps: [Int]) throws(EngineError) {
        guard cache.count + tokens.count <= cache.capacity else {
            throw .contextFull(needed: cache.count + tokens.count, capacity: cache.capacity)
        }
        if let tap = taps.first(where: { $0 < 1 || $0 > configuration.blockCount }) {
            throw .unknownTap(block: tap, blockCount: configuration.blockCount)
        }
    }

    private func emptyStates(taps: [Int]) -> States {
        let empty = Matrix(rows: 0, columns: configuration.width)
        return States(finals: empty, taps: taps.map { _ in empty })
    }

    /// Logits E · norm(state) of every row, [n, H] -> [n, V]: the base path's p_f = softmax(head(f)), the side path's
    /// p_I = softmax(head(rms(f) + u)).
    public func head(_ states: Matrix) -> Matrix {
        let logits = headLayer.apply(normalise(states), tokens: states.rows, team: team)
        return Matrix(rows: states.rows, columns: configuration.vocabularySize, values: logits)
    }

    /// The most probable token after a state [1, H], as `Sampler.greedy(head(state))` but without the logits.
    public func likeliest(_ state: Matrix) -> Int32 {
        precondition(state.rows == 1, "one state")
        return likeliest(each: state)[0]
    }

    /// The most probable token after each of some states, [n, H].
    public func likeliest(each states: Matrix) -> [Int32] {
        headLayer.largestRows(normalise(states), tokens: states.rows, team: team).map(Int32.init)
    }

    private func normalise(_ states: Matrix) -> [Float] {
        var normalised = [Float](repeating: 0, count: states.values.count)
        RowOperations.normalise(
            states.values, weight: finalNormWeight, epsilon: configuration.rmsEpsilon, rows: states.rows,
            into: &normalised, team: team)
        return normalised
    }

    /// Rows of the head E for some tokens, [n, H], f32: what training over part of the vocabulary needs.
    public func headRows(_ ids: [Int32]) throws(EngineError) -> Matrix {
        var values: [Float] = []
        values.reserveCapacity(ids.count * configuration.width)
        for id in ids { values += try row(id, of: headTensor) }
        return Matrix(rows: ids.count, columns: configuration.width, values: values)
    }

    /// The embeddings of some tokens, [n, H]: what the first block reads.
    package func embed(_ tokens: [Int32]) throws(EngineError) -> [Float] {
        var x: [Float] = []
        x.reserveCapacity(tokens.count * configuration.width)
        for token in tokens { x += try row(token, of: embedding) }
        return x
    }

    private func row(_ id: Int32, of tensor: TensorInfo) throws(EngineError) -> [Float] {
        guard id >= 0, Int(id) < tensor.rows else {
            throw .unknownToken(id: id, vocabularySize: configuration.vocabularySize)
        }
        return file.dequantise(tensor, rows: Int(id)..<Int(id) + 1)
    }
}

extension BaseModel.States {
    /// The states of one position alone.
    func row(_ index: Int) -> BaseModel.States {
        BaseModel.States(finals: finals.gather([index]), taps: taps.map { $0.gather([index]) })
    }

    /// Puts the states of more positions below, with the same taps.
    fileprivate mutating func append(_ other: BaseModel.States) {
        finals.append(other.finals)
        for index in taps.indices { taps[index].append(other.taps[index]) }
    }
}

extension Matrix {
    /// Puts the rows of another matrix of the same width below.
    fileprivate mutating func append(_ other: Matrix) {
        if rows == 0 {
            self = other
        } else {
            self = Matrix(rows: rows + other.rows, columns: columns, values: values + other.values)
        }
    }
}
