/// SentencePiece's notation, in which model files write their tokens: `▁` (U+2581) stands for the space, `<0x0A>` for a
/// byte of a character that has no token.
enum SpaceMark {
    private static let mark: (UInt8, UInt8, UInt8) = (0xE2, 0x96, 0x81)

    /// Calls `emit` for every byte of the text that `text` (UTF-8) stands for.
    @inline(__always)
    static func decode(_ text: Span<UInt8>, _ emit: (UInt8) -> Void) {
        var index = 0
        while index < text.count {
            if index + 2 < text.count, (text[index], text[index + 1], text[index + 2]) == mark {
                emit(0x20)
                index += 3
            } else {
                emit(text[index])
                index += 1
            }
        }
    }

    /// The byte that `text` stands for, nil if it is not of the form `<0x0A>`.
    static func byte(_ text: Span<UInt8>) -> UInt8? {
        guard text.count == 6, text[0] == UInt8(ascii: "<"), text[1] == UInt8(ascii: "0"), text[2] == UInt8(ascii: "x"),
            text[5] == UInt8(ascii: ">"), let high = digit(text[3]), let low = digit(text[4])
        else { return nil }
        return high << 4 | low
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        Character(UnicodeScalar(character)).hexDigitValue.map { UInt8(truncatingIfNeeded: $0) }
    }
}
