import CKernels

/// Products of f32 matrices. An element's sum runs in the same order for any number of threads, so results do not
/// depend on the team.
public enum FloatProduct {
    /// Multiply-adds below which waking a sleeping team costs more than it saves (about 50 µs of one core's work).
    private static let teamThreshold = 3_000_000

    /// C = A · Bᵀ (+ C): A [m,k], B [n,k], C [m,n]. A layer's way forward: y = x Wᵀ.
    public static func multiplyByTransposed(
        _ a: Matrix, _ b: Matrix, into c: inout Matrix, accumulate: Bool = false, team: ThreadTeam
    ) {
        precondition(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows, shapes(a, b, c))
        if min(a.rows, b.rows) <= 4 {
            multiplyByDots(a, b, into: &c, accumulate: accumulate, team: team)
            return
        }
        multiply(
            rows: a.rows, columns: b.rows, depth: a.columns, a.values, (a.columns, 1), b.values, (1, b.columns),
            into: &c.values, accumulate: accumulate, team: team)
    }

    /// C = A · B (+ C): A [m,k], B [k,n], C [m,n]. A layer's way back: dx = dy W.
    public static func multiply(
        _ a: Matrix, _ b: Matrix, into c: inout Matrix, accumulate: Bool = false, team: ThreadTeam
    ) {
        precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns, shapes(a, b, c))
        multiply(
            rows: a.rows, columns: b.columns, depth: a.columns, a.values, (a.columns, 1), b.values, (b.columns, 1),
            into: &c.values, accumulate: accumulate, team: team)
    }

    /// C = Aᵀ · B (+ C): A [k,m], B [k,n], C [m,n]. A layer's weight gradient: dW = dyᵀ x.
    public static func multiplyTransposed(
        _ a: Matrix, by b: Matrix, into c: inout Matrix, accumulate: Bool = false, team: ThreadTeam
    ) {
        precondition(a.rows == b.rows && c.rows == a.columns && c.columns == b.columns, shapes(a, b, c))
        multiply(
            rows: a.columns, columns: b.columns, depth: a.rows, a.values, (1, a.columns), b.values, (b.columns, 1),
            into: &c.values, accumulate: accumulate, team: team)
    }

    private static func shapes(_ a: Matrix, _ b: Matrix, _ c: Matrix) -> String {
        "shapes do not fit: [\(a.rows),\(a.columns)] and [\(b.rows),\(b.columns)] into [\(c.rows),\(c.columns)]"
    }

    /// Where a tile would be filled badly: each element by itself.
    private static func multiplyByDots(
        _ a: Matrix, _ b: Matrix, into c: inout Matrix, accumulate: Bool, team: ThreadTeam
    ) {
        let (rows, depth, columns) = (a.rows, a.columns, b.rows)
        let dot = Kernels.best.table.pointee.dot!
        a.values.withUnsafeBufferPointer { a in
            b.values.withUnsafeBufferPointer { b in
                c.values.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    nonisolated(unsafe) let to = c
                    let work = { (rows: Range<Int>, columnRange: Range<Int>) in
                        for column in columnRange {
                            for row in rows {
                                let value = dot(a + row * depth, b + column * depth, Int64(depth))
                                to[row * columns + column] = accumulate ? to[row * columns + column] + value : value
                            }
                        }
                    }
                    if rows * columns * depth < Self.teamThreshold {
                        work(0..<rows, 0..<columns)
                    } else if rows > columns {
                        team.split(rows) { work($0, 0..<columns) }
                    } else {
                        team.split(columns) { work(0..<rows, $0) }
                    }
                }
            }
        }
    }

    private static func multiply(
        rows: Int, columns: Int, depth: Int, _ a: [Float], _ aStrides: (Int, Int), _ b: [Float], _ bStrides: (Int, Int),
        into c: inout [Float], accumulate: Bool, team: ThreadTeam
    ) {
        let kernels = Kernels.best.table
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    guard let c = c.baseAddress else { return }
                    let whole = spa_product(
                        m: Int64(rows), n: Int64(columns), k: Int64(depth), a: a.baseAddress, a_row: Int64(aStrides.0),
                        a_column: Int64(aStrides.1), b: b.baseAddress, b_row: Int64(bStrides.0),
                        b_column: Int64(bStrides.1), c: c, c_stride: Int64(columns), accumulate: accumulate)
                    nonisolated(unsafe) let product = whole
                    let scratch = spa_product_scratch(kernels)
                    let byRows = rows >= columns
                    let grain = Int(byRows ? kernels.pointee.tile_rows : kernels.pointee.tile_columns)
                    let work = { (range: Range<Int>) in
                        withUnsafeTemporaryAllocation(of: Float.self, capacity: scratch) { scratch in
                            var part = product
                            if byRows {
                                part.m = Int64(range.count)
                                if let a = part.a { part.a = a + range.lowerBound * Int(part.a_row) }
                                part.c += range.lowerBound * Int(part.c_stride)
                                spa_multiply_columns(kernels, &part, 0, part.n, scratch.baseAddress)
                            } else {
                                spa_multiply_columns(
                                    kernels, &part, Int64(range.lowerBound), Int64(range.upperBound),
                                    scratch.baseAddress)
                            }
                        }
                    }
                    let count = byRows ? rows : columns
                    if rows * columns * depth < Self.teamThreshold {
                        work(0..<count)
                    } else {
                        team.split(count, grain: grain, work)
                    }
                }
            }
        }
    }
}
