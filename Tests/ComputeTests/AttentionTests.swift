import CKernels
import Compute
import Foundation
import TestSupport
import Testing

/// The attention and rotation kernels of every level, against their definitions.
@Suite struct AttentionTests {
    static let levels = KernelLevel.available

    /// Random queries, keys and values of one key head.
    private struct Case {
        let head: Int
        let visible: [Int32]
        let q: [Float]
        let k: [Float]
        let v: [Float]
        private let keys: [UInt16]
        private let values: [UInt16]
        private var padded: Int { (head + 15) / 16 * 16 }

        init(head: Int, visible: [Int], seed: UInt64) {
            var random = TestRandom(seed: seed)
            let count = visible.max() ?? 0
            let positions = (count + 15) / 16 * 16
            self.head = head
            self.visible = visible.map(Int32.init)
            q = random.floats(visible.count * head, in: -2...2)
            let halfKeys = HalfVector.encode(random.floats(count * head, in: -2...2))
            let halfValues = HalfVector.encode(random.floats(count * head, in: -2...2))
            (k, v) = (HalfVector.decode(halfKeys), HalfVector.decode(halfValues))
            // What lies past the last position must not matter: not a number.
            var keys = [UInt16](repeating: 0x7e00, count: positions * head)
            var values = [UInt16](repeating: 0, count: count * ((head + 15) / 16 * 16))
            for t in 0..<count {
                for i in 0..<head {
                    keys[t / 16 * 16 * head + i * 16 + t % 16] = halfKeys[t * head + i]
                    values[t * ((head + 15) / 16 * 16) + i] = halfValues[t * head + i]
                }
            }
            self.keys = keys
            self.values = values
        }

        /// The kernel's result for some rows, [rows, head].
        func attend(_ table: spa_kernels, rows: Range<Int>) -> [Float] {
            var out = [Float](repeating: .nan, count: rows.count * padded)
            var scratch = [Float](
                repeating: .nan,
                count: rows.count * (Int(SPA_ATTENTION_CHUNK) + 2)
                    + Int(SPA_ATTENTION_CHUNK) * (head + padded))
            let (visible, q) = (Array(visible[rows]), Array(q[rows.lowerBound * head..<rows.upperBound * head]))
            out.withUnsafeMutableBufferPointer { out in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    visible.withUnsafeBufferPointer { visible in
                        q.withUnsafeBufferPointer { q in
                            keys.withUnsafeBufferPointer { keys in
                                values.withUnsafeBufferPointer { values in
                                    var attention = spa_attention(
                                        rows: Int32(rows.count), head: Int32(head), visible: visible.baseAddress,
                                        q: q.baseAddress, keys: keys.baseAddress, values: values.baseAddress,
                                        out: out.baseAddress, scratch: scratch.baseAddress)
                                    table.attend(&attention)
                                }
                            }
                        }
                    }
                }
            }
            return (0..<rows.count).flatMap { out[$0 * padded..<$0 * padded + head] }
        }

        /// softmax(q · K) · V of one row in f64.
        func definition(row: Int) -> [Double] {
            let weights = (0..<Int(visible[row])).map { t in
                exp((0..<head).reduce(0.0) { $0 + Double(q[row * head + $1]) * Double(k[t * head + $1]) })
            }
            let sum = weights.reduce(0, +)
            return (0..<head).map { i in
                weights.indices.reduce(0.0) { $0 + weights[$1] / sum * Double(v[$1 * head + i]) }
            }
        }
    }

    private static let cases = [
        Case(head: 64, visible: [1, 2, 3, 40, 64, 65, 65, 128, 130, 131, 131, 131, 131, 200], seed: 1),
        Case(head: 16, visible: [1], seed: 2), Case(head: 20, visible: [9, 9, 9, 9, 9], seed: 3),
        Case(head: 8, visible: [3, 77], seed: 4), Case(head: 80, visible: [63, 64, 65, 66, 67, 68, 69], seed: 5),
        Case(head: 128, visible: [257, 257, 257, 257], seed: 6),
    ]

    @Test(arguments: levels) func attentionEqualsTheDefinition(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for example in Self.cases {
            let out = example.attend(table, rows: 0..<example.visible.count)
            for row in example.visible.indices {
                let found = out[row * example.head..<(row + 1) * example.head]
                for (found, want) in zip(found, example.definition(row: row)) {
                    #expect(abs(Double(found) - want) < 2e-4)
                }
            }
        }
    }

    /// A row's bits do not depend on the rows that it is computed with.
    @Test(arguments: levels) func rowsDoNotDependOnEachOther(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for example in Self.cases {
            let all = example.visible.indices
            let whole = example.attend(table, rows: all)
            #expect(all.flatMap { example.attend(table, rows: $0..<$0 + 1) } == whole)
            let middle = all.count / 2
            #expect(
                example.attend(table, rows: 0..<middle + 1).prefix(middle * example.head)
                    + example.attend(table, rows: middle..<all.count) == whole)
        }
    }

    @Test(arguments: levels) func rotationTurnsPairs(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for pairs in [1, 4, 16, 20, 32, 37] {
            var random = TestRandom(seed: UInt64(pairs))
            let x = random.floats(2 * pairs, in: -3...3)
            let turns = random.floats(pairs, in: -4...4)
            let angles = turns.map { cos($0) } + turns.map { sin($0) }
            for halves in [false, true] {
                var turned = x
                table.rotate(&turned, angles, Int64(pairs), halves)
                for pair in 0..<pairs {
                    let (a, b) = halves ? (pair, pair + pairs) : (2 * pair, 2 * pair + 1)
                    let (c, s) = (angles[pair], angles[pairs + pair])
                    #expect(abs(turned[a] - (x[a] * c - x[b] * s)) < 1e-5)
                    #expect(abs(turned[b] - (x[a] * s + x[b] * c)) < 1e-5)
                }
            }
        }
    }
}
