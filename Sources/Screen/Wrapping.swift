/// A piece of text with one meaning.
public struct Span: Sendable, Hashable {
    /// The text; may contain anything.
    public var text: String
    /// What it means.
    public var role: StyleRole
    /// Attributes on top of the theme's.
    public var extra: Attributes

    /// Makes a span.
    public init(_ text: String, _ role: StyleRole = .text, extra: Attributes = []) {
        self.text = text
        self.role = role
        self.extra = extra
    }
}

/// Word wrapping. Text is stored, rows are derived from it.
///
/// Rows break at spaces (which then hang, undrawn), after hyphens inside words and around wide characters; a word longer
/// than a row is cut. `\n` ends a row; the text "a\n" has two rows, "" has one. A grapheme whose scalars come from two spans
/// belongs to the span that completes it.
public enum Wrapping {
    /// The rows of a text, none wider than `columns` (values below 1 count as 1).
    public static func rows(of spans: [Span], columns: Int) -> [[Span]] {
        let units = Self.units(of: spans)
        return rowRanges(of: units, columns: columns).map { range in
            var row: [Span] = []
            for unit in units[range] {
                let text = unit.shown(columns: columns)
                let style = spans[unit.span]
                if let last = row.last, last.role == style.role, last.extra == style.extra {
                    row[row.count - 1].text += text
                } else {
                    row.append(Span(text, style.role, extra: style.extra))
                }
            }
            return row
        }
    }

    /// The rows of a text as ranges of its characters (not bytes), without the spaces and newlines between rows.
    public static func ranges(of text: String, columns: Int) -> [Range<Int>] {
        rowRanges(of: units(of: [Span(text)]), columns: columns)
    }

    /// Where a cursor before character `offset` stands when `text` is wrapped: for text fields. The column stays below `columns`.
    public static func point(ofCharacter offset: Int, in text: String, columns: Int) -> Point {
        let columns = max(1, columns)
        let units = units(of: [Span(text)])
        let offset = min(max(0, offset), units.count)
        let ranges = rowRanges(of: units, columns: columns)
        var row = ranges.count - 1
        while row > 0, ranges[row].lowerBound > offset { row -= 1 }
        var column = 0
        for index in ranges[row].lowerBound..<max(ranges[row].lowerBound, offset) {
            column += min(units[index].width, columns)
        }
        return Point(column: min(column, columns - 1), row: row)
    }

    /// The character offset nearest to a place in the wrapped text: for moving a cursor up and down.
    public static func character(at point: Point, in text: String, columns: Int) -> Int {
        let columns = max(1, columns)
        let units = units(of: [Span(text)])
        let ranges = rowRanges(of: units, columns: columns)
        let row = min(max(0, point.row), ranges.count - 1)
        var column = 0
        for index in ranges[row] {
            let width = min(units[index].width, columns)
            if column + width > point.column { return index }
            column += width
        }
        return ranges[row].upperBound
    }
}

extension Wrapping {
    /// One grapheme on its way into a row.
    package struct Unit {
        package let character: Character
        package let width: Int
        /// The index of the span that completes the grapheme.
        package let span: Int
        let kind: Kind

        /// Its text in a row of this width: a substitute where it is wider than that.
        package func shown(columns: Int) -> String {
            width <= max(1, columns) ? String(character) : kind == .space ? " " : TextWidth.replacement
        }
    }

    enum Kind { case letter, space, newline, hyphen, wide, closing }

    /// The graphemes of the joined text, each with the span that holds its last byte.
    package static func units(of spans: [Span]) -> [Unit] {
        var text = ""
        var ends: [Int] = []
        for span in spans {
            text += span.text
            ends.append(text.utf8.count)
        }
        var units: [Unit] = []
        units.reserveCapacity(text.utf8.count)
        var end = 0
        var span = 0
        for character in text {
            end += character.utf8.count
            while ends[span] < end { span += 1 }
            let width = TextWidth.columns(of: character)
            units.append(Unit(character: character, width: width, span: span, kind: kind(character, width)))
        }
        return units
    }

    private static func kind(_ character: Character, _ width: Int) -> Kind {
        // By scalars: comparing characters follows the rules of Unicode, which every letter would have to pay for.
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return .letter }
        let isAlone = scalars.index(after: scalars.startIndex) == scalars.endIndex
        switch first {
        case "\r" where !isAlone: return .newline
        case _ where !isAlone: break
        case " ", "\t": return .space
        case "\n": return .newline
        case "-", "‐", "–": return .hyphen
        // These may not begin a row.
        case "、", "。", "，", "．", "」", "』", "）", "】", "〉", "》", "！", "？", "：", "；": return .closing
        default: break
        }
        return width == 2 ? .wide : .letter
    }

    /// The rows as ranges of units.
    package static func rowRanges(of units: [Unit], columns: Int) -> [Range<Int>] {
        let columns = max(1, columns)
        var rows: [Range<Int>] = []
        var start = 0
        var column = 0
        /// Where the row may end (after its last drawn unit) and the next one begin.
        var breakEnd = 0
        var breakNext = 0
        var index = 0
        func begin(_ next: Int) {
            start = next
            column = 0
            breakEnd = next
            breakNext = next
            index = next
        }
        while index < units.count {
            let unit = units[index]
            let width = unit.width > columns ? 1 : unit.width
            if unit.kind == .newline {
                rows.append(start..<index)
                begin(index + 1)
                if index == units.count { rows.append(index..<index) }
                continue
            }
            if index > start, unit.kind != .space, mayBreak(units, before: index) {
                breakNext = index
                breakEnd = index
                while breakEnd > start, units[breakEnd - 1].kind == .space { breakEnd -= 1 }
                // A row of spaces alone keeps them: they are an indent.
                if breakEnd == start { breakNext = start }
            }
            if column + width > columns {
                if unit.kind == .space {
                    rows.append(start..<index)
                    var next = index
                    while next < units.count, units[next].kind == .space { next += 1 }
                    let endsHere = next < units.count && units[next].kind == .newline
                    begin(endsHere ? next + 1 : next)
                    if endsHere && index == units.count { rows.append(index..<index) }
                    continue
                }
                if breakNext > start {
                    rows.append(start..<breakEnd)
                    begin(breakNext)
                } else {
                    rows.append(start..<index)
                    begin(index)
                }
                continue
            }
            column += width
            index += 1
        }
        if start < units.count || rows.isEmpty { rows.append(start..<units.count) }
        return rows
    }

    private static func mayBreak(_ units: [Unit], before index: Int) -> Bool {
        let previous = units[index - 1].kind
        let next = units[index].kind
        switch (previous, next) {
        case (_, .closing): return false
        case (.space, _), (.wide, _), (.closing, _), (_, .wide): return true
        case (.hyphen, .letter):
            guard index >= 2 else { return false }
            return units[index - 2].character.isLetter && units[index].character.isLetter
        default: return false
        }
    }
}
