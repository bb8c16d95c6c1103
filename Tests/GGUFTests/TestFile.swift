import Foundation
import GGUF
import TestSupport
import Testing

/// GGUF files by hand, well-formed or not: every number is written as told.
struct TestFile {
    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var keyCount: UInt64?
    var metadata: [[UInt8]] = []
    var tensors: [[UInt8]] = []
    var data: [UInt8] = []
    var alignment = 32

    static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func string(_ text: String) -> [UInt8] {
        integer(UInt64(text.utf8.count)) + Array(text.utf8)
    }

    mutating func add(key: String, type: UInt32, _ value: [UInt8]) {
        metadata.append(Self.string(key) + Self.integer(type) + value)
    }

    mutating func add(tensor: String, shape: [UInt64], type: UInt32 = 0, offset: UInt64) {
        let extents = shape.flatMap { Self.integer($0) }
        tensors.append(
            Self.string(tensor) + Self.integer(UInt32(shape.count)) + extents + Self.integer(type)
                + Self.integer(offset))
    }

    var bytes: [UInt8] {
        var result = magic + Self.integer(version)
        result += Self.integer(tensorCount ?? UInt64(tensors.count)) + Self.integer(keyCount ?? UInt64(metadata.count))
        result += (metadata + tensors).joined()
        result += [UInt8](repeating: 0, count: (alignment - result.count % alignment) % alignment)
        return result + data
    }

    /// What is wrong with the file, nil when it is well-formed.
    var problem: GGUFProblem? {
        do throws(GGUFError) {
            _ = try GGUFFile(bytes: bytes)
            return nil
        } catch {
            #expect(!error.description.contains("\n"))
            guard case .malformed(_, let problem, let offset) = error else {
                Issue.record("another error: \(error)")
                return nil
            }
            #expect((0..<bytes.count).contains(offset))
            return problem
        }
    }
}

/// The path of a fixture.
func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.resourcePath) + "/Fixtures/" + name
}
