import GGUF
import TestSupport
import Testing

/// One malformed file a rule.
@Suite struct MalformedTests {
    /// A well-formed file of two tensors of 8 bytes, 32 apart.
    static func wellFormed() -> TestFile {
        var file = TestFile()
        file.add(key: "k", type: 4, TestFile.integer(UInt32(7)))
        file.add(tensor: "a", shape: [2], offset: 0)
        file.add(tensor: "b", shape: [2], offset: 32)
        file.data = [UInt8](repeating: 0, count: 40)
        return file
    }

    @Test func theBaselineIsWellFormed() {
        #expect(Self.wellFormed().problem == nil)
    }

    @Test func otherKindsOfFiles() {
        var file = Self.wellFormed()
        file.magic = Array("ggml".utf8)
        #expect(file.problem == .wrongMagic)
        file = Self.wellFormed()
        for version: UInt32 in [0, 1, 4, 0x0300_0000] {
            file.version = version
            #expect(file.problem == .unsupportedVersion(version))
        }
        #expect(GGUFProblem.unsupportedVersion(0x0300_0000).description.contains("big-endian"))
        #expect(throws: GGUFError.malformed(path: "x", problem: .wrongMagic, offset: 0)) {
            try GGUFFile(bytes: [], label: "x")
        }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = Self.wellFormed().bytes
        for count in 0..<bytes.count {
            #expect(throws: GGUFError.self, "\(count) bytes") { try GGUFFile(bytes: Array(bytes.prefix(count))) }
        }
    }

    @Test func absurdCounts() {
        var file = Self.wellFormed()
        file.tensorCount = .max
        #expect(file.problem == .absurdCount(what: "the number of tensors", count: .max))
        file.tensorCount = 1 << 40
        #expect(file.problem == .absurdCount(what: "the number of tensors", count: 1 << 40))
        file = Self.wellFormed()
        file.keyCount = 1 << 62
        #expect(file.problem == .absurdCount(what: "the number of metadata values", count: 1 << 62))
        for (type, count): (UInt32, UInt64) in [(0, 1000), (8, 100), (9, 100), (4, .max), (12, 1 << 61)] {
            file = TestFile()
            file.add(key: "k", type: 9, TestFile.integer(type) + TestFile.integer(count))
            #expect(file.problem == .absurdCount(what: "the length of k", count: count))
        }
        file = TestFile()
        file.add(key: "k", type: 8, TestFile.integer(UInt64.max))
        guard case .truncated(let what, .max, _) = file.problem else {
            Issue.record("not refused as truncated")
            return
        }
        #expect(what == "the value of k")
    }

    @Test func keysAndValues() {
        var file = Self.wellFormed()
        file.add(key: "k", type: 4, TestFile.integer(UInt32(7)))
        #expect(file.problem == .duplicateKey("k"))
        file = TestFile()
        file.add(key: "k", type: 13, TestFile.integer(UInt32(7)))
        #expect(file.problem == .unknownValueType(key: "k", raw: 13))
        file = TestFile()
        file.add(key: "k", type: 9, TestFile.integer(UInt32(77)) + TestFile.integer(UInt64(0)))
        #expect(file.problem == .unknownValueType(key: "k", raw: 77))
        file = TestFile()
        file.metadata.append(TestFile.integer(UInt64(2)) + [0xFF, 0xFE] + TestFile.integer(UInt32(0)) + [1])
        #expect(file.problem == .invalidText(what: "metadata key 0"))
        file = TestFile()
        let array = TestFile.integer(UInt32(9)) + TestFile.integer(UInt64(1))
        file.add(key: "k", type: 9, [[UInt8]](repeating: array, count: 100).flatMap { $0 })
        #expect(file.problem == .nestedTooDeeply(key: "k"))
    }

    @Test func alignments() {
        for value: UInt32 in [0, 3, 48, .max] {
            var file = TestFile()
            file.add(key: "general.alignment", type: 4, TestFile.integer(value))
            #expect(file.problem == .invalidAlignment)
        }
        var file = TestFile()
        file.add(key: "general.alignment", type: 8, TestFile.string("32"))
        #expect(file.problem == .invalidAlignment)
        file = Self.wellFormed()
        file.add(tensor: "c", shape: [1], offset: 12)
        #expect(file.problem == .misaligned(tensor: "c", alignment: 32))
    }

    @Test func tensorNames() {
        var file = Self.wellFormed()
        file.add(tensor: "a", shape: [1], offset: 64)
        #expect(file.problem == .duplicateTensor("a"))
    }

    @Test func tensorTypes() {
        for type: UInt32 in [4, 10, 16, 39, .max] {
            var file = TestFile()
            file.add(tensor: "t", shape: [32], type: type, offset: 0)
            file.data = [UInt8](repeating: 0, count: 256)
            #expect(file.problem == .unsupportedTensorType(tensor: "t", raw: type))
        }
    }

    @Test func tensorShapes() {
        func problem(_ shape: [UInt64], type: GGMLType) -> GGUFProblem? {
            var file = TestFile()
            file.add(tensor: "t", shape: shape, type: type.rawValue, offset: 0)
            file.data = [UInt8](repeating: 0, count: 1024)
            return file.problem
        }
        func isInvalidShape(_ problem: GGUFProblem?) -> Bool {
            if case .invalidShape = problem { true } else { false }
        }
        for type in GGMLType.allCases {
            #expect(problem([UInt64(type.blockLength), 2], type: type) == nil)
            #expect(isInvalidShape(problem([0], type: type)))
            #expect(isInvalidShape(problem([256, 0], type: type)))
            #expect(isInvalidShape(problem([.max], type: type)))
            #expect(isInvalidShape(problem([256, 1 << 40, 1 << 40], type: type)))
            #expect(isInvalidShape(problem([1 << 62], type: type)) || type.blockLength > 1)
            if type.blockLength > 1 {
                #expect(isInvalidShape(problem([16], type: type)))
                #expect(isInvalidShape(problem([UInt64(type.blockLength) + 1], type: type)))
            }
        }
        #expect(problem([], type: .f32) == .absurdCount(what: "the number of extents of tensor t", count: 0))
        #expect(
            problem([1, 1, 1, 1, 1], type: .f32)
                == .absurdCount(what: "the number of extents of tensor t", count: 5))
    }

    @Test func tensorPlaces() {
        var file = Self.wellFormed()
        file.add(tensor: "c", shape: [1], offset: 64)
        #expect(file.problem == .outOfRange(tensor: "c", byteCount: 4, fileSize: file.bytes.count))
        for offset: UInt64 in [.max, .max - 31, 1 << 63, 1 << 40] {
            file = Self.wellFormed()
            file.add(tensor: "c", shape: [1], offset: offset)
            #expect(file.problem == .outOfRange(tensor: "c", byteCount: 4, fileSize: file.bytes.count))
        }
        file = Self.wellFormed()
        file.add(tensor: "c", shape: [2], offset: 32)
        #expect(file.problem == .overlapping(tensor: "c", other: "b"))
        file = TestFile()
        file.add(tensor: "b", shape: [2], offset: 32)
        file.add(tensor: "a", shape: [9], offset: 0)
        file.data = [UInt8](repeating: 0, count: 64)
        #expect(file.problem == .overlapping(tensor: "b", other: "a"))
    }

    @Test func messagesAreSafeToPrint() {
        let error = GGUFError.malformed(path: "m.gguf", problem: .duplicateTensor("a\u{1B}[31m\n"), offset: 40)
        #expect(
            error.description
                == "m.gguf is not a usable GGUF file, at byte 40: the tensor a?[31m? stands there twice")
    }
}
