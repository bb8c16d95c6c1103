import CKernels

// Sendable unchecked: the memory belongs to `arena`, is written by `init` alone and read-only afterwards.
/// A weight matrix in half precision, in panels of 16 rows, for products with one row at a time: half the memory to read
/// of f32, and no rounding where the weights come from a file of halves.
public final class HalfMatrix: @unchecked Sendable {
    /// Output width.
    public let rows: Int
    /// Input width.
    public let columns: Int
    private let panels: Int
    private let arena: WeightArena
    private let halves: UnsafeMutablePointer<UInt16>

    /// The bytes that a matrix takes of its arena.
    public static func arenaBytes(_ matrix: Matrix) -> Int { (matrix.rows + 15) / 16 * 32 * matrix.columns + 64 }

    /// Rounds a matrix to half precision. Matrices that are used one after the other should lie so in the arena.
    /// - Returns: nil where the arena is full.
    public init?(_ matrix: Matrix, arena: WeightArena) {
        rows = matrix.rows
        columns = matrix.columns
        panels = (rows + 15) / 16
        self.arena = arena
        guard let memory = arena.take(panels * 32 * columns) else { return nil }
        halves = memory.bindMemory(to: UInt16.self, capacity: panels * 16 * columns)
        let encoded = HalfVector.encode(matrix.values)
        for row in 0..<rows {
            for column in 0..<columns {
                halves[(row / 16 * columns + column) * 16 + row % 16] = encoded[row * columns + column]
            }
        }
    }

    /// W x, [rows]; the team shares the rows.
    public func multiply(_ x: [Float], team: ThreadTeam) -> [Float] {
        precondition(x.count == columns, "x has \(x.count) numbers, the matrix \(columns) columns")
        // Whole panels are written, the last one's missing rows too.
        var y = [Float](repeating: 0, count: 16 * panels)
        x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return }
                nonisolated(unsafe) let (x, y) = (xBase, yBase)
                team.split(panels) { multiply(x, panels: $0, y) }
            }
        }
        if y.count > rows { y.removeLast(y.count - rows) }
        return y
    }

    /// W_k x_k of matrices of one shape, one after the other, [count · rows]; the team shares them.
    public static func multiplyEach(_ matrices: [HalfMatrix], _ inputs: [[Float]], team: ThreadTeam) -> [Float] {
        precondition(matrices.count == inputs.count, "one input a matrix")
        guard let first = matrices.first else { return [] }
        precondition(
            zip(matrices, inputs).allSatisfy {
                $0.rows == first.rows && $0.columns == first.columns && $1.count == first.columns
            }, "matrices and inputs of one shape")
        let (rows, padded) = (first.rows, 16 * first.panels)
        var y = [Float](repeating: 0, count: matrices.count * padded)
        y.withUnsafeMutableBufferPointer { y in
            guard let base = y.baseAddress else { return }
            nonisolated(unsafe) let to = base
            team.split(matrices.count) { range in
                for index in range {
                    inputs[index].withUnsafeBufferPointer { x in
                        guard let x = x.baseAddress else { return }
                        let matrix = matrices[index]
                        matrix.multiply(x, panels: 0..<matrix.panels, to + index * padded)
                    }
                }
            }
        }
        return rows == padded ? y : matrices.indices.flatMap { y[$0 * padded..<$0 * padded + rows] }
    }

    private func multiply(_ x: UnsafePointer<Float>, panels: Range<Int>, _ y: UnsafeMutablePointer<Float>) {
        Kernels.best.table.pointee.multiply_half(
            x, Int64(columns), halves + panels.lowerBound * 16 * columns, Int64(panels.count),
            y + 16 * panels.lowerBound)
    }
}
