import CKernels
import Glibc

/// Rotary position embedding (Su et al., arXiv 2104.09864): pairs of a head's numbers turn by angles that grow with the
/// position.
public struct RotaryEmbedding: Sendable {
    /// Which numbers of a head make a pair.
    public enum Layout: Sendable {
        /// (2i, 2i + 1), as GGUF lays out `llama`'s queries and keys.
        case neighbours
        /// (i, i + pairs), as in `qwen2` and `qwen3`.
        case halves
    }

    /// Which numbers make a pair.
    public let layout: Layout
    private let frequencies: [Double]
    private let headWidth: Int
    private let magnitude: Double

    /// - Parameters:
    ///   - rotated: how many numbers of a head turn, even and at most `headWidth`.
    ///   - divisors: what each pair's frequency is divided by; empty for none.
    ///   - magnitude: what the numbers that turn are multiplied by.
    public init(
        headWidth: Int, rotated: Int, base: Double, layout: Layout = .neighbours, divisors: [Float] = [],
        magnitude: Float = 1
    ) {
        precondition(rotated % 2 == 0 && rotated <= headWidth, "pairs within a head turn")
        precondition(divisors.isEmpty || divisors.count == rotated / 2, "one divisor a pair")
        self.headWidth = headWidth
        self.layout = layout
        self.magnitude = Double(magnitude)
        frequencies = (0..<rotated / 2).map {
            pow(base, -2 * Double($0) / Double(rotated)) / (divisors.isEmpty ? 1 : Double(divisors[$0]))
        }
    }

    /// How many pairs of a head turn.
    public var pairs: Int { frequencies.count }

    /// The cosines, then the sines, of each position, [positions, 2 · pairs].
    public func angles(of positions: [Int]) -> [Float] {
        [Float](unsafeUninitializedCapacity: positions.count * 2 * pairs) { result, count in
            for (row, position) in positions.enumerated() {
                for (pair, frequency) in frequencies.enumerated() {
                    let angle = Double(position) * frequency
                    result[row * 2 * pairs + pair] = Float(magnitude * cos(angle))
                    result[row * 2 * pairs + pairs + pair] = Float(magnitude * sin(angle))
                }
            }
            count = positions.count * 2 * pairs
        }
    }

    /// Turns the first `heads` heads of every row in place; `angles` as given by `angles(of:)`.
    public func apply(to rows: inout [Float], stride: Int, heads: Int, angles: [Float]) {
        guard pairs > 0 else { return }
        let count = angles.count / (2 * pairs)
        precondition(rows.count >= count * stride && heads * headWidth <= stride, "the rows are too short")
        let rotate = Kernels.best.table.pointee.rotate!
        rows.withUnsafeMutableBufferPointer { rows in
            angles.withUnsafeBufferPointer { angles in
                guard let rows = rows.baseAddress, let angles = angles.baseAddress else { return }
                for row in 0..<count {
                    for head in 0..<heads {
                        rotate(
                            rows + row * stride + head * headWidth, angles + row * 2 * pairs, Int64(pairs),
                            layout == .halves)
                    }
                }
            }
        }
    }
}
