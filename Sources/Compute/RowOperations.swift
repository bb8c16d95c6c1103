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

    /// Adds `bias` to the first `rows` rows of as many numbers.
    public static func addBias(_ x: inout [Float], _ bias: [Float], rows: Int) {
        for row in 0..<rows {
            VectorMath.addScaled(&x, in: row * bias.count..<(row + 1) * bias.count, bias, factor: 1)
        }
    }

    /// RMSNorm of `heads` neighbouring heads in place, each by itself; the first begins at `offset` of every row.
    public static func normaliseHeads(
        _ x: inout [Float], stride: Int, offset: Int, heads: Int, weight: [Float], epsilon: Float, rows: Int
    ) {
        let width = weight.count
        precondition(x.count >= rows * stride && offset + heads * width <= stride, "the rows are too short")
        let table = Kernels.best.table
        x.withUnsafeMutableBufferPointer { x in
            weight.withUnsafeBufferPointer { weight in
                guard let base = x.baseAddress, let weight = weight.baseAddress else { return }
                for row in 0..<rows {
                    for head in 0..<heads {
                        let at = base + row * stride + offset + head * width
                        let mean = table.pointee.sum_of_squares(at, Int64(width)) / Float(width)
                        table.pointee.scale(at, at, 1 / (mean + epsilon).squareRoot(), weight, Int64(width))
                    }
                }
            }
        }
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

/// Rotary position embedding (Su et al., arXiv 2104.09864).
public struct RotaryEmbedding: Sendable {
    /// Which numbers of a head turn together.
    public enum Pairs: Sendable {
        /// (2i, 2i + 1), as GGUF's `llama` lays queries and keys out.
        case neighbours
        /// (i, i + w/2) for w numbers that turn, as GPT-NeoX and Qwen do.
        case halves
    }

    private let frequencies: [Double]
    private let headWidth: Int
    private let pairs: Pairs

    /// - Parameters:
    ///   - rotated: how many numbers of a head turn, even and at most `headWidth`.
    ///   - divisors: what each pair's frequency is divided by, [rotated / 2].
    public init(
        headWidth: Int, rotated: Int, base: Double, pairs: Pairs = .neighbours, divisors: [Float]? = nil
    ) {
        self.headWidth = headWidth
        self.pairs = pairs
        frequencies = (0..<rotated / 2).map {
            pow(base, -2 * Double($0) / Double(rotated)) / Double(divisors?[$0] ?? 1)
        }
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
        let count = frequencies.count
        guard count > 0 else { return }
        let (step, distance) = pairs == .neighbours ? (2, 1) : (1, count)
        let rowCount = angles.count / (2 * count)
        precondition(rows.count >= rowCount * stride && heads * headWidth <= stride, "the rows are too short")
        rows.withUnsafeMutableBufferPointer { rows in
            angles.withUnsafeBufferPointer { angles in
                for row in 0..<rowCount {
                    for head in 0..<heads {
                        let start = row * stride + head * headWidth
                        for pair in 0..<count {
                            let (c, s) = (angles[(row * count + pair) * 2], angles[(row * count + pair) * 2 + 1])
                            let first = start + step * pair
                            let (x, y) = (rows[first], rows[first + distance])
                            rows[first] = x * c - y * s
                            rows[first + distance] = x * s + y * c
                        }
                    }
                }
            }
        }
    }
}
