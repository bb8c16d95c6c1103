import GGUF

/// What a token is for, by GGUF's numbers.
enum TokenKind: UInt8, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6

    /// Tokens that are not text: they print nothing, and only a template puts them into a prompt.
    var isControl: Bool { self == .control || self == .unknown }
}

/// The bytes of every token in one array, and a hash table from bytes to ids.
struct Vocabulary: Sendable {
    /// How a model file writes text tokens.
    enum Notation {
        /// Every byte as one printable character (`ByteLevelAlphabet`).
        case byteLevel
        /// Text with `▁` for the space, and bytes as `<0x0A>` (`SpaceMark`).
        case spaceMark
    }

    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]
    private(set) var kinds: [TokenKind]
    /// Open addressing: ids, -1 where free. Control, user-defined and SentencePiece's byte tokens are not in it.
    private var slots: [Int32]
    /// The id of each single byte, -1 where the vocabulary has none.
    private(set) var idOfByte = [Int32](repeating: -1, count: 256)

    var count: Int { kinds.count }

    init(texts: GGUFArray, kinds: [TokenKind], notation: Notation) {
        self.kinds = kinds
        slots = [Int32](repeating: -1, count: hashTableSize(kinds.count))
        bytes.reserveCapacity(kinds.count * 8)
        starts.reserveCapacity(kinds.count + 1)
        let alphabet = ByteLevelAlphabet.Decoder()
        texts.withEachString { id, text in
            let kind = kinds[id]
            let start = bytes.count
            var hash = ByteHash()
            func append(_ byte: UInt8) {
                bytes.append(byte)
                hash.combine(byte)
            }
            if kind.isControl || (kind == .userDefined && notation == .byteLevel) {
                for index in text.indices { bytes.append(text[index]) }
            } else if notation == .byteLevel {
                alphabet.decode(text, 0..<text.count, append)
            } else if kind == .byte, let byte = SpaceMark.byte(text) {
                bytes.append(byte)
            } else {
                SpaceMark.decode(text, append)
            }
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
            guard !kind.isControl, kind != .userDefined, bytes.count > start else { return }
            // SentencePiece makes only normal tokens out of text, and byte tokens out of what is left.
            if notation == .byteLevel || kind == .normal { insert(Int32(truncatingIfNeeded: id), hash) }
            if notation == .byteLevel || kind == .byte, bytes.count == start + 1, idOfByte[Int(bytes[start])] < 0 {
                idOfByte[Int(bytes[start])] = Int32(truncatingIfNeeded: id)
            }
        }
    }

    /// Where the bytes of token `id` lie, nil for an id outside of the vocabulary.
    private func range(of id: Int32) -> Range<Int>? {
        guard id >= 0, Int(id) < count else { return nil }
        return Int(starts[Int(id)])..<Int(starts[Int(id) + 1])
    }

    /// The bytes of token `id`, the literal text of control tokens; empty for an id outside of the vocabulary.
    func bytes(of id: Int32) -> ArraySlice<UInt8> {
        range(of: id).map { bytes[$0] } ?? []
    }

    /// The id of the text token whose bytes are `key[range]`, of which `hash` is the hash.
    func id(of key: [UInt8], _ range: Range<Int>, _ hash: ByteHash) -> Int32? {
        let mask = slots.count - 1
        var slot = hash.slot & mask
        while slots[slot] >= 0 {
            if isEqual(slots[slot], key, range) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The id of the text token whose bytes are `key[range]`.
    func id(of key: [UInt8], _ range: Range<Int>) -> Int32? {
        var hash = ByteHash()
        for index in range { hash.combine(key[index]) }
        return id(of: key, range, hash)
    }

    private func isEqual(_ id: Int32, _ key: [UInt8], _ range: Range<Int>) -> Bool {
        let start = Int(starts[Int(id)])
        guard Int(starts[Int(id) + 1]) - start == range.count else { return false }
        for offset in 0..<range.count where bytes[start + offset] != key[range.lowerBound + offset] { return false }
        return true
    }

    /// Of two tokens with the same bytes the first is found.
    private mutating func insert(_ id: Int32, _ hash: ByteHash) {
        let mask = slots.count - 1
        var slot = hash.slot & mask
        let start = Int(starts[Int(id)])
        while slots[slot] >= 0 {
            if isEqual(slots[slot], bytes, start..<bytes.count) { return }
            slot = (slot + 1) & mask
        }
        slots[slot] = id
    }
}

/// The hash of a string of bytes (FNV-1a), byte by byte, so that the hash of a concatenation continues that of its
/// beginning.
struct ByteHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    var slot: Int { Int(truncatingIfNeeded: (state ^ (state >> 32)) & 0x7FFF_FFFF) }
}

/// The power of two that leaves a hash table of `count` entries at most three quarters full.
func hashTableSize(_ count: Int) -> Int {
    var size = 16
    while size * 3 < count * 4 { size *= 2 }
    return size
}
