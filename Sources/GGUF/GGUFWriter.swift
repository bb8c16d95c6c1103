/// Makes a GGUF file, version 3: metadata in the order of setting, tensors in the order of adding.
public struct GGUFWriter: Sendable {
    private var keys: [String] = []
    private var values: [String: GGUFValue] = [:]
    private var tensors: [Entry] = []
    private var names: Set<String> = []

    private struct Entry: Sendable {
        let name: String
        let type: GGMLType
        let shape: [Int]
        let bytes: [UInt8]
    }

    /// An empty file.
    public init() {}

    /// Sets the metadata value of `key`, in place of an earlier one. `general.alignment`, a power of two, also sets
    /// the alignment of the tensors; without it they begin at multiples of 32 bytes.
    public mutating func set(_ key: String, _ value: GGUFValue) {
        if values.updateValue(value, forKey: key) == nil { keys.append(key) }
    }

    /// Adds a tensor of `values`, row-major with `shape[0]` columns, stored as f32, f16, bf16, q8_0, q4_0 or q4_1.
    public mutating func add(name: String, type: GGMLType, shape: [Int], values: [Float]) throws(GGUFError) {
        guard Quantise.supports(type) else {
            throw .invalidTensor(name: name, reason: "numbers cannot be stored as \(type.name); choose Q8_0")
        }
        let expected = try byteCount(name: name, type: type, shape: shape) / type.blockBytes * type.blockLength
        guard values.count == expected else {
            throw .invalidTensor(
                name: name, reason: "the shape \(shape) needs \(expected) numbers, not \(values.count)")
        }
        if type.blockLength > 1, let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .invalidTensor(name: name, reason: "number \(index) is \(values[index]); only F32, F16, BF16 hold it")
        }
        try add(name: name, type: type, shape: shape, bytes: Quantise.bytes(values, as: type))
    }

    /// Adds a tensor whose blocks are `bytes`, stored as they are.
    public mutating func add(name: String, type: GGMLType, shape: [Int], bytes: [UInt8]) throws(GGUFError) {
        let expected = try byteCount(name: name, type: type, shape: shape)
        guard bytes.count == expected else {
            throw .invalidTensor(name: name, reason: "the shape \(shape) needs \(expected) bytes, not \(bytes.count)")
        }
        guard names.insert(name).inserted else {
            throw .invalidTensor(name: name, reason: "there is already a tensor of this name")
        }
        tensors.append(Entry(name: name, type: type, shape: shape, bytes: bytes))
    }

    /// The whole file.
    public func bytes() -> [UInt8] {
        var result = header()
        for tensor in tensors {
            result.append(contentsOf: tensor.bytes)
            pad(&result)
        }
        return result
    }

    /// Writes the file beside `path` and renames it there when it is safely on disk, so that `path` is never
    /// half-written.
    public func write(to path: String) throws(GGUFError) {
        if let value = values[Header.alignmentKey], !value.isAlignment {
            throw .cannotWrite(path: path, reason: "general.alignment is not a power of two")
        }
        var file = try AtomicFile(path: path)
        try file.append(header())
        for tensor in tensors {
            try file.append(tensor.bytes)
            try file.append([UInt8](repeating: 0, count: aligned(tensor.bytes.count) - tensor.bytes.count))
        }
        try file.commit()
    }

    private var alignment: Int {
        guard let value = values[Header.alignmentKey], value.isAlignment, let number = value.integer else {
            return Header.defaultAlignment
        }
        return number
    }

    private func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    private func pad(_ bytes: inout [UInt8]) {
        bytes.append(contentsOf: repeatElement(0, count: aligned(bytes.count) - bytes.count))
    }

    /// Everything before the tensors' bytes, padded to where they begin.
    private func header() -> [UInt8] {
        var result = Header.magic
        appendInteger(UInt32(3), to: &result)
        appendInteger(UInt64(tensors.count), to: &result)
        appendInteger(UInt64(keys.count), to: &result)
        for key in keys {
            appendString(key, to: &result)
            if let value = values[key] { append(value, to: &result) }
        }
        var offset = 0
        for tensor in tensors {
            appendString(tensor.name, to: &result)
            appendInteger(UInt32(tensor.shape.count), to: &result)
            for extent in tensor.shape { appendInteger(UInt64(extent), to: &result) }
            appendInteger(tensor.type.rawValue, to: &result)
            appendInteger(UInt64(offset), to: &result)
            offset += aligned(tensor.bytes.count)
        }
        pad(&result)
        return result
    }

    private func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
        appendInteger(value.type.rawValue, to: &bytes)
        switch value {
        case .uint8(let number): appendInteger(number, to: &bytes)
        case .int8(let number): appendInteger(number, to: &bytes)
        case .uint16(let number): appendInteger(number, to: &bytes)
        case .int16(let number): appendInteger(number, to: &bytes)
        case .uint32(let number): appendInteger(number, to: &bytes)
        case .int32(let number): appendInteger(number, to: &bytes)
        case .uint64(let number): appendInteger(number, to: &bytes)
        case .int64(let number): appendInteger(number, to: &bytes)
        case .float32(let number): appendInteger(number.bitPattern, to: &bytes)
        case .float64(let number): appendInteger(number.bitPattern, to: &bytes)
        case .bool(let truth): bytes.append(truth ? 1 : 0)
        case .string(let text): appendString(text, to: &bytes)
        case .array(let array): appendArray(array, to: &bytes)
        }
    }

    private func byteCount(name: String, type: GGMLType, shape: [Int]) throws(GGUFError) -> Int {
        switch tensorSize(type: type, shape: shape.map { UInt64(max($0, 0)) }) {
        case .success(let size): return size.byteCount
        case .failure(let refusal):
            throw .invalidTensor(name: name, reason: "the shape \(shape): \(refusal.reason)")
        }
    }
}

extension GGUFValue {
    fileprivate var isAlignment: Bool { integer.map(Header.isAlignment) ?? false }
}
