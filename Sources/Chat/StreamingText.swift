/// A stretch of a reply's text that one token completed.
public struct TextPiece: Sendable, Equatable {
    /// Whole graphemes.
    public var text: String
    /// Index of the token that completed them, in the reply.
    public var token: Int

    /// A stretch of text and the token it belongs to.
    public init(text: String, token: Int) {
        self.text = text
        self.token = token
    }
}

/// Assembles text from token bytes. A grapheme belongs to the token that completes it, so half a character is never
/// shown, and a combining mark that arrives later takes its letter along.
public struct StreamingText: Sendable, Equatable {
    /// Pieces that no later token can change, in order.
    public private(set) var settled: [TextPiece] = []
    /// The last grapheme so far: a later token may still extend it.
    public private(set) var tail: TextPiece?

    /// Bytes from the tail's first one on, each with the token that brought it.
    private var pendingBytes: [UInt8] = []
    private var pendingTokens: [Int] = []

    /// An empty text.
    public init() {}

    /// Everything that can be shown, in order.
    public var pieces: [TextPiece] { tail.map { settled + [$0] } ?? settled }

    /// The whole text.
    public var string: String {
        var text = ""
        for piece in settled { text += piece.text }
        if let tail { text += tail.text }
        return text
    }

    /// Whether there is nothing to show yet.
    public var isEmpty: Bool { settled.isEmpty && tail == nil }

    /// Adds the bytes of one token. Invalid UTF-8 becomes U+FFFD; an incomplete sequence at the end waits.
    public mutating func push(_ bytes: [UInt8], token: Int) {
        pendingBytes += bytes
        pendingTokens += repeatElement(token, count: bytes.count)
        assemble(atEnd: false)
    }

    /// The reply has ended: what waits becomes U+FFFD, and the tail settles.
    public mutating func finish() {
        assemble(atEnd: true)
        if let last = tail { settle(last) }
        tail = nil
        pendingBytes = []
        pendingTokens = []
    }

    private mutating func settle(_ piece: TextPiece) {
        if let last = settled.indices.last, settled[last].token == piece.token {
            settled[last].text += piece.text
        } else {
            settled.append(piece)
        }
    }

    /// Decodes what is pending, settles all of its graphemes but the last, which stays as the tail.
    private mutating func assemble(atEnd: Bool) {
        let complete = atEnd ? pendingBytes.count : pendingBytes.count - Self.incompleteSuffix(of: pendingBytes)
        guard complete > 0 else { return }
        var text = String.UnicodeScalarView()
        var lastByteOfScalar: [Int] = []
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = pendingBytes[..<complete].makeIterator()
        var consumed = 0
        parsing: while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let encoded):
                consumed += encoded.count
                text.append(Unicode.UTF8.decode(encoded))
            case .error(let length):
                consumed += length
                text.append("\u{FFFD}")
            case .emptyInput:
                break parsing
            }
            lastByteOfScalar.append(consumed - 1)
        }
        var scalar = 0
        var start = 0
        tail = nil
        for character in String(text) {
            if let finished = tail { settle(finished) }
            start = scalar == 0 ? 0 : lastByteOfScalar[scalar - 1] + 1
            scalar += character.unicodeScalars.count
            tail = TextPiece(text: String(character), token: pendingTokens[lastByteOfScalar[scalar - 1]])
        }
        pendingBytes.removeFirst(start)
        pendingTokens.removeFirst(start)
    }

    /// Length of a UTF-8 sequence at the end that more bytes could still complete: 0...3.
    private static func incompleteSuffix(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0b1100_0000 == 0b1000_0000 { continue }
            let needed =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            return needed > length ? length : 0
        }
        return 0
    }
}
