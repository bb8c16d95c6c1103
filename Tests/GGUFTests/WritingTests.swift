import Foundation
import GGUF
import TestSupport
import Testing

@Suite struct WritingTests {
    @Test func writingIsReproducible() throws {
        #expect(try ReadingTests.sample().bytes() == ReadingTests.sample().bytes())
        #expect(try TinyModel.writer(seed: 2).bytes() != TinyModel.writer(seed: 3).bytes())
    }

    @Test func theFileHoldsTheBytesAndReplacesAnOlderOne() throws {
        let path = TinyModel.temporaryPath("sample.gguf")
        defer { TinyModel.remove(path) }
        try GGUFWriter().write(to: path)
        let writer = try ReadingTests.sample()
        try writer.write(to: path)
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == writer.bytes())
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        let name = URL(fileURLWithPath: path).lastPathComponent
        #expect(left.filter { $0.hasPrefix(name) } == [name])
    }

    @Test func aFolderThatIsNotThereIsAnError() throws {
        let path = TinyModel.temporaryPath("none") + "/sample.gguf"
        #expect(
            throws: GGUFError.cannotWrite(
                path: path, reason: "no such file or directory; choose another place or make room")
        ) {
            try GGUFWriter().write(to: path)
        }
    }

    @Test func afterAFailureNothingIsLeft() throws {
        let folder = TinyModel.temporaryPath("folder")
        let target = folder + "/taken"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: GGUFError.self) { try ReadingTests.sample().write(to: target) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
    }

    @Test func theAlignmentKeyIsObeyed() throws {
        var writer = GGUFWriter()
        writer.set("general.alignment", .uint32(256))
        try writer.add(name: "a", type: .f32, shape: [1], values: [1])
        try writer.add(name: "b", type: .f32, shape: [1], values: [2])
        let file = try GGUFFile(bytes: writer.bytes())
        #expect(file.alignment == 256)
        #expect(file.tensors.allSatisfy { $0.offset % 256 == 0 })
        writer.set("general.alignment", .uint32(33))
        #expect(throws: GGUFError.self) { try writer.write(to: TinyModel.temporaryPath("x")) }
    }

    @Test func wrongTensorsAreRefused() throws {
        var writer = GGUFWriter()
        try writer.add(name: "a", type: .f32, shape: [1], values: [1])
        #expect(throws: GGUFError.self) { try writer.add(name: "a", type: .f32, shape: [1], values: [1]) }
        #expect(throws: GGUFError.self) { try writer.add(name: "b", type: .f32, shape: [2], values: [1]) }
        #expect(throws: GGUFError.self) { try writer.add(name: "b", type: .f32, shape: [-2], values: []) }
        #expect(throws: GGUFError.self) { try writer.add(name: "b", type: .f32, shape: [], values: []) }
        #expect(throws: GGUFError.self) {
            try writer.add(name: "b", type: .f32, shape: [.max, .max], values: [])
        }
        #expect(throws: GGUFError.self) {
            try writer.add(name: "b", type: .q8_0, shape: [16], values: [Float](repeating: 0, count: 16))
        }
        #expect(throws: GGUFError.self) {
            try writer.add(name: "b", type: .q4_K, shape: [256], values: [Float](repeating: 0, count: 256))
        }
        #expect(throws: GGUFError.self) { try writer.add(name: "b", type: .q8_0, shape: [32], bytes: [1]) }
        for type in [GGMLType.q8_0, .q4_0, .q4_1] {
            for value in [Float.nan, .infinity] {
                #expect(throws: GGUFError.self) {
                    try writer.add(
                        name: "b", type: type, shape: [32], values: [Float](repeating: value, count: 32))
                }
            }
        }
        #expect(try GGUFFile(bytes: writer.bytes()).tensors.map(\.name) == ["a"])
    }

    @Test(arguments: [GGMLType.q8_0, .q4_0, .q4_1])
    func extremeNumbersDoNotTrap(_ type: GGMLType) throws {
        let numbers: [Float] = [
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0,
            -0.0,
            1e-30, -1e30,
        ]
        for first in numbers {
            for second in numbers {
                var writer = GGUFWriter()
                let block = (0..<32).map { $0 % 3 == 0 ? first : second }
                try writer.add(name: "t", type: type, shape: [32], values: block)
                #expect(writer.bytes().count > 32)
            }
        }
    }

    @Test(arguments: [
        (GGMLType.q8_0, Float(1) / 127), (.q4_0, 1.0 / 8), (.q4_1, 1.0 / 15), (.f16, 1e-3), (.bf16, 1e-2),
    ])
    func theErrorOfStoringIsSmall(_ type: GGMLType, _ bound: Float) throws {
        let values = (0..<512).map { Float(($0 * 7919) % 1024) / 512 - 1 }
        var writer = GGUFWriter()
        try writer.add(name: "t", type: type, shape: [64, 8], values: values)
        let file = try GGUFFile(bytes: writer.bytes())
        let found = file.dequantise(try #require(file.tensor("t")))
        for (value, stored) in zip(values, found) { #expect(abs(value - stored) <= bound * 1.02) }
    }
}
