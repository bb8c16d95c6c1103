import CKernels
import Compute
import Foundation
import TestSupport
import Testing

/// What training does between products, at every level, against the definition.
@Suite struct TrainingKernelTests {
    private static let levels = KernelLevel.available
    private static let lengths = [1, 15, 16, 33, 96, 131]

    @Test(arguments: levels) func dropoutFollowsTheKeyAlone(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        var random = TestRandom(seed: 3)
        let values = random.floats(10_007, in: 1...2)
        let halves = HalfVector.encode(values)
        let limit = UInt32(0.1 * 4_294_967_296)
        func drop(_ range: Range<Int>, key: UInt32) -> [Float] {
            var result = [Float](repeating: 0, count: range.count)
            table.from_half_dropped(&result, Array(halves[range]), Int64(range.count), key, limit, 1.25)
            return result
        }
        let all = drop(0..<10_007, key: 42)
        let kept = HalfVector.decode(halves).map { $0 * 1.25 }
        #expect(zip(all, kept).allSatisfy { $0 == 0 || $0 == $1 })
        let share = Double(all.count { $0 == 0 }) / 10_007
        #expect(abs(share - 0.1) < 0.015)
        // Number i hangs on key + i, wherever the row begins and however long it is.
        #expect(drop(100..<151, key: 142) == Array(all[100..<151]))
        #expect(drop(0..<10_007, key: 43) != all)
    }

    @Test(arguments: levels) func swigluGoesBack(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for count in Self.lengths {
            var random = TestRandom(seed: UInt64(count))
            let (gate, up, dy) = (
                random.floats(count, in: -8...8), random.floats(count), random.floats(count)
            )
            var (byGate, byUp) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
            table.swiglu_backward(&byGate, &byUp, dy, gate, up, Int64(count))
            for i in 0..<count {
                let (g, v, d) = (Double(gate[i]), Double(up[i]), Double(dy[i]))
                let sigma = 1 / (1 + exp(-g))
                #expect(abs(Double(byGate[i]) - d * v * sigma * (1 + g * (1 - sigma))) < 1e-5)
                #expect(abs(Double(byUp[i]) - d * g * sigma) < 1e-5)
            }
        }
    }

    @Test(arguments: levels) func normsGoBack(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        for count in Self.lengths {
            var random = TestRandom(seed: UInt64(count))
            let (x, weight, dy) = (random.floats(count, in: -3...3), random.floats(count), random.floats(count))
            let factor = 1 / (x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count) + 1e-5).squareRoot()
            for weighted in [true, false] {
                let slopes = dy.indices.map { Double(dy[$0]) * (weighted ? Double(weight[$0]) : 1) }
                let mean = zip(slopes, x).reduce(0) { $0 + $1.0 * Double($1.1) * factor } / Double(count)
                var dx = dy
                if weighted {
                    table.norm_backward(&dx, x, weight, dy, Int64(count), 1e-5)
                } else {
                    table.norm_backward(&dx, x, nil, dy, Int64(count), 1e-5)
                }
                for i in 0..<count {
                    #expect(abs(Double(dx[i]) - factor * (slopes[i] - Double(x[i]) * factor * mean)) < 2e-5)
                }
            }
            var dw = weight
            table.norm_weight_backward(&dw, x, dy, Int64(count), 1e-5)
            for i in 0..<count {
                #expect(abs(Double(dw[i] - weight[i]) - Double(dy[i]) * Double(x[i]) * factor) < 2e-5)
            }
        }
    }

    @Test(arguments: levels) func stripsAreTurned(level: KernelLevel) throws {
        let table = try #require(Kernels(level)).table.pointee
        let width = Int(table.tile_columns)
        for depth in [1, 16, 37] {
            let from = (0..<width * (depth + 3)).map(Float.init)
            var to = [Float](repeating: -1, count: width * depth)
            table.transpose_strip(&to, from, Int64(depth + 3), Int64(depth))
            for d in 0..<depth { for i in 0..<width { #expect(to[d * width + i] == from[i * (depth + 3) + d]) } }
        }
    }
}
