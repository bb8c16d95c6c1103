import GGUF
import Testing

/// The numbers in blocks against gguf-py's (Fixtures/make_types.py).
@Suite struct TypesTests {
    @Test(arguments: GGMLType.allCases.filter { $0 != .f32 })
    func dequantisationMatches(_ type: GGMLType) throws {
        let file = try GGUFFile(path: try fixture("types.gguf"))
        let blocks = try #require(file.tensor("block." + type.name))
        let floats = try #require(file.tensor("float." + type.name))
        #expect(blocks.type == type && blocks.shape == [256, 3])
        let found = file.dequantise(blocks)
        let expected = file.dequantise(floats)
        #expect(found.count == 768 && found == expected)
        #expect(Set(found).count > 50)
        for row in 0..<3 {
            #expect(file.dequantise(blocks, rows: row..<row + 1)[...] == expected[row * 256..<(row + 1) * 256])
        }
    }

    @Test(arguments: [GGMLType.f16, .bf16, .q4_0, .q4_1, .q8_0])
    func quantisationMatches(_ type: GGMLType) throws {
        let file = try GGUFFile(path: try fixture("types.gguf"))
        let source = file.dequantise(try #require(file.tensor("source")))
        let blocks = try #require(file.tensor("block." + type.name))
        var writer = GGUFWriter()
        try writer.add(name: "t", type: type, shape: blocks.shape, values: source)
        let written = try GGUFFile(bytes: writer.bytes())
        let expected = file.withTensorBytes(blocks) { Array($0) }
        #expect(written.withTensorBytes(try #require(written.tensor("t"))) { Array($0) } == expected)
    }

    @Test func metadataOfAnotherWriterIsRead() throws {
        let file = try GGUFFile(path: try fixture("types.gguf"))
        #expect(file.string("test.text") == "Grüße, 世界 🎈")
        #expect(file.integers("test.integers") == [3, -1, 2])
        #expect(file.strings("test.words") == ["", "a", "Ġthe"])
        #expect(file.float("test.double") == 0.1 && file.bool("test.truth") == true)
    }

    /// One block of each simple type, its bytes by hand.
    @Test func blocksByHand() {
        let two: [UInt8] = [0, 0x40]
        let half: [UInt8] = [0, 0x38]
        let pairs = [UInt8](repeating: 0x9F, count: 16)
        let q4_0 = Dequantise.floats(two + pairs, type: .q4_0)
        #expect(q4_0 == Array(repeating: 14, count: 16) + Array(repeating: 2, count: 16))
        let q4_1 = Dequantise.floats(two + half + pairs, type: .q4_1)
        #expect(q4_1 == Array(repeating: 30.5, count: 16) + Array(repeating: 18.5, count: 16))
        let q5_0 = Dequantise.floats(two + [1, 0, 0, 0x80] + pairs, type: .q5_0)
        #expect(q5_0[0] == 30 && q5_0[1] == -2 && q5_0[30] == -14 && q5_0[31] == 18)
        let q5_1 = Dequantise.floats(two + half + [1, 0, 0, 0x80] + pairs, type: .q5_1)
        #expect(q5_1[0] == 62.5 && q5_1[1] == 30.5 && q5_1[30] == 18.5 && q5_1[31] == 50.5)
        let q8_0 = Dequantise.floats(two + (0..<32).map { UInt8(bitPattern: Int8($0) - 16) }, type: .q8_0)
        #expect(q8_0 == (0..<32).map { Float($0 - 16) * 2 })
    }
}
