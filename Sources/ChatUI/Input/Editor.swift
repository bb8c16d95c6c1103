import Screen

/// The message being written: graphemes and a cursor between them. Lines are wrapped at the input's width, so a long
/// line is always visible as a whole.
public struct Editor: Sendable, Equatable {
    /// The draft's graphemes; a newline is one of them.
    public private(set) var characters: [Character] = []
    /// The cursor stands before the grapheme of this index: 0...characters.count.
    public private(set) var cursor = 0

    /// An empty draft.
    public init() {}

    /// A draft with the cursor at its end.
    public init(_ text: String) {
        insert(text)
    }

    /// The draft as text.
    public var text: String { String(characters) }
    /// Whether nothing is written.
    public var isEmpty: Bool { characters.isEmpty }

    // MARK: Changing

    /// Inserts text at the cursor: line ends become newlines, a tab four spaces, other controls nothing. Marks join
    /// the grapheme before the cursor.
    public mutating func insert(_ text: String) {
        let clean = Self.cleaned(text)
        guard !clean.isEmpty else { return }
        let before = cursor > 0 ? String(characters[cursor - 1]) : ""
        let after = cursor < characters.count ? String(characters[cursor]) : ""
        let joined = Array(before + clean + after)
        let replaced = (cursor - (before.isEmpty ? 0 : 1))..<(cursor + (after.isEmpty ? 0 : 1))
        let tail = characters.count - replaced.upperBound
        characters.replaceSubrange(replaced, with: joined)
        // The grapheme after the cursor stays after it, unless it joined the inserted text.
        cursor = characters.count - tail - (joined.last.map(String.init) == after && !after.isEmpty ? 1 : 0)
    }

    /// Removes the grapheme before the cursor.
    public mutating func deleteBackward() {
        guard cursor > 0 else { return }
        remove(cursor - 1..<cursor)
    }

    /// Removes the grapheme after the cursor.
    public mutating func deleteForward() {
        guard cursor < characters.count else { return }
        remove(cursor..<cursor + 1)
    }

    /// Removes the word before the cursor and the spaces after it.
    public mutating func deleteWordBackward() {
        remove(wordStart(before: cursor)..<cursor)
    }

    /// Removes what stands before the cursor in its line; at a line's start, the line end before it.
    public mutating func deleteToLineStart() {
        let start = lineStart(of: cursor)
        remove(start == cursor ? max(cursor - 1, 0)..<cursor : start..<cursor)
    }

    /// Empties the draft and returns what it was.
    @discardableResult
    public mutating func clear() -> String {
        let text = self.text
        self = Editor()
        return text
    }

    // MARK: Moving

    /// One grapheme to the left.
    public mutating func moveLeft() { cursor = max(cursor - 1, 0) }
    /// One grapheme to the right.
    public mutating func moveRight() { cursor = min(cursor + 1, characters.count) }
    /// To the start of the word before the cursor.
    public mutating func moveWordLeft() { cursor = wordStart(before: cursor) }
    /// To the end of the word after the cursor.
    public mutating func moveWordRight() {
        while cursor < characters.count, !characters[cursor].isWordPart { cursor += 1 }
        while cursor < characters.count, characters[cursor].isWordPart { cursor += 1 }
    }
    /// To the start of the line.
    public mutating func moveToLineStart() { cursor = lineStart(of: cursor) }
    /// To the end of the line.
    public mutating func moveToLineEnd() { cursor = lineEnd(of: cursor) }
    /// Whether the cursor stands at the end of its line.
    public var isAtLineEnd: Bool { cursor == lineEnd(of: cursor) }
    /// One row up as shown at this width; false on the first row.
    public mutating func moveUp(columns: Int) -> Bool { moveRows(-1, columns: columns) }
    /// One row down as shown at this width; false on the last row.
    public mutating func moveDown(columns: Int) -> Bool { moveRows(1, columns: columns) }

    private mutating func moveRows(_ step: Int, columns: Int) -> Bool {
        let rows = rows(columns: columns)
        let (row, column) = position(in: rows)
        guard rows.indices.contains(row + step) else { return false }
        moveTo(row: row + step, column: column, in: rows)
        return true
    }

    /// Sets the cursor at a place in these rows, or as near as there is text.
    public mutating func moveTo(row: Int, column: Int, in rows: [Range<Int>]) {
        guard rows.indices.contains(row) else { return }
        var used = 0
        var index = rows[row].lowerBound
        while index < rows[row].upperBound {
            let width = TextWidth.columns(of: characters[index])
            if used + width > column { break }
            used += width
            index += 1
        }
        // A row that ends by wrapping has its end at the next row's start: stay on the wanted row.
        let wraps = index == rows[row].upperBound && index < characters.count && characters[index] != "\n"
        cursor = wraps ? max(index - 1, rows[row].lowerBound) : index
    }

    // MARK: Rows

    /// The draft's rows at a width in columns, each a range of graphemes without its newline; at least one. Rows break
    /// after spaces, which may hang over the edge; a word longer than a row is cut.
    public func rows(columns: Int) -> [Range<Int>] {
        let columns = max(columns, 1)
        var rows: [Range<Int>] = []
        var start = 0
        var used = 0
        var wordStart = 0
        for (index, character) in characters.enumerated() {
            if character == "\n" {
                rows.append(start..<index)
                start = index + 1
                used = 0
                wordStart = start
                continue
            }
            let width = TextWidth.columns(of: character)
            if character == " " {
                used = min(used + width, columns)
                wordStart = index + 1
                continue
            }
            if used + width > columns, index > start {
                let wholeWord = wordStart > start
                let end = wholeWord ? wordStart : index
                rows.append(start..<end)
                start = end
                wordStart = end
                used = characters[start..<index].reduce(0) { $0 + TextWidth.columns(of: $1) }
            }
            used += width
        }
        rows.append(start..<characters.count)
        // The cursor after a full last row needs a place of its own.
        if used >= columns { rows.append(characters.count..<characters.count) }
        return rows
    }

    /// Row and column of the cursor in these rows.
    public func position(in rows: [Range<Int>]) -> (row: Int, column: Int) {
        let row = rows.lastIndex { $0.lowerBound <= cursor } ?? 0
        guard rows.indices.contains(row) else { return (0, 0) }
        let before = rows[row].lowerBound..<min(max(cursor, rows[row].lowerBound), rows[row].upperBound)
        return (row, characters[before].reduce(0) { $0 + TextWidth.columns(of: $1) })
    }

    // MARK: Parts

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        // Neighbours that now touch may make one grapheme.
        let joined = Array(String(characters))
        cursor = min(range.lowerBound, joined.count)
        if joined.count != characters.count { characters = joined }
    }

    private func wordStart(before index: Int) -> Int {
        var index = index
        while index > 0, !characters[index - 1].isWordPart { index -= 1 }
        while index > 0, characters[index - 1].isWordPart { index -= 1 }
        return index
    }

    private func lineStart(of index: Int) -> Int {
        (characters[..<index].lastIndex(of: "\n") ?? -1) + 1
    }

    private func lineEnd(of index: Int) -> Int {
        characters[index...].firstIndex(of: "\n") ?? characters.count
    }

    private static func cleaned(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isNewline {
                result.append("\n")
            } else if character == "\t" {
                result += "    "
            } else {
                result.unicodeScalars.append(contentsOf: character.unicodeScalars.filter { !$0.isControl })
            }
        }
        return result
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
