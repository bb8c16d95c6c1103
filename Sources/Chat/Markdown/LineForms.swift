/// What a line can begin with. Every function looks at one line and no further.
enum LineForms {
    typealias Line = ArraySlice<MarkedCharacter>

    /// Spaces at the start.
    static func indent(_ line: Line) -> Int { line.prefix { $0.character == " " }.count }

    /// The line without spaces and tabs at its ends.
    static func trimmed(_ line: Line) -> Line {
        var line = line.drop { $0.character.isBlank }
        while line.last?.character.isBlank == true { line.removeLast() }
        return line
    }

    static func isBlank(_ line: Line) -> Bool { line.allSatisfy { $0.character.isBlank } }

    /// Tabs at the start count as four spaces.
    static func expanded(_ line: Line) -> Line {
        let start = line.prefix { $0.character.isBlank }
        guard start.contains(where: { $0.character == "\t" }) else { return line }
        var result: [MarkedCharacter] = []
        for marked in start {
            let count = marked.character == "\t" ? 4 : 1
            result += repeatElement(MarkedCharacter(character: " ", token: marked.token), count: count)
        }
        return (result + line[start.endIndex...])[...]
    }

    /// The line without up to so many columns of spaces and tabs at its start; of a tab that reaches further, spaces stay.
    static func withoutIndent(_ line: Line, _ columns: Int) -> Line {
        var rest = line
        var left = columns
        while left > 0, let first = rest.first, first.character.isBlank {
            rest = rest.dropFirst()
            left -= first.character == "\t" ? 4 : 1
            if left < 0 {
                return (repeatElement(MarkedCharacter(character: " ", token: first.token), count: -left) + rest)[...]
            }
        }
        return rest
    }

    /// `# Text`: the level and the text.
    static func heading(_ line: Line) -> (level: Int, text: Line)? {
        guard indent(line) <= 3 else { return nil }
        let line = trimmed(line)
        let level = line.prefix { $0.character == "#" }.count
        guard (1...6).contains(level) else { return nil }
        let rest = line.dropFirst(level)
        guard rest.first.map({ $0.character.isBlank }) ?? true else { return nil }
        var text = trimmed(rest)
        let marks = text.reversed().prefix { $0.character == "#" }.count
        let before = text.dropLast(marks)
        if marks > 0, before.last.map({ $0.character.isBlank }) ?? true { text = trimmed(before) }
        return (level, text)
    }

    /// The fence of a code block.
    struct Fence: Sendable, Equatable {
        var character: Character
        var length: Int
        var indent: Int
    }

    /// ```` ```swift ````: the fence and what stands behind it.
    static func fence(_ line: Line) -> (fence: Fence, info: Line)? {
        let indent = indent(line)
        let rest = line.dropFirst(indent)
        guard indent <= 3, let character = rest.first?.character, character == "`" || character == "~" else {
            return nil
        }
        let length = rest.prefix { $0.character == character }.count
        let info = trimmed(rest.dropFirst(length))
        guard length >= 3, character == "~" || !info.contains(where: { $0.character == "`" }) else { return nil }
        return (Fence(character: character, length: length, indent: indent), info)
    }

    static func closes(_ line: Line, _ fence: Fence) -> Bool {
        let rest = trimmed(line)
        return rest.count >= fence.length && rest.allSatisfy { $0.character == fence.character }
    }

    /// `---`, `* * *`.
    static func isRule(_ line: Line) -> Bool {
        let marks = line.filter { !$0.character.isBlank }
        guard indent(line) <= 3, marks.count >= 3, let first = marks.first?.character, "-*_".contains(first) else {
            return false
        }
        return marks.allSatisfy { $0.character == first }
    }

    /// A line of `=` or `-` that makes the paragraph above it a heading: its level.
    static func underline(_ line: Line) -> Int? {
        let marks = trimmed(line)
        guard indent(line) <= 3, marks.count >= 3, let first = marks.first?.character else { return nil }
        guard first == "=" || first == "-", marks.allSatisfy({ $0.character == first }) else { return nil }
        return first == "=" ? 1 : 2
    }

    /// `- `, `3. ` at the start of a line without indent: the mark, and how far in the item's text begins.
    static func listMark(_ line: Line) -> (mark: Line, contentIndent: Int)? {
        guard let first = line.first?.character else { return nil }
        var length = 1
        if !"-*+".contains(first) {
            let digits = line.prefix { $0.character.isASCII && $0.character.isNumber }.count
            guard (1...9).contains(digits), let end = line.dropFirst(digits).first?.character, end == "." || end == ")"
            else { return nil }
            length = digits + 1
        }
        let rest = line.dropFirst(length)
        guard rest.first.map({ $0.character.isBlank }) ?? true else { return nil }
        let spaces = rest.prefix { $0.character.isBlank }.count
        let isEmpty = spaces == rest.count
        return (line.prefix(length), length + (isEmpty || spaces > 4 ? 1 : spaces))
    }

    /// The line below a table's header: the alignment of each column.
    static func alignments(_ line: Line) -> [MarkdownAlignment]? {
        guard line.contains(where: { $0.character == "-" }), line.contains(where: { $0.character == "|" }) else {
            return nil
        }
        var alignments: [MarkdownAlignment] = []
        for cell in cells(line) {
            let text = String(cell.map(\.character))
            let dashes = text.drop { $0 == ":" }.prefix { $0 == "-" }
            let atStart = text.hasPrefix(":")
            let atEnd = text.hasSuffix(":")
            guard !dashes.isEmpty, dashes.count + (atStart ? 1 : 0) + (atEnd ? 1 : 0) == text.count else { return nil }
            alignments.append(atStart && atEnd ? .centre : atEnd ? .right : .left)
        }
        return alignments
    }

    /// The cells of a table's row, without the lines between them. A `\|` is no line.
    static func cells(_ line: Line) -> [Line] {
        var line = trimmed(line)
        if line.first?.character == "|" { line = line.dropFirst() }
        var cells: [Line] = []
        var start = line.startIndex
        var isEscaped = false
        for index in line.indices {
            if line[index].character == "|", !isEscaped {
                cells.append(trimmed(line[start..<index]))
                start = index + 1
            }
            isEscaped = line[index].character == "\\" && !isEscaped
        }
        let last = trimmed(line[start...])
        if !last.isEmpty || cells.isEmpty { cells.append(last) }
        return cells
    }
}

extension Character {
    /// A space or a tab.
    var isBlank: Bool { self == " " || self == "\t" }
}
