import GGUF

/// Text to tokens as SentencePiece does it for byte-pair models (`tokenizer.ggml.model` = `llama`): of all neighbours
/// that make a token, those that make the one of best score join first (Kudo and Richardson, arXiv 1808.06226). What
/// is no token in the end is written by its bytes.
struct SentencePieceEncoder: Sendable {
    /// Whether a text begins with a space of its own, so that its first word is like any other.
    let addsSpacePrefix: Bool
    /// By id: the better the score, the lower.
    private let ranks: [UInt32]
    /// What stands for text that the vocabulary lacks.
    private let unknown: Int32?

    init(file: GGUFFile, vocabulary: Vocabulary) throws(TokenizerError) {
        let key = "tokenizer.ggml.scores"
        guard let scores = file.floats(key) else { throw .missing(key: key) }
        guard scores.count == vocabulary.count else {
            throw .wrongCount(key: key, expected: vocabulary.count, found: scores.count)
        }
        ranks = scores.map(Self.rank)
        addsSpacePrefix = file.bool("tokenizer.ggml.add_space_prefix") ?? true
        unknown = vocabulary.kinds.firstIndex(of: .unknown).map { Int32(truncatingIfNeeded: $0) }
    }

    /// A number that is lower for a better score.
    private static func rank(_ score: Float) -> UInt32 {
        guard !score.isNaN else { return .max - 1 }
        // The bits of positive numbers ascend with them, those of negative ones descend; -0 becomes 0.
        let bits = (score + 0).bitPattern
        return min(bits >> 31 == 0 ? 0x7FFF_FFFF - bits : bits, .max - 1)
    }

    /// Appends the tokens of the text `bytes`, which a space precedes if `withPrefix`.
    func encode(
        _ bytes: Span<UInt8>, withPrefix: Bool, _ vocabulary: Vocabulary, _ merger: inout PairMerger,
        into ids: inout [Int32]
    ) {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 1)
        if withPrefix { text.append(0x20) }
        // A mark in the text itself is a space to SentencePiece too.
        SpaceMark.decode(bytes) { text.append($0) }
        let starts = Self.characterStarts(text)
        let characters = zip(starts, starts.dropFirst()).lazy.map { vocabulary.id(of: text, $0..<$1) ?? -1 }
        var isUnknown = false
        merger.merge(
            characters,
            find: { pair in
                let range = starts[pair.range.lowerBound]..<starts[pair.range.upperBound]
                return vocabulary.id(of: text, range).map { PairMerger.Merge(rank: ranks[Int($0)], result: $0) }
            },
            emit: { id, range in
                let wasUnknown = isUnknown
                isUnknown = false
                if id >= 0 {
                    ids.append(id)
                    return
                }
                let bytes = text[starts[range.lowerBound]..<starts[range.upperBound]]
                if bytes.allSatisfy({ vocabulary.idOfByte[Int($0)] >= 0 }) {
                    for byte in bytes { ids.append(vocabulary.idOfByte[Int(byte)]) }
                } else if let unknown {
                    // A stretch of unknown characters is one token.
                    isUnknown = true
                    if !wasUnknown { ids.append(unknown) }
                }
            })
    }

    /// Where the characters of the UTF-8 text `bytes` begin, and its end.
    private static func characterStarts(_ bytes: [UInt8]) -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(bytes.count + 1)
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 || index == 0 { starts.append(index) }
        starts.append(bytes.count)
        return starts
    }
}
