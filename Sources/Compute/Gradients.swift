import CKernels

/// The ways back through what stands between two products, and the softmax that is kept up to date piece by piece.
public enum Gradients {
    private static var kernels: spa_kernels { Kernels.best.table.pointee }

    /// The way back through silu(gate) · up for rows that hold [gate | up]: `gateUp` and its gradient are [n, 2·inner],
    /// `gradient` is [n, inner].
    public static func swiglu(_ gateUp: Matrix, gradient: Matrix, into result: inout Matrix) {
        let inner = gradient.columns
        precondition(gateUp.columns == 2 * inner && gateUp.rows == gradient.rows, "shapes do not fit")
        result.reshape(rows: gateUp.rows, columns: gateUp.columns)
        gateUp.values.withUnsafeBufferPointer { x in
            gradient.values.withUnsafeBufferPointer { dy in
                result.values.withUnsafeMutableBufferPointer { dx in
                    guard let x = x.baseAddress, let dy = dy.baseAddress, let dx = dx.baseAddress else { return }
                    for row in 0..<gradient.rows {
                        let start = row * 2 * inner
                        kernels.swiglu_backward(
                            dx + start, dx + start + inner, dy + row * inner, x + start, x + start + inner,
                            Int64(inner))
                    }
                }
            }
        }
    }

    /// The way back through a softmax of every row: y becomes factor · y · (dy - Σ dy y), with dLoss/dy as `gradient`.
    public static func softmax(_ y: inout Matrix, gradient: Matrix, factor: Float) {
        precondition(y.rows == gradient.rows && y.columns == gradient.columns, "shapes differ")
        let (rows, columns, kernels) = (y.rows, y.columns, kernels)
        y.values.withUnsafeMutableBufferPointer { y in
            gradient.values.withUnsafeBufferPointer { dy in
                guard var y = y.baseAddress, var dy = dy.baseAddress else { return }
                for _ in 0..<rows {
                    let sum = kernels.dot(y, dy, Int64(columns))
                    for column in 0..<columns { y[column] *= factor * (dy[column] - sum) }
                    y += columns
                    dy += columns
                }
            }
        }
    }

    /// The way back through y = weight · x / sqrt(mean(x²) + epsilon), row by row: dLoss/dx.
    /// - Parameters:
    ///   - weight: nil where there is none.
    ///   - gradient: dLoss/dy.
    public static func norm(
        _ x: Matrix, weight: [Float]?, gradient: Matrix, epsilon: Float, into result: inout Matrix
    ) {
        precondition(
            x.values.count == gradient.values.count && weight?.count ?? x.columns == x.columns, "shapes differ")
        result.reshape(rows: x.rows, columns: x.columns)
        let columns = x.columns
        func run(_ weight: UnsafePointer<Float>?) {
            x.values.withUnsafeBufferPointer { x in
                gradient.values.withUnsafeBufferPointer { dy in
                    result.values.withUnsafeMutableBufferPointer { dx in
                        guard let x = x.baseAddress, let dy = dy.baseAddress, let dx = dx.baseAddress else { return }
                        for start in stride(from: 0, to: gradient.values.count, by: columns) {
                            kernels.norm_backward(dx + start, x + start, weight, dy + start, Int64(columns), epsilon)
                        }
                    }
                }
            }
        }
        if let weight {
            weight.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
            run(nil)
        }
    }

    /// The same for the weight: adds dLoss/dweight, the rows in order.
    public static func normWeight(_ x: Matrix, gradient: Matrix, epsilon: Float, into result: inout [Float]) {
        precondition(x.values.count == gradient.values.count && result.count == x.columns, "shapes differ")
        let columns = x.columns
        x.values.withUnsafeBufferPointer { x in
            gradient.values.withUnsafeBufferPointer { dy in
                result.withUnsafeMutableBufferPointer { dw in
                    guard let x = x.baseAddress, let dy = dy.baseAddress, let dw = dw.baseAddress else { return }
                    for start in stride(from: 0, to: gradient.values.count, by: columns) {
                        kernels.norm_weight_backward(dw, x + start, dy + start, Int64(columns), epsilon)
                    }
                }
            }
        }
    }
}

/// What a softmax over many columns needs of those seen so far (online softmax: Milakov and Gimelshein, arXiv
/// 1805.02867): by row the largest logit and the sum of the exponentials of the distances to it.
public struct OnlineSoftmax: Sendable {
    private var largest: [Float] = []
    private var sums: [Float] = []

    /// Nothing seen.
    public init() {}

    /// Forgets what was seen.
    public mutating func reset(rows: Int) {
        largest.removeAll(keepingCapacity: true)
        largest.append(contentsOf: repeatElement(-.infinity, count: rows))
        sums.removeAll(keepingCapacity: true)
        sums.append(contentsOf: repeatElement(0, count: rows))
    }

    /// Takes further logits and turns them, in place, into weights relative to the largest logit so far. Rows of
    /// `gathered`, made with earlier weights, are scaled to the same measure.
    public mutating func take(_ logits: inout Matrix, rescaling gathered: inout Matrix) {
        precondition(logits.rows == sums.count && gathered.rows == sums.count, "the numbers of rows differ")
        let kernels = Kernels.best.table
        let (count, width) = (Int64(logits.columns), gathered.columns)
        logits.values.withUnsafeMutableBufferPointer { logits in
            gathered.values.withUnsafeMutableBufferPointer { gathered in
                guard let logits = logits.baseAddress, let gathered = gathered.baseAddress else { return }
                for row in sums.indices {
                    let values = logits + row * Int(count)
                    let before = largest[row]
                    let most = max(before, kernels.pointee.maximum(values, count))
                    if most > before, sums[row] > 0 {
                        var (distance, factor) = (before - most, Float(0))
                        _ = kernels.pointee.exponential(&factor, &distance, 0, 1)
                        sums[row] *= factor
                        let mean = gathered + row * width
                        kernels.pointee.scale(mean, mean, factor, nil, Int64(width))
                    }
                    largest[row] = most
                    sums[row] += kernels.pointee.exponential(values, values, most, count)
                }
            }
        }
    }

    /// Makes `gathered` the mean by the softmax, and gives log Σ exp of each row's logits.
    public func finish(_ gathered: inout Matrix, logSums: inout [Float]) {
        let kernels = Kernels.best.table
        logSums.removeAll(keepingCapacity: true)
        let width = gathered.columns
        gathered.values.withUnsafeMutableBufferPointer { gathered in
            guard let gathered = gathered.baseAddress else { return }
            for row in sums.indices {
                let values = gathered + row * width
                kernels.pointee.scale(values, values, 1 / sums[row], nil, Int64(width))
                logSums.append(largest[row] + spa_logarithm(sums[row]))
            }
        }
    }
}
