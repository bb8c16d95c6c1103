import Compute
import Foundation
import TestSupport
import Testing

/// Turning pairs of numbers by their position, against the definition in f64.
@Suite struct RotaryEmbeddingTests {
    @Test(arguments: [RotaryEmbedding.Layout.neighbours, .halves], [16, 8, 2, 0])
    func turnsEveryPairOfEveryHead(layout: RotaryEmbedding.Layout, rotated: Int) {
        let (headWidth, heads, stride, base) = (16, 3, 64, 500_000.0)
        var random = TestRandom(seed: 5)
        let divisors = (0..<rotated / 2).map { _ in 1 + 7 * random.uniform() }
        let rotary = RotaryEmbedding(
            headWidth: headWidth, rotated: rotated, base: base, layout: layout, divisors: divisors, magnitude: 1.5)
        let positions = [0, 1, 7, 1000, 30_000]
        let rows = (0..<positions.count * stride).map { _ in random.normal() }
        var found = rows
        rotary.apply(to: &found, stride: stride, heads: heads, angles: rotary.angles(of: positions))

        var expected = rows.map(Double.init)
        for (row, position) in positions.enumerated() {
            for head in 0..<heads {
                for pair in 0..<rotated / 2 {
                    let angle =
                        Double(position) * pow(base, -2 * Double(pair) / Double(rotated)) / Double(divisors[pair])
                    let start = row * stride + head * headWidth
                    let first = start + (layout == .neighbours ? 2 * pair : pair)
                    let second = layout == .neighbours ? first + 1 : first + rotated / 2
                    let (x, y) = (expected[first], expected[second])
                    expected[first] = 1.5 * (x * cos(angle) - y * sin(angle))
                    expected[second] = 1.5 * (x * sin(angle) + y * cos(angle))
                }
            }
        }
        for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 1e-5) }
        // What does not turn keeps its bits: the rest of each head, and what follows the heads.
        for row in positions.indices {
            let rest = row * stride + heads * headWidth..<(row + 1) * stride
            #expect(found[rest] == rows[rest])
        }
    }
}
