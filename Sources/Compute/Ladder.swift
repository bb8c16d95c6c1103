import CKernels

// Sendable unchecked: the memory is written by `init` alone and read-only afterwards; the matrices belong to `arena`.
/// A ladder of gated rungs over several inputs of one position, with the matrices in half precision: half the memory to read
/// of f32, and no rounding where the weights come from a file of halves. What the side network's definition says, in one
/// fork and join of the team.
public final class Ladder: @unchecked Sendable {
    /// The weights of one rung.
    public struct Rung {
        /// Down, [d, H].
        public var down: Matrix
        /// The norm's weight, [d].
        public var norm: [Float]
        /// W1 over W3, [2 · inner, d].
        public var gateUp: Matrix
        /// W2, [d, inner].
        public var output: Matrix
        /// The share of the tap against the rung below.
        public var share: Float

        /// Weights.
        public init(down: Matrix, norm: [Float], gateUp: Matrix, output: Matrix, share: Float) {
            self.down = down
            self.norm = norm
            self.gateUp = gateUp
            self.output = output
            self.share = share
        }
    }

    private let arena: WeightArena
    private let rungs: UnsafeMutablePointer<spa_rung>
    private let norms: UnsafeMutablePointer<Float>
    private let ladder: spa_ladder

    /// Rounds the weights to half precision.
    /// - Parameters:
    ///   - norm: the weight of the last norm, [d].
    ///   - up: Up, [H, d].
    /// - Returns: nil where the system has no memory.
    public init?(_ parts: [Rung], norm: [Float], up: Matrix, epsilon: Float) {
        let (d, width) = (norm.count, up.rows)
        let inner = parts.first.map(\.output.columns) ?? 0
        precondition(
            up.columns == d
                && parts.allSatisfy {
                    $0.down.rows == d && $0.down.columns == width && $0.norm.count == d && $0.output.rows == d
                        && $0.output.columns == inner && $0.gateUp.rows == 2 * inner && $0.gateUp.columns == d
                }, "the rungs' matrices do not fit each other")
        let bytes = WeightArena.halfBytes
        let rung = bytes(d, width) + 2 * bytes(inner, d) + bytes(d, inner)
        guard let arena = WeightArena(bytes: parts.count * rung + bytes(width, d)) else { return nil }
        func pack(_ matrix: Matrix, _ rows: Range<Int>) -> UnsafePointer<UInt16>? {
            arena.takeHalves(matrix, rows: rows)
        }
        // In the order of their use: first every way down, then rung by rung.
        let down = parts.map { pack($0.down, 0..<d) }
        rungs = .allocate(capacity: max(1, parts.count))
        norms = .allocate(capacity: (parts.count + 1) * max(1, d))
        var complete = true
        for (index, part) in parts.enumerated() {
            let weight = norms + index * d
            weight.initialize(from: part.norm, count: d)
            rungs[index] = spa_rung(
                down: down[index], gate: pack(part.gateUp, 0..<inner), up: pack(part.gateUp, inner..<2 * inner),
                output: pack(part.output, 0..<d), norm: weight, share: part.share)
            complete = complete && down[index] != nil && rungs[index].output != nil
        }
        let last = norms + parts.count * d
        last.initialize(from: norm, count: d)
        self.arena = arena
        ladder = spa_ladder(
            base_width: Int32(width), width: Int32(d), inner: Int32(inner), count: Int32(parts.count),
            epsilon: epsilon, rungs: rungs, norm: last, up: pack(up, 0..<width))
        guard complete, ladder.up != nil else { return nil }
    }

    deinit {
        rungs.deallocate()
        norms.deallocate()
    }

    /// u, [H].
    /// - Parameter taps: one after the other, [count · H].
    public func climb(_ taps: [Float], team: ThreadTeam) -> [Float] { climb(taps, team: team, kernels: .best) }

    package func climb(_ taps: [Float], team: ThreadTeam, kernels: Kernels) -> [Float] {
        let width = Int(ladder.base_width)
        precondition(taps.count == Int(ladder.count) * width, "\(taps.count) numbers are not one tap a rung")
        var u = [Float](repeating: 0, count: (width + 15) / 16 * 16)
        withUnsafePointer(to: ladder) { ladder in
            let needed = spa_climb_scratch(ladder, Int32(team.threads))
            withUnsafeTemporaryAllocation(of: Float.self, capacity: needed) { scratch in
                taps.withUnsafeBufferPointer { taps in
                    u.withUnsafeMutableBufferPointer { u in
                        team.climb(ladder, kernels, taps.baseAddress, u.baseAddress, scratch.baseAddress)
                    }
                }
            }
        }
        if u.count > width { u.removeLast(u.count - width) }
        return u
    }
}
