/// What can go wrong with a GGUF file.
public enum GGUFError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or mapped; `reason` is the system's.
    case cannotRead(path: String, reason: String)
    /// The file is not a well-formed GGUF file: what is wrong, and at which byte.
    case malformed(path: String, problem: GGUFProblem, offset: Int)
    /// The file cannot be written; `reason` is the system's. Nothing half-written is left behind.
    case cannotWrite(path: String, reason: String)
    /// A tensor given to `GGUFWriter` cannot be written as asked.
    case invalidTensor(name: String, reason: String)

    /// One sentence: what, where, what to do.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            "cannot read \(printable(path)): \(reason)"
        case .malformed(let path, let problem, let offset):
            "\(printable(path)) is not a usable GGUF file, at byte \(offset): \(problem)"
        case .cannotWrite(let path, let reason):
            "cannot write \(printable(path)): \(reason)"
        case .invalidTensor(let name, let reason):
            "cannot write tensor \(printable(name)): \(reason)"
        }
    }
}

/// What is wrong inside a GGUF file.
public enum GGUFProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file does not begin with "GGUF".
    case wrongMagic
    /// A version other than 2 and 3.
    case unsupportedVersion(UInt32)
    /// The file ends inside `what`.
    case truncated(what: String, needed: UInt64, available: Int)
    /// A count or length that this file cannot hold.
    case absurdCount(what: String, count: UInt64)
    /// Bytes that are not UTF-8 where a name stands.
    case invalidText(what: String)
    /// The value of `key` has a type that GGUF does not define.
    case unknownValueType(key: String, raw: UInt32)
    /// The value of `key` has arrays in arrays, too deeply.
    case nestedTooDeeply(key: String)
    /// `key` stands there twice.
    case duplicateKey(String)
    /// `general.alignment` is not a power of two.
    case invalidAlignment
    /// Two tensors of one name.
    case duplicateTensor(String)
    /// A tensor type that this program cannot read.
    case unsupportedTensorType(tensor: String, raw: UInt32)
    /// Extents that no tensor of this type can have.
    case invalidShape(tensor: String, shape: [UInt64], reason: String)
    /// A tensor whose bytes do not begin at a multiple of the alignment.
    case misaligned(tensor: String, alignment: Int)
    /// A tensor whose bytes are not all in the file.
    case outOfRange(tensor: String, byteCount: UInt64, fileSize: Int)
    /// Two tensors that share bytes.
    case overlapping(tensor: String, other: String)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .wrongMagic:
            return "it does not begin with \"GGUF\"; is it another kind of file?"
        case .unsupportedVersion(let version):
            let hint = version.byteSwapped < 16 ? " (a big-endian file)" : ""
            return "version \(version)\(hint) is not supported; convert it to version 3, little-endian"
        case .truncated(let what, let needed, let available):
            return "the file ends inside \(printable(what)) (\(needed) bytes needed, \(available) left);"
                + " download it again"
        case .absurdCount(let what, let count):
            return "\(printable(what)) is \(count), more than the file can hold; download it again"
        case .invalidText(let what):
            return "\(printable(what)) is not UTF-8 text"
        case .unknownValueType(let key, let raw):
            return "the value of \(printable(key)) has the unknown type \(raw)"
        case .nestedTooDeeply(let key):
            return "the value of \(printable(key)) has arrays nested too deeply"
        case .duplicateKey(let key):
            return "the key \(printable(key)) stands there twice"
        case .invalidAlignment:
            return "general.alignment is not a power of two"
        case .duplicateTensor(let name):
            return "the tensor \(printable(name)) stands there twice"
        case .unsupportedTensorType(let tensor, let raw):
            let all = GGMLType.allCases.map(\.name).joined(separator: ", ")
            return
                "tensor \(printable(tensor)) has the type \(raw), which is not supported; use a file in one of \(all)"
        case .invalidShape(let tensor, let shape, let reason):
            return "tensor \(printable(tensor)) has the shape \(shape): \(reason)"
        case .misaligned(let tensor, let alignment):
            return "the bytes of tensor \(printable(tensor)) do not begin at a multiple of \(alignment)"
        case .outOfRange(let tensor, let byteCount, let fileSize):
            return "the \(byteCount) bytes of tensor \(printable(tensor)) reach beyond the file of \(fileSize) bytes;"
                + " download it again"
        case .overlapping(let tensor, let other):
            return "tensors \(printable(tensor)) and \(printable(other)) overlap"
        }
    }
}

/// Text from a file or a user made safe for a terminal: control characters become `?`, long text is cut.
func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == 512 {
            result.append("…")
            break
        }
        let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
        result.append(isControl ? "?" : scalar)
    }
    return String(result)
}
