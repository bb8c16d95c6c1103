/// A text that grows at its end, with its rows: appending wraps the last paragraph only.
///
/// The spans are what is stored; the rows are derived, again whenever the width changes.
public struct WrappedText: Sendable {
    /// The spans as they were appended.
    public private(set) var spans: [Span] = []
    /// The width that the rows are made for.
    public private(set) var columns: Int
    private var finished: [[Span]] = []
    private var paragraph: [Span] = []
    private var last: [[Span]] = [[]]

    /// An empty text: one empty row.
    public init(columns: Int) { self.columns = max(1, columns) }

    /// All rows; at least one.
    public var rows: [[Span]] { finished + last }

    /// How many rows there are.
    public var rowCount: Int { finished.count + last.count }

    /// One row; empty outside of the text.
    public func row(_ index: Int) -> [Span] {
        if index < 0 || index >= rowCount { return [] }
        return index < finished.count ? finished[index] : last[index - finished.count]
    }

    /// Appends a piece. A grapheme begun by the piece before and completed by this one takes this one's role.
    public mutating func append(_ span: Span) {
        guard !span.text.isEmpty else { return }
        spans.append(span)
        add(span)
        last = Wrapping.rows(of: paragraph, columns: columns)
    }

    /// Makes the rows for another width.
    public mutating func resize(columns: Int) {
        let columns = max(1, columns)
        guard columns != self.columns else { return }
        self.columns = columns
        finished = []
        paragraph = []
        for span in spans { add(span) }
        last = Wrapping.rows(of: paragraph, columns: columns)
    }

    /// Moves what is before the last newline to the finished rows.
    private mutating func add(_ span: Span) {
        guard let newline = span.text.lastIndex(where: { $0 == "\n" || $0 == "\r\n" }) else {
            paragraph.append(span)
            return
        }
        let rest = span.text.index(after: newline)
        paragraph.append(Span(String(span.text[..<rest]), span.role, extra: span.extra))
        // Ends in a newline, so its last row is empty: the next paragraph's.
        finished += Wrapping.rows(of: paragraph, columns: columns).dropLast()
        let tail = String(span.text[rest...])
        paragraph = tail.isEmpty ? [] : [Span(tail, span.role, extra: span.extra)]
    }
}
