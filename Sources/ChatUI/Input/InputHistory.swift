/// Messages written before, and the draft that was being written when the person went back to them.
public struct InputHistory: Sendable, Equatable {
    /// Oldest first, without repeats in a row.
    public private(set) var entries: [String]
    private var position: Int?
    private var keptDraft = ""
    /// Entries as they were changed by hand since the history was entered.
    private var changed: [Int: String] = [:]

    /// The most entries kept.
    public static let limit = 500

    /// A history that starts with entries of earlier sessions, oldest first.
    public init(entries: [String] = []) {
        self.entries = Array(entries.suffix(Self.limit))
    }

    /// Remembers a message and leaves the history.
    public mutating func add(_ text: String) {
        position = nil
        keptDraft = ""
        changed = [:]
        guard !text.allSatisfy(\.isWhitespace), entries.last != text else { return }
        entries.append(text)
        if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    }

    /// The entry before the one shown, keeping what is in the draft; nil where there is none.
    public mutating func older(draft: String) -> String? {
        let next = (position ?? entries.count) - 1
        guard entries.indices.contains(next) else { return nil }
        keep(draft)
        position = next
        return changed[next] ?? entries[next]
    }

    /// The entry after the one shown, the kept draft after the last; nil where the history was not entered.
    public mutating func newer(draft: String) -> String? {
        guard let current = position else { return nil }
        keep(draft)
        guard entries.indices.contains(current + 1) else {
            position = nil
            return keptDraft
        }
        position = current + 1
        return changed[current + 1] ?? entries[current + 1]
    }

    /// What was changed by hand is there again when the person comes back to it.
    private mutating func keep(_ draft: String) {
        guard let position else { return keptDraft = draft }
        if entries.indices.contains(position), entries[position] != draft { changed[position] = draft }
    }
}
