import CKernels

/// Vector mathematics on SIMD kernels; every function works on whole arrays or on a range of one.
public enum VectorMath {
    private static var kernels: spa_kernels { Kernels.best.table.pointee }

    /// Σ a·b over `count` numbers from the given offsets.
    public static func dot(_ a: [Float], at aStart: Int = 0, _ b: [Float], at bStart: Int = 0, count: Int) -> Float {
        precondition(aStart + count <= a.count && bStart + count <= b.count, "a range ends past its array")
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
                return kernels.dot(a + aStart, b + bStart, Int64(count))
            }
        }
    }

    /// Σ x² of a range of an array.
    public static func sumOfSquares(_ x: [Float], in range: Range<Int>) -> Float {
        dot(x, at: range.lowerBound, x, at: range.lowerBound, count: range.count)
    }

    /// The largest number of a range, minus infinity where it is empty.
    public static func maximum(_ x: [Float], in range: Range<Int>) -> Float {
        precondition(range.upperBound <= x.count, "the range ends past the array")
        return x.withUnsafeBufferPointer { x in
            guard let x = x.baseAddress else { return -.infinity }
            return kernels.maximum(x + range.lowerBound, Int64(range.count))
        }
    }

    /// log Σ exp(x) of a range.
    public static func logSumExp(_ x: [Float], in range: Range<Int>) -> Float {
        precondition(range.upperBound <= x.count, "the range ends past the array")
        guard !range.isEmpty else { return -.infinity }
        let largest = maximum(x, in: range)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count) { scratch in
            x.withUnsafeBufferPointer { x in
                guard let x = x.baseAddress, let to = scratch.baseAddress else { return -.infinity }
                let sum = kernels.exponential(to, x + range.lowerBound, largest, Int64(range.count))
                return largest + sum.logarithm
            }
        }
    }

    /// x[range] = softmax(x[range]); returns log Σ exp of what it was.
    @discardableResult
    public static func softmax(_ x: inout [Float], in range: Range<Int>) -> Float {
        precondition(range.upperBound <= x.count, "the range ends past the array")
        guard !range.isEmpty else { return -.infinity }
        return x.withUnsafeMutableBufferPointer { x in
            guard let base = x.baseAddress else { return -.infinity }
            let row = base + range.lowerBound
            let count = Int64(range.count)
            let largest = kernels.maximum(row, count)
            let sum = kernels.exponential(row, row, largest, count)
            kernels.scale(row, row, 1 / sum, nil, count)
            return largest + sum.logarithm
        }
    }

    /// y[yRange] += factor · x[xStart...].
    public static func addScaled(
        _ y: inout [Float], in range: Range<Int>, _ x: [Float], at start: Int = 0, factor: Float
    ) {
        precondition(range.upperBound <= y.count && start + range.count <= x.count, "a range ends past its array")
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                guard let y = y.baseAddress, let x = x.baseAddress else { return }
                kernels.add_scaled(y + range.lowerBound, x + start, factor, Int64(range.count))
            }
        }
    }

    /// y += factor · x.
    public static func addScaled(_ y: inout [Float], _ x: [Float], factor: Float) {
        addScaled(&y, in: 0..<y.count, x, factor: factor)
    }

    /// y[start...] = x[range].
    public static func copy(_ x: [Float], in range: Range<Int>, into y: inout [Float], at start: Int) {
        precondition(range.upperBound <= x.count && start + range.count <= y.count, "a range ends past its array")
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                guard let y = y.baseAddress, let x = x.baseAddress else { return }
                (y + start).update(from: x + range.lowerBound, count: range.count)
            }
        }
    }

    /// y = a · x + b · z, all of one length.
    public static func combine(_ x: [Float], factor a: Float, _ z: [Float], factor b: Float, into y: inout [Float]) {
        precondition(x.count == y.count && z.count == y.count, "lengths differ")
        let (table, count) = (kernels, Int64(y.count))
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                z.withUnsafeBufferPointer { z in
                    guard let y = y.baseAddress, let x = x.baseAddress, let z = z.baseAddress else { return }
                    table.scale(y, x, a, nil, count)
                    table.add_scaled(y, z, b, count)
                }
            }
        }
    }

    /// x *= factor.
    public static func scale(_ x: inout [Float], by factor: Float) {
        scale(&x, in: 0..<x.count, by: factor)
    }

    /// x[range] *= factor.
    public static func scale(_ x: inout [Float], in range: Range<Int>, by factor: Float) {
        precondition(range.upperBound <= x.count, "the range ends past the array")
        x.withUnsafeMutableBufferPointer { x in
            guard let p = x.baseAddress else { return }
            kernels.scale(p + range.lowerBound, p + range.lowerBound, factor, nil, Int64(range.count))
        }
    }

    /// y = factor · x, of one length.
    public static func scaled(_ x: [Float], by factor: Float, into y: inout [Float]) {
        precondition(x.count == y.count, "lengths differ")
        let (table, count) = (kernels, Int64(y.count))
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                guard let y = y.baseAddress, let x = x.baseAddress else { return }
                table.scale(y, x, factor, nil, count)
            }
        }
    }

    /// y[i] = factor · weight[i] · x[i - start] for as many numbers as x has, from `start`.
    public static func scaled(
        _ x: [Float], by factor: Float, weight: [Float], into y: inout [Float], at start: Int
    ) {
        precondition(start + x.count <= min(y.count, weight.count), "a range ends past its array")
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                weight.withUnsafeBufferPointer { weight in
                    guard let y = y.baseAddress, let p = x.baseAddress, let weight = weight.baseAddress else { return }
                    kernels.scale(y + start, p, factor, weight + start, Int64(x.count))
                }
            }
        }
    }

    /// exp(x) of every number, in place.
    public static func exponential(_ x: inout [Float]) {
        x.withUnsafeMutableBufferPointer { x in
            guard let p = x.baseAddress else { return }
            _ = kernels.exponential(p, p, 0, Int64(x.count))
        }
    }

    /// silu(gate) · up, element by element.
    public static func swiglu(gate: [Float], up: [Float]) -> [Float] {
        precondition(gate.count == up.count, "gate and up differ in length")
        return [Float](unsafeUninitializedCapacity: gate.count) { y, count in
            gate.withUnsafeBufferPointer { gate in
                up.withUnsafeBufferPointer { up in
                    guard let y = y.baseAddress, let g = gate.baseAddress, let u = up.baseAddress else { return }
                    kernels.swiglu(y, g, u, Int64(gate.count))
                }
            }
            count = gate.count
        }
    }

    /// 1 / sqrt(mean(x²) + epsilon): what `rms` multiplies a row with.
    public static func inverseRMS(_ x: [Float], epsilon: Float = 1e-5) -> Float {
        x.withUnsafeBufferPointer { values in
            values.baseAddress.map { inverseRMS($0, values.count, epsilon, kernels) } ?? 0
        }
    }

    private static func inverseRMS(
        _ x: UnsafePointer<Float>, _ count: Int, _ epsilon: Float, _ table: spa_kernels
    ) -> Float {
        1 / (table.sum_of_squares(x, Int64(count)) / Float(count) + epsilon).squareRoot()
    }

    /// x / sqrt(mean(x²) + epsilon) of every row: the `rms` of the design, without a weight.
    public static func rms(_ x: Matrix, epsilon: Float = 1e-5) -> Matrix {
        var result = Matrix(rows: 0, columns: 0)
        rms(x, epsilon: epsilon, into: &result)
        return result
    }

    /// The same into `result`.
    public static func rms(_ x: Matrix, epsilon: Float = 1e-5, into result: inout Matrix) {
        result.reshape(rows: x.rows, columns: x.columns)
        let (table, rows, columns) = (kernels, x.rows, x.columns)
        x.values.withUnsafeBufferPointer { x in
            result.values.withUnsafeMutableBufferPointer { y in
                guard let y = y.baseAddress, let x = x.baseAddress else { return }
                for start in stride(from: 0, to: rows * columns, by: columns) {
                    let factor = inverseRMS(x + start, columns, epsilon, table)
                    table.scale(y + start, x + start, factor, nil, Int64(columns))
                }
            }
        }
    }

    /// One AdamW step (Loshchilov and Hutter, arXiv 1711.05101) on all parameters of an array.
    /// - Parameters:
    ///   - step: counted from 1.
    ///   - gradientScale: multiplies the gradient first (clipping).
    public static func adamW(
        _ parameters: inout [Float], gradient: [Float], mean: inout [Float], variance: inout [Float], step: Int,
        rate: Float, beta1: Float, beta2: Float, epsilon: Float = 1e-8, decay: Float, gradientScale: Float = 1
    ) {
        let count = parameters.count
        precondition(gradient.count == count && mean.count == count && variance.count == count, "lengths differ")
        var (power1, power2): (Double, Double) = (1, 1)
        for _ in 0..<step {
            power1 *= Double(beta1)
            power2 *= Double(beta2)
        }
        parameters.withUnsafeMutableBufferPointer { p in
            gradient.withUnsafeBufferPointer { g in
                mean.withUnsafeMutableBufferPointer { m in
                    variance.withUnsafeMutableBufferPointer { v in
                        guard let p = p.baseAddress, let g = g.baseAddress, let m = m.baseAddress, let v = v.baseAddress
                        else { return }
                        kernels.adamw(
                            p, g, m, v, Int64(count), rate, beta1, beta2, Float(1 / (1 - power1)),
                            Float(1 / (1 - power2)), epsilon, decay, gradientScale)
                    }
                }
            }
        }
    }
}

extension Float {
    /// The natural logarithm.
    fileprivate var logarithm: Float { spa_logarithm(self) }
}
