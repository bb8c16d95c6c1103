/// What is wrong, and at which byte of the file.
struct Malformation: Error {
    let problem: GGUFProblem
    let offset: Int

    init(_ problem: GGUFProblem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}

/// Reads numbers, strings, arrays and values, checking every length against the bytes that are there.
struct MetadataParser {
    let storage: FileBytes
    private(set) var position: Int

    /// Arrays in arrays deeper than this are refused.
    private static let deepest = 4
    /// GGUF's limit for keys; used for tensor names too.
    private static let longestName = 65535

    init(storage: FileBytes, position: Int) {
        self.storage = storage
        self.position = position
    }

    var remaining: Int { storage.count - position }

    mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self, of what: @autoclosure () -> String
    ) throws(Malformation) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= remaining else {
            throw Malformation(
                .truncated(what: what(), needed: UInt64(size), available: remaining), at: position)
        }
        defer { position += size }
        return Number(littleEndian: storage.buffer.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    /// A count of things of at least `smallest` bytes each, which must fit in the rest of the file.
    mutating func count(smallest: Int, _ what: @autoclosure () -> String) throws(Malformation) -> Int {
        let start = position
        let count = try integer(UInt64.self, of: what())
        guard count <= UInt64(remaining / smallest) else {
            throw Malformation(.absurdCount(what: what(), count: count), at: start)
        }
        return Int(count)
    }

    /// The bytes of a string, length first.
    mutating func stringRange(_ what: @autoclosure () -> String) throws(Malformation) -> Range<Int> {
        let start = position
        let length = try integer(UInt64.self, of: what())
        guard length <= UInt64(remaining) else {
            throw Malformation(.truncated(what: what(), needed: length, available: remaining), at: start)
        }
        defer { position += Int(length) }
        return position..<position + Int(length)
    }

    /// A key or a tensor's name: UTF-8, of limited length.
    mutating func name(_ what: @autoclosure () -> String) throws(Malformation) -> String {
        let start = position
        let range = try stringRange(what())
        guard range.count <= Self.longestName else {
            throw Malformation(.absurdCount(what: "the length of " + what(), count: UInt64(range.count)), at: start)
        }
        guard let text = String(validating: storage.buffer[range], as: UTF8.self) else {
            throw Malformation(.invalidText(what: what()), at: start)
        }
        return text
    }

    mutating func valueType(key: String) throws(Malformation) -> GGUFValueType {
        let start = position
        let raw = try integer(UInt32.self, of: "the type of \(key)")
        guard let type = GGUFValueType(rawValue: raw) else {
            throw Malformation(.unknownValueType(key: key, raw: raw), at: start)
        }
        return type
    }

    mutating func value(key: String) throws(Malformation) -> GGUFValue {
        let what = "the value of \(key)"
        switch try valueType(key: key) {
        case .uint8: return .uint8(try integer(of: what))
        case .int8: return .int8(try integer(of: what))
        case .uint16: return .uint16(try integer(of: what))
        case .int16: return .int16(try integer(of: what))
        case .uint32: return .uint32(try integer(of: what))
        case .int32: return .int32(try integer(of: what))
        case .uint64: return .uint64(try integer(of: what))
        case .int64: return .int64(try integer(of: what))
        case .float32: return .float32(Float(bitPattern: try integer(of: what)))
        case .float64: return .float64(Double(bitPattern: try integer(of: what)))
        case .bool: return .bool(try integer(UInt8.self, of: what) != 0)
        case .string:
            let range = try stringRange(what)
            return .string(String(decoding: storage.buffer[range], as: UTF8.self))
        case .array: return .array(try array(key: key, depth: 0))
        }
    }

    /// An array: element type, count, elements. The elements are checked and stepped over, not decoded.
    mutating func array(key: String, depth: Int) throws(Malformation) -> GGUFArray {
        guard depth < Self.deepest else { throw Malformation(.nestedTooDeeply(key: key), at: position) }
        let type = try valueType(key: key)
        let smallest =
            switch type {
            case .string: 8
            case .array: 12
            default: type.byteCount ?? 1
            }
        let count = try count(smallest: smallest, "the length of \(key)")
        let start = position
        switch type {
        case .string:
            for index in 0..<count { _ = try stringRange("element \(index) of \(key)") }
        case .array:
            for _ in 0..<count { _ = try array(key: key, depth: depth + 1) }
        default:
            position += count * smallest
        }
        return GGUFArray(elementType: type, count: count, storage: storage, range: start..<position)
    }
}
