import GGUF
import Glibc

/// A tiny Llama model with random weights, in the layout of the real one: tests of the engine run on it in
/// milliseconds, and no weights are stored in the repository.
public enum TinyModel {
    /// The extents of the model; each stored row must be a multiple of the type's block length.
    public struct Shape: Sendable {
        /// Blocks, L.
        public var blockCount = 4
        /// Width of the residual stream, H.
        public var width = 64
        /// Query heads.
        public var headCount = 4
        /// Key and value heads.
        public var keyValueHeadCount = 2
        /// Inner width of the feed-forward part.
        public var feedForwardWidth = 96
        /// The longest context in the metadata.
        public var contextLength = 512

        /// Width of one head.
        public var headWidth: Int { width / headCount }

        /// A shape; what is not given is as small as the quantised types allow.
        public init(
            blockCount: Int = 4, width: Int = 64, headCount: Int = 4, keyValueHeadCount: Int = 2,
            feedForwardWidth: Int = 96, contextLength: Int = 512
        ) {
            self.blockCount = blockCount
            self.width = width
            self.headCount = headCount
            self.keyValueHeadCount = keyValueHeadCount
            self.feedForwardWidth = feedForwardWidth
            self.contextLength = contextLength
        }
    }

    /// The chat template in the metadata: ChatML without a default system prompt.
    public static let chatTemplate =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'"
        + " + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

    /// Writes the model for `seed` to `path`. The matrices are stored as `type`; with the 4-bit types the embedding is
    /// q8_0, as in the real file, and the norms are always f32. `tied`: the output head is the embedding.
    public static func write(
        to path: String, seed: UInt64 = 1, shape: Shape = Shape(), type: GGMLType = .f32, tied: Bool = true
    ) throws {
        try writer(seed: seed, shape: shape, type: type, tied: tied).write(to: path)
    }

    /// The model for `seed` in a new file in the system's folder for temporary files. The caller removes it by
    /// `remove(_:)`, or leaves it to the system.
    public static func temporary(
        seed: UInt64 = 1, shape: Shape = Shape(), type: GGMLType = .f32, tied: Bool = true
    ) throws -> String {
        let path = temporaryPath("tiny-\(type.name).gguf")
        try write(to: path, seed: seed, shape: shape, type: type, tied: tied)
        return path
    }

    /// The model for `seed`, opened from memory: no file at all.
    public static func file(
        seed: UInt64 = 1, shape: Shape = Shape(), type: GGMLType = .f32, tied: Bool = true
    ) throws -> GGUFFile {
        try GGUFFile(bytes: writer(seed: seed, shape: shape, type: type, tied: tied).bytes(), label: "tiny model")
    }

    /// A path in the system's folder for temporary files that no other test uses; nothing is created there.
    public static func temporaryPath(_ name: String) -> String {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        return "\(folder)/spa-test-\(getpid())-\(UInt64.random(in: 0 ... .max))-\(name)"
    }

    /// Removes the file at `path`, if there is one.
    public static func remove(_ path: String) {
        unlink(path)
    }

    /// The model as an unwritten file, for tests that change something in it first.
    public static func writer(
        seed: UInt64 = 1, shape: Shape = Shape(), type: GGMLType = .f32, tied: Bool = true
    ) throws -> GGUFWriter {
        var writer = GGUFWriter()
        setMetadata(&writer, shape)
        var weights = RandomWeights(seed: seed)
        let embeddingType: GGMLType = type == .q4_0 || type == .q4_1 ? .q8_0 : type
        let vocabularySize = TinyModelVocabulary.tokens.count
        let keyValueWidth = shape.keyValueHeadCount * shape.headWidth

        func add(_ name: String, _ type: GGMLType, columns: Int, rows: Int) throws {
            try writer.add(
                name: name + ".weight", type: type, shape: [columns, rows],
                values: weights.matrix(columns: columns, rows: rows))
        }
        func addNorm(_ name: String) throws {
            try writer.add(
                name: name + ".weight", type: .f32, shape: [shape.width], values: weights.norm(shape.width))
        }

        try add("token_embd", embeddingType, columns: shape.width, rows: vocabularySize)
        for block in 0..<shape.blockCount {
            let prefix = "blk.\(block)."
            try addNorm(prefix + "attn_norm")
            try add(prefix + "ffn_down", type, columns: shape.feedForwardWidth, rows: shape.width)
            try add(prefix + "ffn_gate", type, columns: shape.width, rows: shape.feedForwardWidth)
            try add(prefix + "ffn_up", type, columns: shape.width, rows: shape.feedForwardWidth)
            try addNorm(prefix + "ffn_norm")
            try add(prefix + "attn_k", type, columns: shape.width, rows: keyValueWidth)
            try add(prefix + "attn_output", type, columns: shape.width, rows: shape.width)
            try add(prefix + "attn_q", type, columns: shape.width, rows: shape.width)
            try add(prefix + "attn_v", type, columns: shape.width, rows: keyValueWidth)
        }
        try addNorm("output_norm")
        if !tied { try add("output", embeddingType, columns: shape.width, rows: vocabularySize) }
        return writer
    }

    private static func setMetadata(_ writer: inout GGUFWriter, _ shape: Shape) {
        writer.set("general.architecture", .string("llama"))
        writer.set("general.type", .string("model"))
        writer.set("general.name", .string("Tiny"))
        writer.set("llama.block_count", .uint32(UInt32(shape.blockCount)))
        writer.set("llama.context_length", .uint32(UInt32(shape.contextLength)))
        writer.set("llama.embedding_length", .uint32(UInt32(shape.width)))
        writer.set("llama.feed_forward_length", .uint32(UInt32(shape.feedForwardWidth)))
        writer.set("llama.attention.head_count", .uint32(UInt32(shape.headCount)))
        writer.set("llama.attention.head_count_kv", .uint32(UInt32(shape.keyValueHeadCount)))
        writer.set("llama.rope.freq_base", .float32(100_000))
        writer.set("llama.attention.layer_norm_rms_epsilon", .float32(1e-5))
        writer.set("llama.vocab_size", .uint32(UInt32(TinyModelVocabulary.tokens.count)))
        writer.set("llama.rope.dimension_count", .uint32(UInt32(shape.headWidth)))
        TinyModelVocabulary.setMetadata(&writer)
        writer.set("tokenizer.chat_template", .string(chatTemplate))
    }
}

/// Random weights, the same for one seed on every machine.
private struct RandomWeights {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Rows of numbers with a variance of 1 / columns, so that a product keeps the size of its input.
    mutating func matrix(columns: Int, rows: Int) -> [Float] {
        let scale = (1 / Float(columns)).squareRoot()
        return (0..<columns * rows).map { _ in normal() * scale }
    }

    /// Norm weights near 1.
    mutating func norm(_ count: Int) -> [Float] {
        (0..<count).map { _ in 1 + 0.1 * normal() }
    }

    /// Nearly normal, of variance 1: the sum of twelve uniform numbers, less their mean. No library function takes
    /// part, so that every machine computes the same bits.
    private mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += Float(next() >> 40) / 16_777_216 }
        return sum
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
