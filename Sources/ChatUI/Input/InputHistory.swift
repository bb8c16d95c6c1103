/// Messages written before, and the draft that was being written when the person went back to them.
public struct InputHistory: Sendable, Equatable {
    /// Oldest first, without repeats in a row.
    public private(set) var entries: [String]
    private var position: Int?
    private var keptDraft = ""

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
        guard !text.allSatisfy(\.isWhitespace), entries.last != text else { return }
        entries.append(text)
        if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    }

    /// The entry before the one shown, keeping `draft` on the way in; nil where there is none.
    public mutating func older(draft: String) -> String? {
        let next = (position ?? entries.count) - 1
        guard entries.indices.contains(next) else { return nil }
        if position == nil { keptDraft = draft }
        position = next
        return entries[next]
    }

    /// The entry after the one shown, the kept draft after the last; nil where the history was not entered.
    public mutating func newer() -> String? {
        guard let current = position else { return nil }
        guard entries.indices.contains(current + 1) else {
            position = nil
            return keptDraft
        }
        position = current + 1
        return entries[current + 1]
    }

    /// The draft was changed by hand: it is a draft of its own now.
    public mutating func leave() {
        position = nil
    }
}
