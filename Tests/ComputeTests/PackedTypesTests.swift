import Compute
import GGUF
import TestSupport
import Testing

/// Every type of GGUF on the fast path, against the weights that `Dequantise` gives.
@Suite struct PackedTypesTests {
    static let levels = KernelLevel.available
    private let team = ThreadTeam(threads: 2)

    /// A tensor of random blocks with sensible scales.
    private struct Tensor {
        let type: GGMLType
        let rows: Int
        let columns: Int
        var bytes: [UInt8]

        init(_ type: GGMLType, rows: Int, columns: Int, seed: UInt64) {
            (self.type, self.rows, self.columns) = (type, rows, columns)
            var random = TestRandom(seed: seed)
            let count = rows * columns / type.blockLength
            bytes = (0..<count * type.blockBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            for block in 0..<count {
                let start = block * type.blockBytes
                func put(_ bits: UInt32, bytes count: Int, at offset: Int) {
                    for index in 0..<count {
                        bytes[start + offset + index] = UInt8(truncatingIfNeeded: bits >> UInt32(8 * index))
                    }
                }
                func scale() -> UInt32 { UInt32(Float16(Float.random(in: -0.02...0.02, using: &random)).bitPattern) }
                switch type {
                case .f32: put(Float.random(in: -2...2, using: &random).bitPattern, bytes: 4, at: 0)
                case .bf16: put(Float.random(in: -2...2, using: &random).bitPattern >> 16, bytes: 2, at: 0)
                case .f16: put(UInt32(Float16(Float.random(in: -2...2, using: &random)).bitPattern), bytes: 2, at: 0)
                case .q4_0, .q5_0, .q8_0: put(scale(), bytes: 2, at: 0)
                case .q4_1, .q5_1, .q4_K, .q5_K:
                    put(scale(), bytes: 2, at: 0)
                    put(scale(), bytes: 2, at: 2)
                case .q6_K: put(scale(), bytes: 2, at: 208)
                }
            }
        }

        var values: [Float] { Dequantise.floats(bytes, type: type) }

        func packed() throws -> PackedMatrix {
            let format = PackedMatrix.Format(for: type)
            let size = PackedMatrix.arenaBytes(rows: rows, columns: columns, format: format)
            let arena = try #require(WeightArena(bytes: size))
            let matrix = try #require(PackedMatrix(rows: rows, columns: columns, format: format, arena: arena))
            // In two parts, as a loader reads a large tensor.
            let half = bytes.count / rows * 16
            bytes[..<half].withUnsafeBytes { matrix.pack($0, type: type, firstRow: 0) }
            bytes[half...].withUnsafeBytes { matrix.pack($0, type: type, firstRow: 16) }
            return matrix
        }

        /// How far each weight may be from its packed form, apart from the rounding of 32-bit arithmetic.
        var bounds: [Double] {
            let halfPrecision = 0x1p-11
            switch type {
            case .q4_0, .q4_1, .q5_0, .q8_0: return values.map { _ in 0 }
            case .q4_K:
                // With q = 0 a weight is the block's minimum; the rest is its scale by q.
                var withoutNumbers = self
                for index in bytes.indices where index % 144 >= 16 { withoutNumbers.bytes[index] = 0 }
                return zip(withoutNumbers.values, values).map { minimum, value in
                    (abs(Double(minimum)) + abs(Double(value - minimum))) * 1.001 * halfPrecision + 0x1p-25 * 16
                }
            case .q5_1, .q5_K, .q6_K, .f16, .bf16, .f32:
                let values = values
                return values.indices.map { index in
                    let row = index / columns * columns
                    let block = row + (index - row) / 32 * 32
                    let largest = values[block..<min(block + 32, row + columns)].reduce(0) { max($0, abs($1)) }
                    return Double(largest) * (0.5001 / 127 + halfPrecision) + 0x1p-25 * 127
                }
            }
        }
    }

    private func product(_ matrix: PackedMatrix, _ x: [Float], tokens: Int, level: KernelLevel) throws -> [Float] {
        let kernels = try #require(Kernels(level))
        let activations = Activations()
        activations.quantise(x, tokens: tokens, columns: matrix.columns, team: team, kernels: kernels)
        var y = [Float](repeating: .nan, count: tokens * matrix.rows)
        matrix.multiply(activations, into: &y, team: team, kernels: kernels)
        return y
    }

    @Test(arguments: GGMLType.allCases) func packedWeightsAreThoseOfTheFile(type: GGMLType) throws {
        let columns = type.blockLength == 1 ? 75 : max(96, 2 * type.blockLength)
        let tensor = Tensor(type, rows: 33, columns: columns, seed: UInt64(type.rawValue))
        // A row of x with a single 1 has a product that is a column of weights: 127 times a scale of 1 / 127.
        var x = [Float](repeating: 0, count: columns * columns)
        for index in 0..<columns { x[index * columns + index] = 1 }
        let y = try product(tensor.packed(), x, tokens: columns, level: .portable)
        let (values, bounds) = (tensor.values, tensor.bounds)
        for row in 0..<tensor.rows {
            for column in 0..<columns {
                let error = abs(Double(y[column * tensor.rows + row]) - Double(values[row * columns + column]))
                #expect(error <= bounds[row * columns + column] + 1e-6)
            }
        }
    }

    @Test(arguments: levels, GGMLType.allCases) func packedProducts(level: KernelLevel, type: GGMLType) throws {
        let columns = type.blockLength == 1 ? 610 : 2 * max(256, type.blockLength)
        for tokens in [1, 11] {
            let tensor = Tensor(type, rows: 37, columns: columns, seed: UInt64(type.rawValue) + 100)
            var random = TestRandom(seed: UInt64(tokens))
            let x = random.floats(tokens * columns, in: -3...3)
            let y = try product(tensor.packed(), x, tokens: tokens, level: level)
            let (values, bounds) = (tensor.values, tensor.bounds)
            for token in 0..<tokens {
                // Half a step of the 8-bit activations: of each block its largest number by 254.
                let steps = stride(from: 0, to: columns, by: 32).map { start in
                    x[token * columns + start..<token * columns + min(start + 32, columns)].reduce(0) {
                        max($0, abs($1))
                    } / 254
                }
                for row in 0..<tensor.rows {
                    var (want, bound) = (0.0, 1e-4)
                    for column in 0..<columns {
                        let weight = Double(values[row * columns + column])
                        let number = Double(x[token * columns + column])
                        want += weight * number
                        bound += bounds[row * columns + column] * abs(number) * 1.01
                        bound += abs(weight) * Double(steps[column / 32]) * 1.01
                    }
                    #expect(abs(Double(y[token * tensor.rows + row]) - want) <= bound)
                }
            }
        }
    }
}
