/// The type of a metadata value, by GGUF's own numbers.
public enum GGUFValueType: UInt32, Sendable, CaseIterable {
    case uint8 = 0
    case int8 = 1
    case uint16 = 2
    case int16 = 3
    case uint32 = 4
    case int32 = 5
    case float32 = 6
    case bool = 7
    case string = 8
    case array = 9
    case uint64 = 10
    case int64 = 11
    case float64 = 12

    /// Bytes of one value, nil for strings and arrays.
    var byteCount: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// A metadata value of a GGUF file.
public enum GGUFValue: Sendable, Equatable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case array(GGUFArray)
    case uint64(UInt64)
    case int64(Int64)
    case float64(Double)

    /// An array of strings.
    public static func strings(_ values: [String]) -> GGUFValue { .array(GGUFArray(values)) }
    /// An array of 32-bit integers.
    public static func int32s(_ values: [Int32]) -> GGUFValue { .array(GGUFArray(values)) }
    /// An array of 32-bit floating-point numbers.
    public static func float32s(_ values: [Float]) -> GGUFValue { .array(GGUFArray(values)) }

    /// The type of this value.
    public var type: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// The integer of any integer type, nil for others and for what `Int` cannot hold.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(value)
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// The integer of any integer type, nil for others and for what is below 0.
    public var unsigned: UInt64? {
        if case .uint64(let value) = self { value } else { integer.flatMap(UInt64.init(exactly:)) }
    }

    /// The number of any floating-point or integer type.
    public var float: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: integer.map(Double.init)
        }
    }
}

/// An array of a GGUF file, in the file's own encoding: nothing is decoded before it is asked for.
public struct GGUFArray: Sendable, Equatable {
    /// The type of every element.
    public let elementType: GGUFValueType
    /// How many elements.
    public let count: Int
    let storage: FileBytes
    let range: Range<Int>

    /// The elements as they stand in the file; the parser has checked every length in there.
    var encoded: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage.buffer[range]) }

    init(elementType: GGUFValueType, count: Int, storage: FileBytes, range: Range<Int>) {
        self.elementType = elementType
        self.count = count
        self.storage = storage
        self.range = range
    }

    private init(elementType: GGUFValueType, count: Int, encoded: [UInt8]) {
        self.init(
            elementType: elementType, count: count, storage: FileBytes(copying: encoded), range: 0..<encoded.count)
    }

    /// An array of strings.
    public init(_ values: [String]) {
        var bytes = [UInt8]()
        for value in values { appendString(value, to: &bytes) }
        self.init(elementType: .string, count: values.count, encoded: bytes)
    }

    /// An array of signed 32-bit integers.
    public init(_ values: [Int32]) {
        var bytes = [UInt8]()
        for value in values { appendInteger(value, to: &bytes) }
        self.init(elementType: .int32, count: values.count, encoded: bytes)
    }

    /// An array of unsigned 32-bit integers.
    public init(_ values: [UInt32]) {
        var bytes = [UInt8]()
        for value in values { appendInteger(value, to: &bytes) }
        self.init(elementType: .uint32, count: values.count, encoded: bytes)
    }

    /// An array of signed 64-bit integers.
    public init(_ values: [Int64]) {
        var bytes = [UInt8]()
        for value in values { appendInteger(value, to: &bytes) }
        self.init(elementType: .int64, count: values.count, encoded: bytes)
    }

    /// An array of bytes.
    public init(_ values: [UInt8]) {
        self.init(elementType: .uint8, count: values.count, encoded: values)
    }

    /// An array of 32-bit floating-point numbers.
    public init(_ values: [Float]) {
        var bytes = [UInt8]()
        for value in values { appendInteger(value.bitPattern, to: &bytes) }
        self.init(elementType: .float32, count: values.count, encoded: bytes)
    }

    /// An array of truth values.
    public init(_ values: [Bool]) {
        self.init(elementType: .bool, count: values.count, encoded: values.map { $0 ? 1 : 0 })
    }

    /// An array of arrays.
    public init(_ values: [GGUFArray]) {
        var bytes = [UInt8]()
        for value in values { appendArray(value, to: &bytes) }
        self.init(elementType: .array, count: values.count, encoded: bytes)
    }

    /// Equal types, counts and bytes.
    public static func == (a: GGUFArray, b: GGUFArray) -> Bool {
        a.elementType == b.elementType && a.count == b.count && a.encoded.elementsEqual(b.encoded)
    }

    /// All strings, nil for an array of another type. Bytes that are not UTF-8 become U+FFFD.
    public var strings: [String]? {
        guard elementType == .string else { return nil }
        var result = [String]()
        result.reserveCapacity(count)
        forEachString { result.append(String(decoding: UnsafeBufferPointer(rebasing: $0), as: UTF8.self)) }
        return result
    }

    /// Calls `body` with the index and the UTF-8 bytes of every string, without an allocation. Nothing is called
    /// for an array of another type.
    public func withEachString(_ body: (_ index: Int, _ bytes: Span<UInt8>) -> Void) {
        var index = 0
        forEachString {
            body(index, UnsafeBufferPointer(rebasing: $0).span)
            index += 1
        }
    }

    /// All integers, nil for an array of another type and for what `Int` cannot hold.
    public var integers: [Int]? {
        switch elementType {
        case .uint8: load(UInt8.self).map { Int($0) }
        case .int8: load(Int8.self).map { Int($0) }
        case .uint16: load(UInt16.self).map { Int($0) }
        case .int16: load(Int16.self).map { Int($0) }
        case .uint32: load(UInt32.self).map { Int($0) }
        case .int32: load(Int32.self).map { Int($0) }
        case .int64: load(Int64.self).map { Int($0) }
        case .uint64:
            load(UInt64.self).contains { $0 > UInt64(Int.max) } ? nil : load(UInt64.self).map { Int($0) }
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// All numbers of a floating-point or integer type as 32-bit numbers, nil for others.
    public var floats: [Float]? {
        switch elementType {
        case .float32: load(UInt32.self).map { Float(bitPattern: $0) }
        case .float64: load(UInt64.self).map { Float(Double(bitPattern: $0)) }
        default: integers?.map { Float($0) }
        }
    }

    /// All truth values, nil for an array of another type.
    public var bools: [Bool]? {
        elementType == .bool ? load(UInt8.self).map { $0 != 0 } : nil
    }

    /// The arrays of an array of arrays, nil for others.
    public var arrays: [GGUFArray]? {
        guard elementType == .array else { return nil }
        var parser = MetadataParser(storage: storage, position: range.lowerBound)
        var result = [GGUFArray]()
        for _ in 0..<count {
            guard let array = try? parser.array(key: "", depth: 1) else { return nil }
            result.append(array)
        }
        return result
    }

    private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> [Number] {
        let bytes = encoded
        return (0..<count).map {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self))
        }
    }

    private func forEachString(_ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Void) {
        guard elementType == .string else { return }
        encoded.withMemoryRebound(to: UInt8.self) { bytes in
            var position = 0
            for _ in 0..<count {
                let length = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
                let start = position + 8
                position = start + Int(UInt64(littleEndian: length))
                body(bytes[start..<position])
            }
        }
    }
}

func appendInteger(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
}

func appendString(_ value: String, to bytes: inout [UInt8]) {
    appendInteger(UInt64(value.utf8.count), to: &bytes)
    bytes.append(contentsOf: value.utf8)
}

func appendArray(_ value: GGUFArray, to bytes: inout [UInt8]) {
    appendInteger(value.elementType.rawValue, to: &bytes)
    appendInteger(UInt64(value.count), to: &bytes)
    bytes.append(contentsOf: value.encoded)
}
