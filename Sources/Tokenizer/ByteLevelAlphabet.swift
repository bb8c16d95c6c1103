/// GPT-2's byte-level notation, in which model files write their tokens: every byte is one printable character.
/// Bytes that print stand for themselves, the other 68 follow from U+0100 on, so that a space is `Ġ`.
enum ByteLevelAlphabet {
    /// Whether the byte stands for itself.
    private static func isPrintable(_ byte: Int) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }

    /// The byte of each scalar below U+0144, -1 for those that stand for none.
    private static let byteOfScalar: [Int16] = {
        var table = [Int16](repeating: -1, count: 256 + 68)
        var next = 256
        for byte in 0..<256 {
            if isPrintable(byte) {
                table[byte] = Int16(byte)
            } else {
                table[next] = Int16(byte)
                next += 1
            }
        }
        return table
    }()

    /// Turns `text` (UTF-8, in byte-level notation) into bytes. What is not of the alphabet stands for itself.
    struct Decoder {
        private let table = ByteLevelAlphabet.byteOfScalar

        func decode(_ text: Span<UInt8>, _ range: Range<Int>, _ emit: (UInt8) -> Void) {
            var index = range.lowerBound
            while index < range.upperBound {
                let lead = text[index]
                var scalar = Int(lead)
                var length = 1
                if lead >= 0xC2, lead <= 0xC5, index + 1 < range.upperBound {
                    scalar = Int(lead & 0x1F) << 6 | Int(text[index + 1] & 0x3F)
                    length = 2
                } else if lead >= 0x80 {
                    scalar = .max
                }
                if scalar < table.count, table[scalar] >= 0 {
                    emit(UInt8(truncatingIfNeeded: table[scalar]))
                } else {
                    for offset in 0..<length { emit(text[index + offset]) }
                }
                index += length
            }
        }
    }
}
