/// Turns a terminal's bytes into keys.
///
/// Pure: bytes go in as they come, in pieces of any size; keys come out as soon as they are certain. What is not certain
/// yet (a lone ESC, half a sequence, half a character, an open paste) waits; the caller calls `flush()` when no byte came for
/// `pendingMilliseconds`. Understands the key sequences of xterm, the Linux console, rxvt, tmux, screen and kitty's CSI u.
public struct InputDecoder: Sendable {
    /// A sequence longer than this is no key.
    static let longestSequence = 32
    /// An answer of the terminal longer than this is none.
    static let longestAnswer = 256
    /// A paste is handed on in parts of at most this many bytes.
    static let longestPaste = 1 << 20

    private var pending: [UInt8] = []
    /// The bytes of an open bracketed paste; nil where none is open.
    private var pasted: [UInt8]?
    /// Typed characters not handed on yet, so that scalars that came together make one grapheme.
    private var typed = ""

    /// A decoder without anything pending.
    public init() {}

    /// How long to wait for more bytes before `flush()`; nil where nothing is pending.
    public var pendingMilliseconds: Int? {
        if pasted != nil { return 1000 }
        // An answer of the terminal comes from far away, in pieces; no key begins like it.
        if pending.count > 2, pending.starts(with: [0x1B, 0x5D]) { return 300 }
        return pending.isEmpty ? nil : 30
    }

    /// Takes bytes and returns the keys that are certain.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending.append(contentsOf: bytes)
        return drain(final: false)
    }

    /// Nothing more came: what is pending is all there is.
    public mutating func flush() -> [Key] {
        if let open = pasted {
            let rest = pending
            pending = []
            pasted = nil
            let text = Self.pasteText(open + rest)
            return text.isEmpty ? [] : [.paste(text)]
        }
        return drain(final: true)
    }

    private mutating func drain(final: Bool) -> [Key] {
        var keys: [Key] = []
        var position = 0
        while position < pending.count {
            if pasted != nil {
                position = takePaste(from: position, &keys)
                if pasted != nil { break }
                continue
            }
            var step = KeySequence.parse(pending[position...])
            if step == .incomplete {
                guard final else { break }
                step = KeySequence.resolve(pending[position...])
            }
            switch step {
            case .incomplete: position = pending.count
            case .scalar(let scalar, let length):
                typed.unicodeScalars.append(scalar)
                position += length
            case .key(let key, let length):
                handOnTyped(&keys)
                keys.append(key)
                position += length
            case .pasteStart(let length):
                handOnTyped(&keys)
                pasted = []
                position += length
            case .ignored(let length): position += length
            }
        }
        pending.removeFirst(position)
        handOnTyped(&keys)
        return keys
    }

    private mutating func handOnTyped(_ keys: inout [Key]) {
        for character in typed { keys.append(.character(character)) }
        typed = ""
    }

    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    /// Takes pasted bytes from `position` on and returns the first byte not taken: the one after the end mark, or a piece
    /// that may become one.
    private mutating func takePaste(from position: Int, _ keys: inout [Key]) -> Int {
        guard var open = pasted else { return position }
        pasted = nil
        var index = position
        while index < pending.count {
            if pending[index] == 0x1B {
                let rest = pending[index...].prefix(Self.pasteEnd.count)
                if rest.elementsEqual(Self.pasteEnd) {
                    let text = Self.pasteText(open)
                    if !text.isEmpty { keys.append(.paste(text)) }
                    return index + Self.pasteEnd.count
                }
                if Self.pasteEnd.starts(with: rest) { break }
            }
            let beginsCharacter = pending[index] & 0xC0 != 0x80
            if open.count >= Self.longestPaste && beginsCharacter {
                keys.append(.paste(Self.pasteText(open)))
                open = []
            }
            open.append(pending[index])
            index += 1
        }
        pasted = open
        return index
    }

    /// The bytes as text: broken UTF-8 becomes U+FFFD, line ends `\n`, other control characters but tabs go.
    private static func pasteText(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0D: text.append("\n")
            case 0x0A: if !afterReturn { text.append("\n") }
            case 0x09: text.append(scalar)
            case 0..<0x20, 0x7F..<0xA0: break
            default: text.append(scalar)
            }
            afterReturn = scalar.value == 0x0D
        }
        return String(text)
    }
}
