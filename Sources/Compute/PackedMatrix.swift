import CKernels

// Sendable unchecked: whoever makes it takes all stretches, on one thread, before it is shared; `used` does not change
// afterwards, and what the stretches hold is for those who took them.
/// One stretch of memory for all packed weights of a model, on huge pages where the system gives them.
public final class WeightArena: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer?
    private let capacity: Int
    private var used = 0

    /// Reserves `bytes`; nil where the system has no memory.
    public init?(bytes: Int) {
        capacity = bytes
        base = spa_allocate_huge(bytes)
        if base == nil { return nil }
    }

    deinit { spa_free_huge(base, capacity) }

    /// The next `bytes`, aligned to a cache line; nil where the arena is full.
    package func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let first = (used + 63) / 64 * 64
        guard let base, first + bytes <= capacity else { return nil }
        used = first + bytes
        return base + first
    }
}

// Sendable unchecked: the memory belongs to `arena`, which lives as long. Whoever makes the matrix packs it before it is
// shared, its threads each a row range of their own; then it is read-only.
/// A weight matrix in panels of 16 interleaved rows, 4 or 8 bits a weight (`kernels.h` gives the layout).
public struct PackedMatrix: @unchecked Sendable {
    /// How a block of 32 weights is kept.
    public enum Format: UInt32, Sendable, CaseIterable {
        /// d·(q - 8) with 4-bit q: Q4_0.
        case fourBits = 0
        /// d·q + m with 4-bit q: Q4_1, Q4_K.
        case fourBitsAffine = 1
        /// d·q with 8-bit q: Q8_0, Q5_0 and, requantised, every other type.
        case eightBits = 2

        var c: spa_packed_format { spa_packed_format(rawValue: rawValue) }
        /// The bytes of a block of 32 in the GGUF file.
        public var blockBytes: Int { self == .eightBits ? 34 : self == .fourBits ? 18 : 20 }
    }

    /// Output width.
    public let rows: Int
    /// Input width.
    public let columns: Int
    /// How the weights are kept.
    public let format: Format
    private let arena: WeightArena
    private let quants: UnsafeMutablePointer<UInt8>
    private let scales: UnsafeMutablePointer<UInt16>
    private let panels: Int
    private let blocks: Int

    /// The bytes that a matrix takes of its arena.
    public static func arenaBytes(rows: Int, columns: Int, format: Format) -> Int {
        let (panels, blocks) = (Int32((rows + 15) / 16), Int32((columns + 31) / 32))
        return spa_packed_quant_bytes(format.c, panels, blocks) + 2 * spa_packed_scale_count(format.c, panels, blocks)
            + 128
    }

    /// An empty matrix in an arena; nil where the arena is full.
    public init?(rows: Int, columns: Int, format: Format, arena: WeightArena) {
        self.rows = rows
        self.columns = columns
        self.format = format
        self.arena = arena
        panels = (rows + 15) / 16
        blocks = (columns + 31) / 32
        let quantBytes = spa_packed_quant_bytes(format.c, Int32(panels), Int32(blocks))
        let scaleBytes = 2 * spa_packed_scale_count(format.c, Int32(panels), Int32(blocks))
        guard let quants = arena.take(quantBytes), let scales = arena.take(scaleBytes) else { return nil }
        self.quants = quants.assumingMemoryBound(to: UInt8.self)
        self.scales = scales.assumingMemoryBound(to: UInt16.self)
    }

    /// The memory that the weights take.
    public var bytes: Int { Self.arenaBytes(rows: rows, columns: columns, format: format) }

    /// Packs rows `first...` (a multiple of 16) out of GGUF blocks of this format, a whole number of rows.
    public func pack(blocks source: UnsafeRawBufferPointer, firstRow: Int) {
        let rowBytes = blocks * format.blockBytes
        precondition(
            firstRow % 16 == 0 && source.count % rowBytes == 0, "packing needs whole rows from a panel's start")
        precondition(firstRow + source.count / rowBytes <= rows, "more rows than the matrix has")
        guard let base = source.baseAddress else { return }
        let quantBytes = spa_packed_quant_bytes(format.c, 1, Int32(blocks))
        let scaleCount = spa_packed_scale_count(format.c, 1, Int32(blocks))
        var row = 0
        while row < source.count / rowBytes {
            let panel = (firstRow + row) / 16
            spa_pack_panel(
                format.c, base.assumingMemoryBound(to: UInt8.self) + row * rowBytes, rowBytes,
                Int32(min(16, source.count / rowBytes - row)), Int32(blocks), quants + panel * quantBytes,
                scales + panel * scaleCount)
            row += 16
        }
    }

    /// The C view.
    var view: spa_packed {
        spa_packed(format: format.c, panels: Int32(panels), blocks: Int32(blocks), quants: quants, scales: scales)
    }

