import GGUF

/// The merges of byte-pair encoding: which neighbouring tokens join, in which order, to what.
struct MergeTable: Sendable {
    /// By rank: the two tokens, left in the upper half.
    private var pairs: [UInt64] = []
    /// By rank: the token they become.
    private var results: [Int32] = []
    /// Open addressing: ranks, -1 where free.
    private var slots: [Int32]

    /// The merges of `texts` ("left right", in order of rank). One whose tokens are not in the vocabulary can never be
    /// applied and is left out; the index of the first that is malformed is the error.
    init(texts: GGUFArray, vocabulary: Vocabulary) throws(TokenizerError) {
        slots = [Int32](repeating: -1, count: hashTableSize(texts.count))
        pairs.reserveCapacity(texts.count)
        results.reserveCapacity(texts.count)
        let decoder = ByteLevelAlphabet.Decoder()
        var scratch: [UInt8] = []
        var malformed: Int?
        texts.withEachString { index, text in
            // The space of byte-level notation is another character, so the first space is the separator.
            guard text.count >= 3, let space = (1..<text.count - 1).first(where: { text[$0] == 0x20 }) else {
                if malformed == nil { malformed = index }
                return
            }
            scratch.removeAll(keepingCapacity: true)
            var (left, right) = (ByteHash(), ByteHash())
            decoder.decode(text, 0..<space) {
                scratch.append($0)
                left.combine($0)
            }
            let middle = scratch.count
            var whole = left
            decoder.decode(text, space + 1..<text.count) {
                scratch.append($0)
                right.combine($0)
                whole.combine($0)
            }
            if let leftID = vocabulary.id(of: scratch, 0..<middle, left),
                let rightID = vocabulary.id(of: scratch, middle..<scratch.count, right),
                let result = vocabulary.id(of: scratch, 0..<scratch.count, whole)
            {
                insert(Self.key(leftID, rightID), result)
            }
        }
        if let malformed { throw .malformedMerge(index: malformed) }
    }

    /// The merge of two neighbours, nil if they do not merge.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> PairMerger.Merge? {
        let key = Self.key(left, right)
        let mask = slots.count - 1
        var slot = Self.slot(key) & mask
        while slots[slot] >= 0 {
            let rank = Int(slots[slot])
            if pairs[rank] == key {
                return PairMerger.Merge(rank: UInt32(truncatingIfNeeded: rank), result: results[rank])
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private static func slot(_ key: UInt64) -> Int {
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 33)
    }

    /// Of two merges of the same tokens the first counts.
    private mutating func insert(_ key: UInt64, _ result: Int32) {
        let mask = slots.count - 1
        var slot = Self.slot(key) & mask
        while slots[slot] >= 0 {
            if pairs[Int(slots[slot])] == key { return }
            slot = (slot + 1) & mask
        }
        slots[slot] = Int32(truncatingIfNeeded: pairs.count)
        pairs.append(key)
        results.append(result)
    }
}
