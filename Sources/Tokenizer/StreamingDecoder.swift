/// Turns tokens into text as they come, keeping back the bytes of a character that is not whole yet.
///
/// All that `push` and `finish` return, put together, is the text of all tokens. A space at its beginning stays, unlike in
/// `Tokenizer.decode`: what comes token by token continues a text.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private var pending: [UInt8] = []

    /// A decoder at the beginning of a text.
    public init(tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    /// The text that `id` completes. Bytes that can no longer become a character are U+FFFD.
    public mutating func push(_ id: Int32) -> String {
        push(bytes: tokenizer.bytes(of: id))
    }

    /// The text that `bytes` complete.
    public mutating func push(bytes: [UInt8]) -> String {
        pending.append(contentsOf: bytes)
        let whole = pending.count - Self.unfinishedCount(pending)
        defer { pending.removeFirst(whole) }
        return String(decoding: pending[..<whole], as: UTF8.self)
    }

    /// What is left: U+FFFD if the text ends inside of a character, otherwise nothing.
    public mutating func finish() -> String {
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character without finishing it: at most three.
    private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let start = bytes.count - count
            guard let needed = length(lead: bytes[start]) else { continue }
            let isUnfinished = needed > count && (count < 2 || isSecond(bytes[start + 1], after: bytes[start]))
            return isUnfinished ? count : 0
        }
        return 0
    }

    /// The bytes of a character that begins with `lead`, nil for a byte that continues one. Bytes that are never in
    /// UTF-8 count as characters of one byte.
    private static func length(lead: UInt8) -> Int? {
        switch lead {
        case 0x80...0xBF: nil
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Whether `byte` may follow `lead`: not all may, lest a character have two forms or a value that is none.
    private static func isSecond(_ byte: UInt8, after lead: UInt8) -> Bool {
        switch lead {
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: (0x80...0xBF).contains(byte)
        }
    }
}
