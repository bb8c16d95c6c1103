import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing

/// Every tensor type of the reader on both paths. What a block's bytes stand for is tested against gguf-py in GGUFTests.
@Suite struct TensorTypesTests {
    private let team = ThreadTeam(threads: 2)

    /// Random blocks whose numbers are near 0 and of a variance near 1 / 256.
    private func blocks(_ type: GGMLType, count: Int, _ random: inout TestRandom) -> [UInt8] {
        var bytes = (0..<count * type.blockBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // Where a block keeps its 16-bit factors, and what they are: such that the mean is 0.
        let factors: [(offset: Int, value: Float)] =
            switch type {
            case .q5_0: [(0, 0.0068)]
            case .q5_1: [(0, 0.0068), (2, -0.0068 * 15.5)]
            case .q4_K: [(0, 0.0003), (2, 0.0003 * 7.5)]
            case .q5_K: [(0, 0.00015), (2, 0.00015 * 15.5)]
            case .q6_K: [(208, 0.00005)]
            default: []
            }
        for block in 0..<count {
            for (offset, value) in factors {
                let half = HalfPrecision.half(value)
                bytes[block * type.blockBytes + offset] = UInt8(truncatingIfNeeded: half)
                bytes[block * type.blockBytes + offset + 1] = UInt8(truncatingIfNeeded: half >> 8)
            }
        }
        return bytes
    }

    /// The tiny model, wide enough for blocks of 256 numbers, with all its matrices of one type.
    private func file(_ type: GGMLType) throws -> GGUFFile {
        let shape = TinyModel.Shape(
            blockCount: 2, width: 256, headCount: 8, keyValueHeadCount: 2, feedForwardWidth: 256)
        guard [.q5_0, .q5_1, .q4_K, .q5_K, .q6_K].contains(type) else {
            return try TinyModel.file(shape: shape, type: type)
        }
        let plain = try TinyModel.file(shape: shape)
        var random = TestRandom(seed: UInt64(type.rawValue))
        var writer = GGUFWriter()
        for key in plain.metadataKeys { writer.set(key, try #require(plain.value(key))) }
        for tensor in plain.tensors {
            let isMatrix = tensor.rows > 1
            let bytes =
                isMatrix
                ? blocks(type, count: tensor.elementCount / type.blockLength, &random)
                : plain.withTensorBytes(tensor) { Array($0) }
            try writer.add(
                name: tensor.name, type: isMatrix ? type : tensor.type, shape: tensor.shape, bytes: bytes)
        }
        return try GGUFFile(bytes: writer.bytes())
    }

    @Test(arguments: GGMLType.allCases) func bothPathsReadEveryType(type: GGMLType) throws {
        let file = try file(type)
        let prompt: [Int32] = [1, 77, 30, 5, 200, 31, 8, 2, 99]
        let logits = try [BaseModel.Precision.reference, .fast].map { precision in
            let model = try BaseModel(file: file, precision: precision, team: team)
            return model.head(try model.forward(prompt, cache: model.makeCache(capacity: 16), wanted: .all).finals)
        }
        let size = logits[0].values.map(abs).max() ?? 0
        let error = zip(logits[0].values, logits[1].values).map { abs($0 - $1) }.max() ?? 0
        #expect(size > 0.5 && size.isFinite && error < 0.06 * size, "\(error) of \(size)")
        // The reference's head is a product with what the reader makes of the blocks.
        let reference = try BaseModel(file: file, precision: .reference, team: team)
        let state = Matrix(rows: 1, columns: 256, values: (0..<256).map { Float($0 % 7) - 3 })
        let rows = try reference.headRows([5, 300])
        let norm = (state.values.reduce(0) { $0 + $1 * $1 } / 256).squareRoot()
        let head = reference.head(state).row(0)
        for (index, id) in [5, 300].enumerated() {
            let product = zip(rows.row(index), zip(state.values, reference.finalNormWeight)).reduce(Float(0)) {
                $0 + $1.0 * $1.1.0 / norm * $1.1.1
            }
            #expect(abs(product - head[id]) < 1e-3)
        }
    }
}
