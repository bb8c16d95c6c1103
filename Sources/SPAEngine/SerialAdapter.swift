import Compute

/// The sizes of serial adapters.
public struct SerialAdapterConfiguration: Sendable, Equatable {
    /// L, the base's blocks, each of which gets two adapters.
    public let blockCount: Int
    /// H, the base's width.
    public let baseWidth: Int
    /// m, the width of the bottleneck.
    public let width: Int

    /// Sizes.
    public init(blockCount: Int, baseWidth: Int, width: Int) {
        self.blockCount = blockCount
        self.baseWidth = baseWidth
        self.width = width
    }

    /// For a base, with the width whose number of trained parameters comes nearest to `count`.
    public static func matched(to count: Int, base: ModelConfiguration) -> SerialAdapterConfiguration {
        func sizes(_ width: Int) -> SerialAdapterConfiguration {
            SerialAdapterConfiguration(blockCount: base.blockCount, baseWidth: base.width, width: width)
        }
        let biases = sizes(0).parameterCount
        let perUnit = sizes(1).parameterCount - biases
        return sizes(max(1, (count - biases + perUnit / 2) / perUnit))
    }

    /// The number of trained parameters.
    public var parameterCount: Int { 2 * blockCount * (2 * baseWidth * width + width + baseWidth) }
}

/// Serial adapters (Houlsby et al., arXiv 1902.00751), one after the attention's and one after the feed-forward part's
/// output in every block, before the residual addition:
///
///     x + W_up silu(W_down x + b_down) + b_up
public struct SerialAdapter: TrainedParameters {
    /// One adapter.
    public struct Bottleneck: Sendable, Equatable {
        /// W_down, [m, H].
        public var down: Matrix
        /// b_down, [m].
        public var downBias: [Float]
        /// W_up, [H, m].
        public var up: Matrix
        /// b_up, [H].
        public var upBias: [Float]
    }

    /// The adapters of one block.
    public struct Block: Sendable, Equatable {
        /// After the attention's output.
        public var attention: Bottleneck
        /// After the feed-forward part's output.
        public var feedForward: Bottleneck
    }

    /// The sizes.
    public let configuration: SerialAdapterConfiguration
    /// One for each block of the base.
    public var blocks: [Block]

    /// All zeros.
    public init(zeros sizes: SerialAdapterConfiguration) {
        configuration = sizes
        let zeros = Bottleneck(
            down: Matrix(rows: sizes.width, columns: sizes.baseWidth),
            downBias: [Float](repeating: 0, count: sizes.width),
            up: Matrix(rows: sizes.baseWidth, columns: sizes.width),
            upBias: [Float](repeating: 0, count: sizes.baseWidth))
        blocks = (0..<sizes.blockCount).map { _ in Block(attention: zeros, feedForward: zeros) }
    }

    /// Ready to be trained: W_down N(0, 1/H) and all else 0, so that it equals the base.
    public init(_ sizes: SerialAdapterConfiguration, seed: UInt64) {
        self.init(zeros: sizes)
        var random = SeededRandom(seed: seed, stream: 1)
        let deviation = 1 / Float(sizes.baseWidth).squareRoot()
        for index in blocks.indices {
            blocks[index].attention.down.fill(normal: deviation, from: &random)
            blocks[index].feedForward.down.fill(normal: deviation, from: &random)
        }
    }

    /// The tensors.
    public static func layout(_ sizes: SerialAdapterConfiguration) -> [(name: String, shape: [Int])] {
        (0..<sizes.blockCount).flatMap { block in
            ["attention", "feed_forward"].flatMap { part in
                [
                    ("adapter.\(block).\(part).down.weight", [sizes.baseWidth, sizes.width]),
                    ("adapter.\(block).\(part).down.bias", [sizes.width]),
                    ("adapter.\(block).\(part).up.weight", [sizes.width, sizes.baseWidth]),
                    ("adapter.\(block).\(part).up.bias", [sizes.baseWidth]),
                ]
            }
        }
    }

    /// Visits every tensor in the order of `tensors`, with whether it is a matrix.
    public mutating func update(_ body: (inout [Float], _ isMatrix: Bool) -> Void) {
        for index in blocks.indices {
            for part in [\Block.attention, \Block.feedForward] {
                body(&blocks[index][keyPath: part].down.values, true)
                body(&blocks[index][keyPath: part].downBias, false)
                body(&blocks[index][keyPath: part].up.values, true)
                body(&blocks[index][keyPath: part].upBias, false)
            }
        }
    }
}
