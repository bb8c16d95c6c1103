import CKernels

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
