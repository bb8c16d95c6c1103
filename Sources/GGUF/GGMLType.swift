/// How the numbers of a tensor are stored: ggml's types, by ggml's own numbers.
public enum GGMLType: UInt32, Sendable, CaseIterable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q5_0 = 6
    case q5_1 = 7
    case q8_0 = 8
    case q4_K = 12
    case q5_K = 13
    case q6_K = 14
    case bf16 = 30

    /// Elements in one block: 1 for plain numbers, 32 for the simple quantisations, 256 for the K quantisations.
    public var blockLength: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        }
    }

    /// Bytes of one block.
    public var blockBytes: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    /// ggml's name of the type, as in `Q4_1`.
    public var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q5_0: "Q5_0"
        case .q5_1: "Q5_1"
        case .q8_0: "Q8_0"
        case .q4_K: "Q4_K"
        case .q5_K: "Q5_K"
        case .q6_K: "Q6_K"
        case .bf16: "BF16"
        }
    }
}

/// One tensor of a GGUF file: what it is called, how it is stored and where.
public struct TensorInfo: Sendable, Hashable {
    /// The name, as in `blk.0.attn_q.weight`.
    public let name: String
    /// How its numbers are stored.
    public let type: GGMLType
    /// One to four extents in ggml's order: `shape[0]` is the contiguous one, the columns.
    public let shape: [Int]
    /// Where its bytes begin, from the start of the file.
    public let offset: Int
    /// How many bytes it takes.
    public let byteCount: Int

    /// Elements of one row: `shape[0]`.
    public var columns: Int { shape[0] }
    /// Rows: the product of all further extents.
    public var rows: Int { shape.dropFirst().reduce(1, *) }
    /// All elements.
    public var elementCount: Int { rows * columns }
    /// Bytes of one row.
    public var rowBytes: Int { columns / type.blockLength * type.blockBytes }
}
