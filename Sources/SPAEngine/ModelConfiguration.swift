import Compute
import GGUF

/// The sizes of a base model, read from the metadata of its file.
public struct ModelConfiguration: Sendable, Equatable {
    /// `llama`, `qwen2` or `qwen3`.
    public let architecture: String
    /// The model's name: that of its file, without the ending.
    public let name: String
    /// L, the number of blocks.
    public let blockCount: Int
    /// H, the width of the residual stream.
    public let width: Int
    /// Query heads.
    public let headCount: Int
    /// Key and value heads; each serves headCount / keyValueHeadCount query heads.
    public let keyValueHeadCount: Int
    /// The width of a head.
    public let headWidth: Int
    /// The inner width of the feed-forward part.
    public let feedForwardWidth: Int
    /// V, the number of tokens.
    public let vocabularySize: Int
    /// The context that the model was trained for.
    public let contextLength: Int
    /// The base of the rotary frequencies.
    public let ropeBase: Double
    /// How many numbers of a head turn.
    public let ropeWidth: Int
    /// Which numbers of a head turn together, a pair each.
    public let ropeLayout: RotaryEmbedding.Layout
    /// How the positions of long texts are brought together.
    public let ropeScaling: RopeScaling
    /// The epsilon under RMSNorm's root.
    public let rmsEpsilon: Float

    /// The architectures that the engine runs, and how each lays queries and keys out.
    private static let architectures: [String: RotaryEmbedding.Layout] = [
        "llama": .neighbours, "qwen2": .halves, "qwen3": .halves,
    ]

    /// The width of all queries of a position.
    public var queryWidth: Int { headCount * headWidth }
    /// The width of all keys, and of all values, of a position.
    public var keyWidth: Int { keyValueHeadCount * headWidth }

    /// Reads and checks the metadata of a GGUF file.
    public init(file: GGUFFile) throws(EngineError) {
        let architecture = file.string("general.architecture") ?? "(none)"
        guard let layout = Self.architectures[architecture] else {
            throw .unsupportedArchitecture(path: file.path, architecture: architecture)
        }
        func bad(_ key: String, _ problem: String) -> EngineError {
            .badMetadata(path: file.path, key: "\(architecture).\(key)", problem: problem)
        }
        func positive(_ key: String, default fallback: Int? = nil) throws(EngineError) -> Int {
            guard let value = file.integer("\(architecture).\(key)") ?? fallback else { throw bad(key, "is missing") }
            guard value > 0, value <= 1 << 24 else { throw bad(key, "is \(value)") }
            return value
        }
        func number(_ key: String, default fallback: Double) -> Double {
            file.float("\(architecture).\(key)") ?? fallback
        }
        self.architecture = architecture
        blockCount = try positive("block_count")
        // Every block takes memory before its tensors are looked for.
        guard blockCount <= 4096 else { throw bad("block_count", "is \(blockCount)") }
        width = try positive("embedding_length")
        headCount = try positive("attention.head_count")
        keyValueHeadCount = try positive("attention.head_count_kv", default: headCount)
        headWidth = try positive("attention.key_length", default: width / headCount)
        feedForwardWidth = try positive("feed_forward_length")
        contextLength = try positive("context_length")
        ropeWidth = try positive("rope.dimension_count", default: headWidth)
        ropeBase = number("rope.freq_base", default: 10_000)
        ropeLayout = layout
        ropeScaling = try .read(file, architecture: architecture, contextLength: contextLength)
        rmsEpsilon = Float(number("attention.layer_norm_rms_epsilon", default: 1e-5))
        let valueWidth = try positive("attention.value_length", default: headWidth)
        guard let embedding = file.tensor("token_embd.weight") else {
            throw .missingTensor(path: file.path, name: "token_embd.weight")
        }
        vocabularySize = embedding.rows
        // People know a model by its file; the name inside is often a training run's.
        let fileName = file.path.split(separator: "/").last.map(String.init) ?? file.path
        name = fileName.hasSuffix(".gguf") ? String(fileName.dropLast(5)) : fileName
        let checks: [(String, Bool, String)] = [
            ("attention.head_count_kv", headCount % keyValueHeadCount == 0, "does not divide the \(headCount) heads"),
            (
                "rope.dimension_count", ropeWidth % 2 == 0 && ropeWidth <= headWidth,
                "does not fit heads of \(headWidth)"
            ),
            ("rope.freq_base", ropeBase > 0 && ropeBase.isFinite, "is \(ropeBase)"),
            ("attention.value_length", valueWidth == headWidth, "is \(valueWidth), unlike the keys' \(headWidth)"),
        ]
        for (key, holds, problem) in checks where !holds { throw bad(key, problem) }
    }
}

extension ModelConfiguration {
    /// How queries and keys turn. `divisors`: what the file divides each pair's frequency by; empty for none.
    func rotary(divisors: [Float]) -> RotaryEmbedding {
        var all = ropeScaling.divisors(width: ropeWidth, base: ropeBase)
        for (pair, divisor) in divisors.enumerated() { all[pair] *= divisor }
        return RotaryEmbedding(
            headWidth: headWidth, rotated: ropeWidth, base: ropeBase, layout: ropeLayout, divisors: all,
            magnitude: ropeScaling.magnitude)
    }
}
