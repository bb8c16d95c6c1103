/// Tokens that are found in a text by their literal form, before it is split into words.
struct SpecialTokens: Sendable {
    private struct Entry: Sendable {
        let bytes: [UInt8]
        let id: Int32
        let isControl: Bool
    }

    /// By first byte, longest first.
    private var entries = [[Entry]](repeating: [], count: 256)
    private var idOfText: [String: Int32] = [:]
    private var hasUserDefined = false

    init(_ vocabulary: Vocabulary) {
        for (index, kind) in vocabulary.kinds.enumerated() where kind.isControl || kind == .userDefined {
            let id = Int32(truncatingIfNeeded: index)
            let bytes = Array(vocabulary.bytes(of: id))
            guard let first = bytes.first else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard idOfText[text] == nil else { continue }
            idOfText[text] = id
            hasUserDefined = hasUserDefined || !kind.isControl
            entries[Int(first)].append(Entry(bytes: bytes, id: id, isControl: kind.isControl))
        }
        for first in entries.indices { entries[first].sort { $0.bytes.count > $1.bytes.count } }
    }

    func id(_ text: String) -> Int32? { idOfText[text] }

    /// Calls `text` and `token` for the parts of `bytes` in order. Control tokens count only with `parseControl`.
    func split(
        _ bytes: [UInt8], parseControl: Bool, text: (Range<Int>) -> Void, token: (Int32) -> Void
    ) {
        guard parseControl || hasUserDefined else {
            if !bytes.isEmpty { text(0..<bytes.count) }
            return
        }
        var textStart = 0
        var index = 0
        while index < bytes.count {
            guard let found = match(bytes, at: index, parseControl: parseControl) else {
                index += 1
                continue
            }
            if textStart < index { text(textStart..<index) }
            token(found.id)
            index += found.bytes.count
            textStart = index
        }
        if textStart < bytes.count { text(textStart..<bytes.count) }
    }

    /// The longest token that stands at `index`.
    private func match(_ bytes: [UInt8], at index: Int, parseControl: Bool) -> Entry? {
        entries[Int(bytes[index])].first { entry in
            (parseControl || !entry.isControl) && entry.bytes.count <= bytes.count - index
                && entry.bytes.indices.allSatisfy { entry.bytes[$0] == bytes[index + $0] }
        }
    }
}
