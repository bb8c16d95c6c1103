import Compute

/// The sizes of a low-rank adaptation.
public struct LowRankConfiguration: Sendable, Equatable {
    /// L, the base's blocks, each of which is adapted.
    public let blockCount: Int
    /// H, the base's width.
    public let baseWidth: Int
    /// Rows of Wq.
    public let queryWidth: Int
    /// Rows of Wv.
    public let valueWidth: Int
    /// r.
    public let rank: Int
    /// The numerator of the scale alpha / r.
    public let alpha: Float

    /// Sizes; alpha is 2r unless given.
    public init(
        blockCount: Int, baseWidth: Int, queryWidth: Int, valueWidth: Int, rank: Int, alpha: Float? = nil
    ) {
        self.blockCount = blockCount
        self.baseWidth = baseWidth
        self.queryWidth = queryWidth
        self.valueWidth = valueWidth
        self.rank = rank
        self.alpha = alpha ?? Float(2 * rank)
    }

    /// For a base, with the rank whose number of trained parameters comes nearest to `count`.
    public static func matched(to count: Int, base: ModelConfiguration) -> LowRankConfiguration {
        func sizes(_ rank: Int) -> LowRankConfiguration {
            LowRankConfiguration(
                blockCount: base.blockCount, baseWidth: base.width, queryWidth: base.queryWidth,
                valueWidth: base.keyWidth, rank: rank)
        }
        let perRank = sizes(1).parameterCount
        return sizes(max(1, (count + perRank / 2) / perRank))
    }

    /// The number of trained parameters.
    public var parameterCount: Int { blockCount * rank * (2 * baseWidth + queryWidth + valueWidth) }
}

/// LoRA (Hu et al., arXiv 2106.09685): the base's Wq and Wv become W + (alpha / r) B A in every block.
public struct LowRankAdaptation: TrainedParameters {
    /// B A, the change of one matrix.
    public struct Factors: Sendable, Equatable {
        /// A, [r, H].
        public var a: Matrix
        /// B, [rows of W, r].
        public var b: Matrix
    }

    /// The changes of one block.
    public struct Block: Sendable, Equatable {
        /// Of Wq.
        public var query: Factors
        /// Of Wv.
        public var value: Factors
    }

    /// The sizes.
    public let configuration: LowRankConfiguration
    /// One for each block of the base.
    public var blocks: [Block]

    /// alpha / r: what B A x is multiplied by.
    public var scale: Float { configuration.alpha / Float(configuration.rank) }

    /// All zeros.
    public init(zeros sizes: LowRankConfiguration) {
        configuration = sizes
        func factors(_ rows: Int) -> Factors {
            Factors(
                a: Matrix(rows: sizes.rank, columns: sizes.baseWidth), b: Matrix(rows: rows, columns: sizes.rank))
        }
        blocks = (0..<sizes.blockCount).map { _ in
            Block(query: factors(sizes.queryWidth), value: factors(sizes.valueWidth))
        }
    }

    /// Ready to be trained: A N(0, 1/H) and B 0, so that it equals the base.
    public init(_ sizes: LowRankConfiguration, seed: UInt64) {
        self.init(zeros: sizes)
        var random = SeededRandom(seed: seed, stream: 1)
        let deviation = 1 / Float(sizes.baseWidth).squareRoot()
        for index in blocks.indices {
            blocks[index].query.a.fill(normal: deviation, from: &random)
            blocks[index].value.a.fill(normal: deviation, from: &random)
        }
    }

    /// The tensors, named as llama.cpp names those of its LoRA files.
    public static func layout(_ sizes: LowRankConfiguration) -> [(name: String, shape: [Int])] {
        (0..<sizes.blockCount).flatMap { block in
            [("attn_q", sizes.queryWidth), ("attn_v", sizes.valueWidth)].flatMap { name, rows in
                [
                    ("blk.\(block).\(name).weight.lora_a", [sizes.baseWidth, sizes.rank]),
                    ("blk.\(block).\(name).weight.lora_b", [sizes.rank, rows]),
                ]
            }
        }
    }

    /// Visits every tensor in the order of `tensors`, with whether it is a matrix.
    public mutating func update(_ body: (inout [Float], _ isMatrix: Bool) -> Void) {
        for index in blocks.indices {
            body(&blocks[index].query.a.values, true)
            body(&blocks[index].query.b.values, true)
            body(&blocks[index].value.a.values, true)
            body(&blocks[index].value.b.values, true)
        }
    }
}
