import GGUF
import TestSupport
import Testing

@Suite struct ReadingTests {
    /// A file with a value of every type.
    static func sample() throws -> GGUFWriter {
        var writer = GGUFWriter()
        writer.set("u8", .uint8(255))
        writer.set("i8", .int8(-128))
        writer.set("u16", .uint16(65535))
        writer.set("i16", .int16(-32768))
        writer.set("u32", .uint32(.max))
        writer.set("i32", .int32(.min))
        writer.set("u64", .uint64(.max))
        writer.set("i64", .int64(.min))
        writer.set("f32", .float32(0.5))
        writer.set("f64", .float64(0.1))
        writer.set("yes", .bool(true))
        writer.set("text", .string("Grüße 🎈"))
        writer.set("words", .strings(["", "a", "Ġthe"]))
        writer.set("ints", .int32s([3, -1]))
        writer.set("wide", .array(GGUFArray([Int64.min, 5])))
        writer.set("unsigned", .array(GGUFArray([UInt32.max])))
        writer.set("bytes", .array(GGUFArray([UInt8](0..<5))))
        writer.set("floats", .float32s([1, -2.5]))
        writer.set("truths", .array(GGUFArray([true, false])))
        writer.set("nested", .array(GGUFArray([GGUFArray(["x", "y"]), GGUFArray([Int32(7)])])))
        writer.set("none", .strings([]))
        try writer.add(name: "matrix", type: .f32, shape: [3, 2], values: [1, 2, 3, 4, 5, 6])
        try writer.add(name: "vector", type: .f16, shape: [5], values: [0.5, -1, 2, 0, 65504])
        try writer.add(name: "cube", type: .q8_0, shape: [32, 2, 2], values: (0..<128).map { Float($0 - 64) })
        return writer
    }

    @Test func everyValueSurvives() throws {
        let file = try GGUFFile(bytes: try Self.sample().bytes())
        #expect(file.version == 3)
        #expect(file.metadataKeys.count == 21)
        #expect(file.integer("u8") == 255 && file.integer("i8") == -128)
        #expect(file.integer("u16") == 65535 && file.integer("i16") == -32768)
        #expect(file.integer("u32") == 4_294_967_295 && file.integer("i32") == -2_147_483_648)
        #expect(file.integer("u64") == nil && file.value("u64") == .uint64(.max))
        #expect(file.integer("i64") == .min)
        #expect(file.float("f32") == 0.5 && file.float("f64") == 0.1 && file.float("u8") == 255)
        #expect(file.bool("yes") == true && file.bool("text") == nil)
        #expect(file.string("text") == "Grüße 🎈" && file.string("u8") == nil)
        #expect(file.strings("words") == ["", "a", "Ġthe"] && file.strings("none") == [])
        #expect(file.integers("ints") == [3, -1] && file.integers("wide") == [.min, 5])
        #expect(file.integers("unsigned") == [4_294_967_295] && file.integers("bytes") == [0, 1, 2, 3, 4])
        #expect(file.floats("floats") == [1, -2.5] && file.floats("ints") == [3, -1])
        #expect(file.array("truths")?.bools == [true, false])
        let nested = try #require(file.array("nested")?.arrays)
        #expect(nested.map(\.strings) == [["x", "y"], nil] && nested.map(\.integers) == [nil, [7]])
        #expect(file.value("absent") == nil && file.strings("ints") == nil)
    }

    @Test func tensorsSurvive() throws {
        let file = try GGUFFile(bytes: try Self.sample().bytes())
        #expect(file.tensors.map(\.name) == ["matrix", "vector", "cube"])
        let matrix = try #require(file.tensor("matrix"))
        #expect(matrix.rows == 2 && matrix.columns == 3 && matrix.byteCount == 24 && matrix.offset % 32 == 0)
        #expect(file.dequantise(matrix) == [1, 2, 3, 4, 5, 6])
        #expect(file.dequantise(matrix, rows: 1..<2) == [4, 5, 6])
        #expect(file.dequantise(matrix, rows: 2..<2) == [])
        let vector = try #require(file.tensor("vector"))
        #expect(vector.rows == 1 && file.dequantise(vector) == [0.5, -1, 2, 0, 65504])
        let cube = try #require(file.tensor("cube"))
        #expect(cube.rows == 4 && cube.rowBytes == 34)
        #expect(file.withTensorBytes(cube) { $0.count } == 136)
        #expect(file.dequantise(cube, rows: 2..<3).count == 32)
        #expect(file.tensor("absent") == nil)
    }

    @Test func stringsComeWithoutDecoding() throws {
        let array = GGUFArray(["", "a", "Ġthe"])
        var lengths: [Int] = []
        array.withEachString { index, bytes in
            #expect(index == lengths.count)
            lengths.append(bytes.count)
        }
        #expect(lengths == [0, 1, 5])
        GGUFArray([Int32(1)]).withEachString { _, _ in Issue.record("there is no string") }
    }

    @Test func versionTwoAndOtherAlignmentsAreRead() throws {
        var file = TestFile()
        file.version = 2
        file.alignment = 64
        file.add(key: "general.alignment", type: 4, TestFile.integer(UInt32(64)))
        file.add(tensor: "t", shape: [2], offset: 64)
        file.data = [UInt8](repeating: 0, count: 64 + 8)
        let opened = try GGUFFile(bytes: file.bytes)
        #expect(opened.version == 2 && opened.alignment == 64)
        #expect(opened.tensor("t").map { $0.offset % 64 } == 0)
    }

    @Test func aMappedFileReadsLikeOneInMemory() throws {
        let path = try TinyModel.temporary(type: .q4_1)
        defer { TinyModel.remove(path) }
        let mapped = try GGUFFile(path: path)
        let memory = try TinyModel.file(type: .q4_1)
        #expect(mapped.tensors == memory.tensors && mapped.metadataKeys == memory.metadataKeys)
        for key in mapped.metadataKeys { #expect(mapped.value(key) == memory.value(key)) }
        for tensor in mapped.tensors {
            let before = mapped.dequantise(tensor)
            mapped.discard()
            #expect(mapped.dequantise(tensor) == before)
            #expect(memory.dequantise(tensor) == before)
        }
    }

    @Test func missingEmptyAndOddFilesAreErrors() throws {
        let path = TinyModel.temporaryPath("none.gguf")
        #expect(
            throws: GGUFError.cannotRead(
                path: path, reason: "no such file or directory; check the name and its permissions")
        ) {
            try GGUFFile(path: path)
        }
        #expect(throws: GGUFError.cannotRead(path: "/tmp", reason: "it is not a regular file")) {
            try GGUFFile(path: "/tmp")
        }
        #expect(throws: GGUFError.self) { try GGUFFile(path: "/dev/null") }
    }

    @Test(.enabled(if: RealModel.path != nil), .tags(.realModel))
    func theRealModelIsRead() throws {
        let file = try GGUFFile(path: try #require(RealModel.path))
        #expect(file.tensors.count == 272 && file.string("general.architecture") == "llama")
        let embedding = try #require(file.tensor("token_embd.weight"))
        #expect(embedding.type == .q8_0 && embedding.shape == [576, 49152])
        let row = file.dequantise(embedding, rows: 314..<315)
        #expect(row[0] == -0.057830810546875 && row[7] == -0.08385467529296875)
    }
}
