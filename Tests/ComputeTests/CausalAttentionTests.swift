import Compute
import Foundation
import Testing

/// Attention over a whole text against its definition in f64, and its way back against central differences.
@Suite struct CausalAttentionTests {
    private func random(_ rows: Int, _ columns: Int, _ random: inout SeededRandom) -> Matrix {
        Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
    }

    private func reference(_ q: [Double], _ k: [Double], _ v: [Double], rows: Int, width: Int) -> [Double] {
        var result = [Double](repeating: 0, count: rows * width)
        for row in 0..<rows {
            let scores = (0...row).map { t in
                (0..<width).reduce(0.0) { $0 + q[row * width + $1] * k[t * width + $1] } / Double(width).squareRoot()
            }
            let most = scores.max() ?? 0
            let weights = scores.map { exp($0 - most) }
            let sum = weights.reduce(0, +)
            for t in 0...row {
                for column in 0..<width { result[row * width + column] += weights[t] / sum * v[t * width + column] }
            }
        }
        return result
    }

    /// Texts around the length of a piece.
    @Test(arguments: [1, 3, 63, 64, 65, 130]) func equalsTheDefinition(rows: Int) {
        var source = SeededRandom(seed: UInt64(rows))
        let (q, k, v) = (random(rows, 8, &source), random(rows, 8, &source), random(rows, 8, &source))
        let found = CausalAttention.forward(queries: q, keys: k, values: v).values
        let want = reference(
            q.values.map(Double.init), k.values.map(Double.init), v.values.map(Double.init), rows: rows, width: 8)
        #expect(zip(found, want).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test(arguments: [5, 70]) func theWayBackMatchesFiniteDifferences(rows: Int) {
        var source = SeededRandom(seed: 40)
        let width = 6
        let inputs = (0..<3).map { _ in random(rows, width, &source) }
        let gradient = random(rows, width, &source)
        let found = CausalAttention.backward(
            queries: inputs[0], keys: inputs[1], values: inputs[2], gradient: gradient)
        let goal = gradient.values.map(Double.init)
        func loss(_ x: [[Double]]) -> Double {
            zip(reference(x[0], x[1], x[2], rows: rows, width: width), goal).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for (index, own) in [found.queries, found.keys, found.values].enumerated() {
            for element in stride(from: 0, to: rows * width, by: max(1, rows * width / 11)) {
                var x = inputs.map { $0.values.map(Double.init) }
                x[index][element] += 1e-5
                let above = loss(x)
                x[index][element] -= 2e-5
                let difference = (above - loss(x)) / 2e-5
                #expect(abs(difference - Double(own.values[element])) < 1e-4 * max(1, abs(difference)))
            }
        }
    }
}
