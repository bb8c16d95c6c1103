/// A GGUF file (version 2 or 3, little-endian), mapped into memory and checked from end to end when it is opened:
/// afterwards no access can leave the file.
public final class GGUFFile: Sendable {
    /// Where the file is, as given; a label for a file in memory.
    public let path: String
    /// The format's version, 2 or 3.
    public let version: UInt32
    /// The tensors in the file's order.
    public let tensors: [TensorInfo]
    /// The metadata keys in the file's order.
    public let metadataKeys: [String]
    /// Tensors begin at multiples of this many bytes.
    public let alignment: Int

    private let storage: FileBytes
    private let values: [String: GGUFValue]
    private let indexOfTensor: [String: Int]

    /// Maps and checks the file at `path`.
    public convenience init(path: String) throws(GGUFError) {
        try self.init(storage: try FileBytes(mapping: path), path: path)
    }

    /// Checks a file that is in memory; `label` stands for its path in errors.
    public convenience init(bytes: [UInt8], label: String = "(memory)") throws(GGUFError) {
        try self.init(storage: FileBytes(copying: bytes), path: label)
    }

    private init(storage: FileBytes, path: String) throws(GGUFError) {
        let header: Header
        do throws(Malformation) {
            header = try Header(storage)
        } catch {
            throw .malformed(path: path, problem: error.problem, offset: error.offset)
        }
        self.path = path
        self.storage = storage
        version = header.version
        alignment = header.alignment
        tensors = header.tensors
        metadataKeys = header.keys
        values = header.values
        indexOfTensor = header.indexOfTensor
    }

    /// The file's size in bytes.
    public var byteCount: Int { storage.count }

    /// The tensor called `name`.
    public func tensor(_ name: String) -> TensorInfo? {
        indexOfTensor[name].map { tensors[$0] }
    }

    /// The metadata value of `key`.
    public func value(_ key: String) -> GGUFValue? { values[key] }

    /// The text of `key`, nil when absent or of another type.
    public func string(_ key: String) -> String? {
        if case .string(let text) = values[key] { text } else { nil }
    }

    /// The integer of `key`, of any integer type.
    public func integer(_ key: String) -> Int? { values[key]?.integer }

    /// The integer of `key`, of any integer type; nil where it is below 0.
    public func unsigned(_ key: String) -> UInt64? { values[key]?.unsigned }

    /// The number of `key`, of any floating-point or integer type.
    public func float(_ key: String) -> Double? { values[key]?.float }

    /// The truth value of `key`.
    public func bool(_ key: String) -> Bool? {
        if case .bool(let value) = values[key] { value } else { nil }
    }

    /// The array of `key`, undecoded.
    public func array(_ key: String) -> GGUFArray? {
        if case .array(let array) = values[key] { array } else { nil }
    }

    /// The strings of `key`, nil when absent or of another type.
    public func strings(_ key: String) -> [String]? { array(key)?.strings }

    /// The integers of `key`, of any integer type.
    public func integers(_ key: String) -> [Int]? { array(key)?.integers }

    /// The numbers of `key`, of any floating-point or integer type.
    public func floats(_ key: String) -> [Float]? { array(key)?.floats }

    /// The raw bytes of `tensor`, which must be one of this file's; valid during `body` only.
    public func withTensorBytes<Result, Failure: Error>(
        _ tensor: TensorInfo, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(tensor.offset + tensor.byteCount <= storage.count, "the tensor belongs to another file")
        return try body(
            UnsafeRawBufferPointer(rebasing: storage.buffer[tensor.offset..<tensor.offset + tensor.byteCount]))
    }

    /// The bytes of rows `rows` of `tensor`, valid during `body`; nothing of them stays in memory.
    public func withRowBytes<Result, Failure: Error>(
        _ tensor: TensorInfo, rows: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.rows, "there are no such rows")
        return try withBytes(
            tensor, in: rows.lowerBound * tensor.rowBytes..<rows.upperBound * tensor.rowBytes, body)
    }

    /// Some bytes of `tensor`, valid during `body`; nothing of them stays in memory.
    public func withBytes<Result, Failure: Error>(
        _ tensor: TensorInfo, in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "the tensor has no such bytes")
        precondition(tensor.offset + tensor.byteCount <= storage.count, "the tensor belongs to another file")
        return try storage.withRead(tensor.offset + range.lowerBound..<tensor.offset + range.upperBound, body)
    }

    /// Rows `rows` of `tensor` as 32-bit numbers, row-major: `rows.count × tensor.columns` of them.
    public func dequantise(_ tensor: TensorInfo, rows: Range<Int>) -> [Float] {
        withRowBytes(tensor, rows: rows) { bytes in
            Dequantise.floats(bytes, type: tensor.type, count: rows.count * tensor.columns)
        }
    }

    /// All of `tensor` as 32-bit numbers, row-major.
    public func dequantise(_ tensor: TensorInfo) -> [Float] {
        dequantise(tensor, rows: 0..<tensor.rows)
    }

    /// Drops the file's resident pages, to be called once the weights are held elsewhere. The bytes stay readable.
    public func discard() { storage.discard() }
}
