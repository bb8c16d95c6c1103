import Chat
import Screen

/// Text of one look in a row of the transcript.
struct TranscriptRun: Sendable, Equatable {
    var text: String
    /// The token of the turn's reply that it belongs to; nil for what the program adds.
    var token: Int32?
    /// How it looks where no token says so.
    var role = StyleRole.text
    var extra: Attributes = []

    /// What the program adds.
    init(_ text: String, _ role: StyleRole, extra: Attributes = []) {
        self.text = text
        self.role = role
        self.extra = extra
    }

    /// Text of a reply.
    init(_ run: MarkdownRun, extra: Attributes = []) {
        text = run.text
        token = run.token
        self.extra = Self.attributes(run.style).union(extra)
    }

    /// How Markdown stands out: never by a colour or an underline.
    private static func attributes(_ style: MarkdownStyle) -> Attributes {
        var attributes: Attributes = []
        if style.contains(.strong) { attributes.insert(.bold) }
        if style.contains(.emphasis) { attributes.insert(.italic) }
        if !style.isDisjoint(with: [.faint, .struck]) { attributes.insert(.dim) }
        return attributes
    }

    fileprivate func looksLike(_ other: TranscriptRun) -> Bool {
        token == other.token && role == other.role && extra == other.extra
    }
}

/// One row of the transcript: a mark in the gutter and text beside it.
struct TranscriptRow: Sendable, Equatable {
    /// What stands in the gutter.
    enum Mark: Sendable { case none, question, queued, ghost }
    var mark = Mark.none
    var runs: [TranscriptRun] = []

    /// The first token of a reply in it.
    var firstToken: Int32? { runs.lazy.compactMap(\.token).first }

    /// Adds a run, joined to the last one where both look the same.
    mutating func append(_ run: TranscriptRun) {
        guard !run.text.isEmpty else { return }
        if let last = runs.last, last.looksLike(run) {
            runs[runs.count - 1].text += run.text
        } else {
            runs.append(run)
        }
    }
}

extension [TranscriptRun] {
    /// Columns of the runs side by side.
    var columns: Int { reduce(0) { $0 + TextWidth.columns(of: $1.text) } }
}

/// Rows of runs.
enum TranscriptWrapping {
    /// Word wrap; at least one row.
    static func rows(of runs: [TranscriptRun], columns: Int) -> [TranscriptRow] {
        let units = Wrapping.units(of: runs.map { Span($0.text) })
        return rows(of: runs, units, Wrapping.rowRanges(of: units, columns: columns), columns: columns)
    }

    /// Rows that are cut where they are full, and keep every space: for code.
    static func cutRows(of runs: [TranscriptRun], columns: Int) -> [TranscriptRow] {
        let units = Wrapping.units(of: runs.map { Span($0.text) })
        var ranges: [Range<Int>] = []
        var start = 0
        var used = 0
        for (index, unit) in units.enumerated() {
            let width = Swift.min(unit.width, columns)
            if used + width > columns, index > start {
                ranges.append(start..<index)
                start = index
                used = 0
            }
            used += width
        }
        ranges.append(start..<units.count)
        return rows(of: runs, units, ranges, columns: columns)
    }

    private static func rows(
        of runs: [TranscriptRun], _ units: [Wrapping.Unit], _ ranges: [Range<Int>], columns: Int
    ) -> [TranscriptRow] {
        ranges.map { range in
            var row = TranscriptRow()
            var index = range.lowerBound
            while index < range.upperBound {
                var run = runs[units[index].span]
                let span = units[index].span
                run.text = ""
                while index < range.upperBound, units[index].span == span {
                    run.text += units[index].shown(columns: columns)
                    index += 1
                }
                row.append(run)
            }
            return row
        }
    }
}