    /// y = x Wᵀ for the quantised rows of x.
    /// - Parameters:
    ///   - y: [x.tokens, stride]; the product of a row begins `at` numbers after the row.
    ///   - stride: what lies between two rows of y; that of this matrix alone where not given.
    public func multiply(
        _ x: Activations, into y: inout [Float], at start: Int = 0, stride: Int? = nil, team: ThreadTeam
    ) {
        multiply(x, into: &y, at: start, stride: stride, team: team, kernels: .best)
    }

    package func multiply(
        _ x: Activations, into y: inout [Float], at start: Int = 0, stride: Int? = nil, team: ThreadTeam,
        kernels: Kernels
    ) {
        let stride = stride ?? rows
        precondition(x.columns == columns, "activations of width \(x.columns) for a matrix of \(columns) columns")
        precondition(start + rows <= stride && y.count >= x.tokens * stride, "the result is too short")
        let table = kernels.table
        y.withUnsafeMutableBufferPointer { y in
            guard let to = y.baseAddress else { return }
            nonisolated(unsafe) let y = to + start
            nonisolated(unsafe) let activations = x.view
            nonisolated(unsafe) let packed = view
            let rows = rows
            team.split(panels) { range in
                var (weights, view) = (packed, activations)
                table.pointee.multiply(
                    &weights, &view, Int32(range.lowerBound), Int32(range.upperBound), Int32(rows), y, Int64(stride))
            }
        }
    }

    /// The products of the rows of some panels with the rows of x, into the beginning of y, [x.tokens, 16 · panels].
    func multiply(_ x: Activations, panels range: Range<Int>, into y: inout [Float]) {
        precondition(x.columns == columns, "rows of \(columns) columns")
        precondition(range.lowerBound >= 0 && range.upperBound <= panels, "the matrix has no such panels")
        precondition(y.count >= x.tokens * 16 * range.count, "the result is too short")
        let quantBytes = spa_packed_quant_bytes(format.c, Int32(range.lowerBound), Int32(blocks))
        let scaleCount = spa_packed_scale_count(format.c, Int32(range.lowerBound), Int32(blocks))
        var weights = spa_packed(
            format: format.c, panels: Int32(range.count), blocks: Int32(blocks), quants: quants + quantBytes,
            scales: scales + scaleCount)
        var activations = x.view
        y.withUnsafeMutableBufferPointer { y in
            Kernels.best.table.pointee.multiply(
                &weights, &activations, 0, Int32(range.count),
                Int32(min(16 * range.count, rows - 16 * range.lowerBound)),
                y.baseAddress, Int64(16 * range.count))
        }
    }
}

/// Rows of activations in 8-bit blocks of 32, quantised once and used by every product that reads them.
public final class Activations {
    /// The number of rows.
    public private(set) var tokens = 0
    /// The width of a row.
    public private(set) var columns = 0
    private var capacity = 0
    private var storage: UnsafeMutableRawPointer?

    /// Empty activations; memory grows with use and is kept.
    public init() {}

    deinit { storage?.deallocate() }

    /// Quantises `tokens` rows of `columns` numbers of x.
    public func quantise(_ x: [Float], tokens: Int, columns: Int, team: ThreadTeam) {
        quantise(x, tokens: tokens, columns: columns, team: team, kernels: .best)
    }

    package func quantise(_ x: [Float], tokens: Int, columns: Int, team: ThreadTeam, kernels: Kernels) {
        precondition(x.count >= tokens * columns, "x has \(x.count) numbers, \(tokens * columns) are needed")
        self.tokens = tokens
        self.columns = columns
        let bytes = tokens * blocks * (32 + 12)
        if bytes > capacity {
            storage?.deallocate()
            storage = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            capacity = bytes
        }
        let table = kernels.table
        nonisolated(unsafe) let view = view
        x.withUnsafeBufferPointer { x in
            guard let from = x.baseAddress else { return }
            nonisolated(unsafe) let x = from
            let work = { (range: Range<Int>) in
                var view = view
                table.pointee.quantise(x, Int32(columns), &view, Int32(range.lowerBound), Int32(range.upperBound))
            }
            if tokens < 8 { work(0..<tokens) } else { team.split(tokens, work) }
        }
    }

    private var blocks: Int { (columns + 31) / 32 }

    /// The C view of the storage: quants first, then scales and sums.
    fileprivate var view: spa_activations {
        let count = tokens * blocks
        guard let storage else {
            return spa_activations(tokens: 0, blocks: 0, q: nil, scale: nil, scaled_sum: nil, sum: nil)
        }
        let numbers = storage + count * 32
        return spa_activations(
            tokens: Int32(tokens), blocks: Int32(blocks), q: storage.assumingMemoryBound(to: Int8.self),
            scale: numbers.assumingMemoryBound(to: Float.self),
            scaled_sum: (numbers + count * 4).assumingMemoryBound(to: Float.self),
            sum: (numbers + count * 8).assumingMemoryBound(to: Int32.self))
    }
}
