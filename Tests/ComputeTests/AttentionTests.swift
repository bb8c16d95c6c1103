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
        /// One page after the other.
        private let pages: [UInt16]
        private var padded: Int { (head + 15) / 16 * 16 }
        private var pageHalves: Int { Int(SPA_ATTENTION_CHUNK) * (head + padded) }

        init(head: Int, visible: [Int], seed: UInt64) {
            var random = TestRandom(seed: seed)
            let (count, chunk) = (visible.max() ?? 0, Int(SPA_ATTENTION_CHUNK))
            let padded = (head + 15) / 16 * 16
            let pageHalves = chunk * (head + padded)
            self.head = head
            self.visible = visible.map(Int32.init)
            q = random.floats(visible.count * head, in: -2...2)
            let halfKeys = HalfVector.encode(random.floats(count * head, in: -2...2))
            let halfValues = HalfVector.encode(random.floats(count * head, in: -2...2))
            (k, v) = (HalfVector.decode(halfKeys), HalfVector.decode(halfValues))
            // What lies past the last position must not matter: not a number.
            var pages = [UInt16](repeating: 0x7e00, count: (count + chunk - 1) / chunk * pageHalves)
            for t in 0..<count {
                let (start, at) = (t / chunk * pageHalves, t % chunk)
                for i in 0..<padded { pages[start + chunk * head + at * padded + i] = 0 }
                for i in 0..<head {
                    pages[start + at / 16 * 16 * head + i * 16 + at % 16] = halfKeys[t * head + i]
                    pages[start + chunk * head + at * padded + i] = halfValues[t * head + i]
                }
            }
            self.pages = pages
        }

        /// The kernel's result for some rows, [rows, head]; every row whose index is among `apart` reads pages of its own.
        func attend(_ table: spa_kernels, rows: [Int], apart: Set<Int> = []) -> [Float] {
            var out = [Float](repeating: .nan, count: rows.count * padded)
            var scratch = [Float](
                repeating: .nan,
                count: rows.count * (Int(SPA_ATTENTION_CHUNK) + 2)
                    + Int(SPA_ATTENTION_CHUNK) * (head + padded))
            let visible = rows.map { self.visible[$0] }
            let q = rows.flatMap { self.q[$0 * head..<($0 + 1) * head] }
            let pageCount = pages.count / pageHalves
            pages.withUnsafeBufferPointer { pages in
                var copies: [UnsafeMutablePointer<UInt16>] = []
                var tables: [UnsafeMutablePointer<UnsafePointer<UInt16>?>] = []
                var ofRows: [UnsafePointer<UnsafePointer<UInt16>?>?] = []
                for row in rows {
                    if tables.isEmpty || apart.contains(row) {
                        var start = pages.baseAddress
                        if apart.contains(row), let from = start {
                            let copy = UnsafeMutablePointer<UInt16>.allocate(capacity: pages.count)
                            copy.initialize(from: from, count: pages.count)
                            copies.append(copy)
                            start = UnsafePointer(copy)
                        }
                        let table = UnsafeMutablePointer<UnsafePointer<UInt16>?>.allocate(capacity: pageCount)
                        for page in 0..<pageCount {
                            (table + page).initialize(to: start.map { $0 + page * pageHalves })
                        }
                        tables.append(table)
                    }
                    ofRows.append(tables.last.map { UnsafePointer($0) })
                }
                out.withUnsafeMutableBufferPointer { out in
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        visible.withUnsafeBufferPointer { visible in
                            q.withUnsafeBufferPointer { q in
                                ofRows.withUnsafeBufferPointer { ofRows in
                                    var attention = spa_attention(
                                        rows: Int32(rows.count), head: Int32(head), visible: visible.baseAddress,
                                        q: q.baseAddress, pages: ofRows.baseAddress, offset: 0,
                                        out: out.baseAddress, scratch: scratch.baseAddress)
                                    table.attend(&attention)
                                }
                            }
                        }
                    }
                }
                copies.forEach { $0.deallocate() }
                tables.forEach { $0.deallocate() }
            }
            return rows.indices.flatMap { out[$0 * padded..<$0 * padded + head] }
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
            let out = example.attend(table, rows: Array(example.visible.indices))
            for row in example.visible.indices {
                let found = out[row * example.head..<(row + 1) * example.head]
                for (found, want) in zip(found, example.definition(row: row)) {
                    #expect(abs(Double(found) - want) < 2e-4)
                }
            }
        }
    }

    /// A row's bits do not depend on the rows that it is computed with, on their order, nor on where its pages lie.
    @Test(arguments: levels) func rowsDoNotDependOnEachOther(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for example in Self.cases {
            let all = Array(example.visible.indices)
            let whole = example.attend(table, rows: all)
            #expect(all.flatMap { example.attend(table, rows: [$0]) } == whole)
            let middle = all.count / 2
            #expect(
                example.attend(table, rows: Array(all[...middle])).prefix(middle * example.head)
                    + example.attend(table, rows: Array(all[middle...])) == whole)
            #expect(example.attend(table, rows: all, apart: Set(all)) == whole)
            #expect(example.attend(table, rows: all, apart: [0, middle]) == whole)
            let turned = example.attend(table, rows: all.reversed())
            #expect(all.reversed().flatMap { turned[$0 * example.head..<($0 + 1) * example.head] } == whole)
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
