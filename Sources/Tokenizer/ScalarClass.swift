/// What the splitting rules tell apart: `\p{L}`, `\p{N}`, `\s` and the rest.
enum ScalarClass: UInt8, Sendable {
    case letter
    case number
    case space
    case other

    init(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = properties.isWhitespace ? .space : .other
        }
    }

    /// The class of an ASCII character.
    @inline(__always)
    init(ascii byte: UInt8) {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A: self = .letter
        case 0x30...0x39: self = .number
        case 0x20, 0x09...0x0D: self = .space
        default: self = .other
        }
    }
}

/// A text as its UTF-8 bytes, the class of every scalar and where each begins.
struct ClassifiedText {
    let bytes: [UInt8]
    private(set) var classes: [ScalarClass] = []
    /// The offset of each scalar, and the end.
    private(set) var starts: [Int] = []

    var count: Int { classes.count }

    /// Classifies the UTF-8 text `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        classes.reserveCapacity(bytes.count)
        starts.reserveCapacity(bytes.count + 1)
        var index = 0
        while index < bytes.count {
            starts.append(index)
            let lead = bytes[index]
            if lead < 0x80 {
                classes.append(ScalarClass(ascii: lead))
                index += 1
                continue
            }
            let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            var value = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
            for place in index + 1..<min(index + length, bytes.count) {
                value = value << 6 | UInt32(bytes[place] & 0x3F)
            }
            classes.append(Unicode.Scalar(value).map { ScalarClass($0) } ?? .other)
            index = min(index + length, bytes.count)
        }
        starts.append(bytes.count)
    }

    /// The scalar at `index` if it is ASCII, 0x80 or more otherwise.
    @inline(__always)
    func ascii(_ index: Int) -> UInt8 { bytes[starts[index]] }
}
