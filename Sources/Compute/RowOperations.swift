import CKernels
import Glibc

/// Operations on the rows of activations between two products.
public enum RowOperations {
    /// y = weight · x / sqrt(mean(x²) + epsilon), row by row: RMSNorm (Zhang and Sennrich, arXiv 1910.07467).
    public static func normalise(
        _ x: [Float], weight: [Float], epsilon: Float, rows: Int, into y: inout [Float], team: ThreadTeam
    ) {
        let columns = weight.count
        precondition(x.count >= rows * columns && y.count >= rows * columns, "the rows are too short")
        let table = Kernels.best.table
        x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                weight.withUnsafeBufferPointer { weight in
                    guard let xBase = x.baseAddress, let yBase = y.baseAddress, let weightBase = weight.baseAddress
                    else { return }
                    nonisolated(unsafe) let (x, y, weight) = (xBase, yBase, weightBase)
                    overRows(rows, width: columns, team) { row in
                        let from = x + row * columns
                        let mean = table.pointee.sum_of_squares(from, Int64(columns)) / Float(columns)
                        table.pointee.scale(
                            y + row * columns, from, 1 / (mean + epsilon).squareRoot(), weight, Int64(columns))
                    }
                }
            }
        }
    }

    /// y = silu(gate) · up for rows that hold [gate | up], `width` numbers each.
    public static func swiglu(_ gateUp: [Float], width: Int, rows: Int, into y: inout [Float], team: ThreadTeam) {
        precondition(gateUp.count >= rows * 2 * width && y.count >= rows * width, "the rows are too short")
        let table = Kernels.best.table
        gateUp.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return }
                nonisolated(unsafe) let (x, y) = (xBase, yBase)
                overRows(rows, width: 2 * width, team) { row in
                    let from = x + row * 2 * width
                    table.pointee.swiglu(y + row * width, from, from + width, Int64(width))
                }
            }
        }
    }

    /// x += y over the first `count` numbers.
    public static func add(_ x: inout [Float], _ y: [Float], count: Int) {
        VectorMath.addScaled(&x, in: 0..<count, y, factor: 1)
    }

    private static func overRows(_ rows: Int, width: Int, _ team: ThreadTeam, _ body: (Int) -> Void) {
        // A few microseconds of work are not worth a wake-up.
        if rows * width < 32_768 {
            for row in 0..<rows { body(row) }
        } else {
            team.split(rows) { range in
                for row in range { body(row) }
            }
        }
    }
}

/// Rotary position embedding (Su et al., arXiv 2104.09864) on neighbouring pairs (2i, 2i + 1), as GGUF's `llama` lays
/// queries and keys out.
public struct RotaryEmbedding: Sendable {
    private let frequencies: [Double]
    private let headWidth: Int

    /// - Parameters:
    ///   - rotated: how many numbers of a head turn, even and at most `headWidth`.
    public init(headWidth: Int, rotated: Int, base: Double) {
        self.headWidth = headWidth
        frequencies = (0..<rotated / 2).map { pow(base, -2 * Double($0) / Double(rotated)) }
    }

    /// The cosines and sines of `positions`, [positions, rotated].
    public func angles(of positions: [Int]) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(positions.count * frequencies.count * 2)
        for position in positions {
            for frequency in frequencies {
                let angle = Double(position) * frequency
                result.append(Float(cos(angle)))
                result.append(Float(sin(angle)))
            }
        }
        return result
    }

    /// Turns the first `heads` heads of every row in place; `angles` as given by `angles(of:)`.
    public func apply(to rows: inout [Float], stride: Int, heads: Int, angles: [Float]) {
        let pairs = frequencies.count
        guard pairs > 0 else { return }
        let count = angles.count / (2 * pairs)
        precondition(rows.count >= count * stride && heads * headWidth <= stride, "the rows are too short")
        rows.withUnsafeMutableBufferPointer { rows in
            angles.withUnsafeBufferPointer { angles in
                for row in 0..<count {
                    for head in 0..<heads {
                        let start = row * stride + head * headWidth
                        for pair in 0..<pairs {
                            let (c, s) = (angles[(row * pairs + pair) * 2], angles[(row * pairs + pair) * 2 + 1])
                            let (x, y) = (rows[start + 2 * pair], rows[start + 2 * pair + 1])
                            rows[start + 2 * pair] = x * c - y * s
                            rows[start + 2 * pair + 1] = x * s + y * c
                        }
                    }
                }
            }
        }
    }
}
