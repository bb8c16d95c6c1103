import CKernels
import Compute
import Foundation
import TestSupport
import Testing

/// Every level against the portable one or the definition.
@Suite struct KernelTests {
    static let levels = KernelLevel.available

    @Test(arguments: levels) func floatKernels(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        var random = TestRandom(seed: 11)
        for count in [0, 1, 5, 15, 16, 17, 63, 64, 65, 100, 576] {
            let x = random.floats(count, in: -9...9)
            let y = random.floats(count, in: -9...9)
            let n = Int64(count)
            let dot = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(Double(table.dot(x, y, n)) - dot) < 1e-2)
            #expect(table.maximum(x, n) == (x.max() ?? -.infinity))
            var z = y
            table.add_scaled(&z, x, 0.5, n)
            for i in 0..<count { #expect(abs(z[i] - (y[i] + 0.5 * x[i])) < 1e-5) }
            let sum = table.exponential(&z, x, 1.5, n)
            var expected = 0.0
            for i in 0..<count {
                let e = exp(Double(x[i]) - 1.5)
                expected += e
                #expect(abs(Double(z[i]) - e) <= 1e-6 * e)
            }
            #expect(abs(Double(sum) - expected) <= 1e-5 * expected)
            table.swiglu(&z, x, y, n)
            for i in 0..<count {
                let want = Double(x[i]) / (1 + exp(-Double(x[i]))) * Double(y[i])
                #expect(abs(Double(z[i]) - want) <= 1e-5 * max(1, abs(want)))
            }
            var halves = [UInt16](repeating: 0, count: count)
            table.to_half(&halves, x, n)
            #expect(halves == x.map { Float16($0).bitPattern })
            table.from_half(&z, halves, n)
            #expect(z == halves.map { Float(Float16(bitPattern: $0)) })
        }
    }

    @Test func halfConversionsAreExactForEveryBitPattern() {
        for bits in UInt16.min...UInt16.max {
            let half = Float16(bitPattern: bits)
            let wide = spa_float_from_half(bits)
            if half.isNaN {
                #expect(wide.isNaN)
                continue
            }
            #expect(wide == Float(half))
            #expect(spa_half_from_float(wide) == bits)
            // Just beyond the middle between two halves, both ways.
            for value in [wide.nextUp, wide.nextDown, wide * 1.0003, wide * 0.9997] where !value.isNaN {
                #expect(spa_half_from_float(value) == Float16(value).bitPattern)
            }
        }
    }

    @Test(arguments: levels, PackedMatrix.Format.allCases)
    func quantisedProducts(level: KernelLevel, format: PackedMatrix.Format) throws {
        let kernels = try #require(Kernels(level))
        let portable = try #require(Kernels(.portable))
        let team = ThreadTeam(threads: 2)
        for (rows, columns, tokens, kind) in [
            (16, 32, 1, 0), (5, 64, 3, 0), (48, 576, 15, 0), (33, 96, 8, 1), (16, 64, 7, 2), (64, 1536, 2, 3),
        ] {
            var random = TestRandom(seed: UInt64(rows + columns + tokens))
            let blocks = columns / 32
            // Random bytes are valid quants of every format; scales are set to sensible or extreme halves.
            var bytes = (0..<rows * blocks * format.blockBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            if kind == 1 { bytes = bytes.map { _ in 0xFF } }
            if kind == 2 { bytes = bytes.map { _ in 0x80 } }
            let header = format == .fourBitsAffine ? 2 : 1
            for block in 0..<rows * blocks {
                for half in 0..<header {
                    let scale = Float16(Float.random(in: -0.02...0.02, using: &random)).bitPattern
                    bytes[block * format.blockBytes + half * 2] = UInt8(scale & 255)
                    bytes[block * format.blockBytes + half * 2 + 1] = UInt8(scale >> 8)
                }
                if kind == 2, format == .eightBits { bytes[block * format.blockBytes + 1] &= 0x1F }
            }
            let bytesOfMatrix = PackedMatrix.arenaBytes(rows: rows, columns: columns, format: format)
            let arena = try #require(WeightArena(bytes: bytesOfMatrix))
            let matrix = try #require(PackedMatrix(rows: rows, columns: columns, format: format, arena: arena))
            bytes.withUnsafeBytes { matrix.pack(blocks: $0, firstRow: 0) }
            // Adversarial inputs: all at the extremes, one outlier, zeros.
            var x = random.floats(tokens * columns, in: -3...3)
            if kind == 1 { x = x.map { $0 < 0 ? -5 : 5 } }
            if kind == 3 { x[7] = 1e6 }
            if kind == 2 { x = x.map { _ in 0 } }
            let activations = Activations()
            activations.quantise(x, tokens: tokens, columns: columns, team: team, kernels: kernels)
            var y = [Float](repeating: .nan, count: tokens * rows)
            matrix.multiply(activations, into: &y, team: team, kernels: kernels)
            activations.quantise(x, tokens: tokens, columns: columns, team: team, kernels: portable)
            var want = [Float](repeating: .nan, count: tokens * rows)
            matrix.multiply(activations, into: &want, team: team, kernels: portable)
            let size = want.map(abs).max() ?? 1
            for (a, b) in zip(y, want) { #expect(abs(a - b) <= 2e-4 * max(size, 1e-3)) }

            // And the portable level against the weights written out in full.
            var definition = [Double](repeating: 0, count: tokens * rows)
            for token in 0..<tokens {
                for row in 0..<rows {
                    for column in 0..<columns {
                        let weight = Self.weight(bytes, format, row * blocks + column / 32, column % 32)
                        definition[token * rows + row] += weight * Double(x[token * columns + column])
                    }
                }
            }
            // 8-bit activations: half a step an input, at most.
            for token in 0..<tokens {
                for row in 0..<rows {
                    var bound = 1e-3
                    for block in 0..<blocks {
                        let range = token * columns + block * 32..<token * columns + block * 32 + 32
                        let step = Double(x[range].map(abs).max() ?? 0) / 127
                        for column in 0..<32 {
                            bound += 0.5001 * step * abs(Self.weight(bytes, format, row * blocks + block, column))
                        }
                    }
                    #expect(abs(Double(want[token * rows + row]) - definition[token * rows + row]) <= bound * 1.001)
                }
            }
        }
    }

    private static func weight(_ bytes: [UInt8], _ format: PackedMatrix.Format, _ block: Int, _ column: Int) -> Double {
        let start = block * format.blockBytes
        func half(_ index: Int) -> Double {
            Double(Float16(bitPattern: UInt16(bytes[start + 2 * index]) | UInt16(bytes[start + 2 * index + 1]) << 8))
        }
        switch format {
        case .eightBits: return half(0) * Double(Int8(bitPattern: bytes[start + 2 + column]))
        case .fourBits, .fourBitsAffine:
            let byte = bytes[start + (format == .fourBits ? 2 : 4) + column % 16]
            let q = Double(column < 16 ? byte & 15 : byte >> 4)
            return format == .fourBits ? half(0) * (q - 8) : half(0) * q + half(1)
        }
    }

    /// All members run once; where other work takes the cores, the caller alone.
    @Test func teamRunsEveryMemberAndNests() {
        let team = ThreadTeam(threads: 3)
        for _ in 0..<2000 {
            var counts = [Int](repeating: 0, count: 3)
            counts.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let buffer = buffer
                team.run { member, members in
                    buffer[member] += members
                    if member == members - 1 { team.split(5) { range in buffer[member] += 10 * range.count } }
                }
            }
            #expect(counts == [3, 3, 53] || counts == [51, 0, 0])
        }
    }
}
