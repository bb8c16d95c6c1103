import CKernels

extension WeightArena {
    /// The bytes that rows of a matrix take in half precision.
    static func halfBytes(rows: Int, columns: Int) -> Int { (rows + 15) / 16 * 32 * columns + 64 }

    /// Some rows of a matrix in half precision, in panels of 16 interleaved rows; nil where the arena is full.
    func takeHalves(_ matrix: Matrix, rows: Range<Int>) -> UnsafePointer<UInt16>? {
        let panels = (rows.count + 15) / 16
        guard let memory = take(panels * 32 * matrix.columns) else { return nil }
        let halves = memory.bindMemory(to: UInt16.self, capacity: panels * 16 * matrix.columns)
        for (index, row) in rows.enumerated() {
            for (column, half) in HalfVector.encode(Array(matrix.row(row))).enumerated() {
                halves[(index / 16 * matrix.columns + column) * 16 + index % 16] = half
            }
        }
        return UnsafePointer(halves)
    }
}

// Sendable unchecked: the memory belongs to `arena`, is written by `init` alone and read-only afterwards.
/// A weight matrix in half precision, for products with rows that each stand for themselves: half the memory to read of
/// f32, and no rounding where the weights come from a file of halves.
public final class HalfMatrix: @unchecked Sendable {
    /// Output width.
    public let rows: Int
    /// Input width.
    public let columns: Int
    private let arena: WeightArena
    private let halves: UnsafePointer<UInt16>

    /// Rounds matrices to half precision, in one stretch of memory.
    /// - Returns: nil where the system has no memory.
    public static func all(_ matrices: [Matrix]) -> [HalfMatrix]? {
        let bytes = matrices.reduce(0) { $0 + WeightArena.halfBytes(rows: $1.rows, columns: $1.columns) }
        guard let arena = WeightArena(bytes: max(1, bytes)) else { return nil }
        let result = matrices.compactMap { HalfMatrix($0, arena: arena) }
        return result.count == matrices.count ? result : nil
    }

    private init?(_ matrix: Matrix, arena: WeightArena) {
        guard let halves = arena.takeHalves(matrix, rows: 0..<matrix.rows) else { return nil }
        (rows, columns) = (matrix.rows, matrix.columns)
        self.arena = arena
        self.halves = halves
    }

    /// X Wᵀ, [n, rows]: each row's product is that which it has alone, in every bit.
    public func multiply(_ x: Matrix, team: ThreadTeam) -> Matrix {
        precondition(x.columns == columns, "x has \(x.columns) columns, the matrix \(columns)")
        var result = Matrix(rows: x.rows, columns: rows)
        let (count, rows, columns, panels) = (x.rows, rows, columns, (rows + 15) / 16)
        let table = Kernels.best.table
        x.values.withUnsafeBufferPointer { x in
            result.values.withUnsafeMutableBufferPointer { y in
                guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return }
                nonisolated(unsafe) let (x, y, halves) = (xBase, yBase, halves)
                let work = { (range: Range<Int>) in
                    // Whole panels are written, the last one's missing rows too.
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * panels) { own in
                        guard let own = own.baseAddress else { return }
                        for row in range {
                            table.pointee.multiply_half(x + row * columns, Int64(columns), halves, Int64(panels), own)
                            (y + row * rows).update(from: own, count: rows)
                        }
                    }
                }
                if count * rows * columns < Self.teamThreshold { work(0..<count) } else { team.split(count, work) }
            }
        }
        return result
    }

    /// Multiply-adds below which waking a team costs more than it saves.
    private static let teamThreshold = 500_000
}
