import Compute
import Testing

/// The ladder of one position against its definition, at every level of the kernels.
@Suite struct LadderTests {
    private static let epsilon: Float = 1e-5

    private static func matrix(_ rows: Int, _ columns: Int, _ random: inout SeededRandom) -> Matrix {
        // As a file of halves would hold them.
        let values = (0..<rows * columns).map { _ in random.normal() / Float(columns).squareRoot() }
        return Matrix(rows: rows, columns: columns, values: HalfVector.decode(HalfVector.encode(values)))
    }

    private static func rungs(
        _ count: Int, width: Int, d: Int, inner: Int, _ random: inout SeededRandom
    ) -> [Ladder.Rung] {
        (0..<count).map { _ in
            Ladder.Rung(
                down: matrix(d, width, &random), norm: (0..<d).map { _ in random.normal() },
                gateUp: matrix(2 * inner, d, &random), output: matrix(d, inner, &random), share: random.uniform())
        }
    }

    private static func product(_ w: Matrix, _ x: [Double]) -> [Double] {
        (0..<w.rows).map { row in zip(w.row(row), x).reduce(0) { $0 + Double($1.0) * $1.1 } }
    }

    private static func normalised(_ x: [Double], _ weight: [Float]) -> [Double] {
        let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
        return zip(x, weight).map { $0 / (mean + Double(epsilon)).squareRoot() * Double($1) }
    }

    private static func expected(_ rungs: [Ladder.Rung], norm: [Float], up: Matrix, taps: [[Double]]) -> [Double] {
        var state: [Double] = []
        for (k, rung) in rungs.enumerated() {
            var x = product(rung.down, taps[k])
            if k > 0 { x = zip(x, state).map { Double(rung.share) * $0 + (1 - Double(rung.share)) * $1 } }
            let wide = product(rung.gateUp, normalised(x, rung.norm))
            let inner = (0..<wide.count / 2).map { i in
                1 / (1 + 1 / exponential(wide[i])) * wide[i] * wide[wide.count / 2 + i]
            }
            state = zip(x, product(rung.output, inner)).map(+)
        }
        return product(up, normalised(state, norm))
    }

    /// e^x by halving and its series, so that no system library is needed.
    private static func exponential(_ x: Double) -> Double {
        if abs(x) > 0.5 {
            let half = exponential(x / 2)
            return half * half
        }
        var (sum, term) = (1.0, 1.0)
        for n in 1...16 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }

    @Test(arguments: [(1, 16, 16, 16), (3, 64, 24, 40), (10, 576, 96, 192), (2, 37, 5, 3)], [1, 2, 3])
    func climbsAsDefinedAndTheSameForAnyTeam(_ sizes: (count: Int, width: Int, d: Int, inner: Int), _ threads: Int)
        throws
    {
        var random = SeededRandom(seed: UInt64(sizes.width))
        let rungs = Self.rungs(sizes.count, width: sizes.width, d: sizes.d, inner: sizes.inner, &random)
        let norm = (0..<sizes.d).map { _ in random.normal() }
        let up = Self.matrix(sizes.width, sizes.d, &random)
        let taps = (0..<sizes.count).map { _ in (0..<sizes.width).map { _ in random.normal() } }
        let ladder = try #require(Ladder(rungs, norm: norm, up: up, epsilon: Self.epsilon))
        let expected = Self.expected(rungs, norm: norm, up: up, taps: taps.map { $0.map(Double.init) })
        let largest = expected.map(abs).max() ?? 0
        for level in KernelLevel.available {
            let kernels = try #require(Kernels(level))
            let u = ladder.climb(taps.flatMap { $0 }, team: ThreadTeam(threads: threads), kernels: kernels)
            #expect(u.count == sizes.width)
            #expect(zip(u, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 * max(1, largest) }, "\(level)")
            let alone = ladder.climb(taps.flatMap { $0 }, team: ThreadTeam(threads: 1), kernels: kernels)
            #expect(u == alone)
        }
    }
}
