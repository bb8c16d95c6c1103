extension Frame {
    /// The frame as text, one line a row, without the spaces at the ends of lines: a golden test's first plane.
    public func textPlane() -> String {
        (0..<size.rows).map { row in
            var line = cells[row * size.columns..<(row + 1) * size.columns].map(\.text).joined()
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// The roles as letters (`StyleRole.letter`), one a column, one line a row: a golden test's second plane.
    public func stylePlane() -> String {
        (0..<size.rows).map { row in
            String(cells[row * size.columns..<(row + 1) * size.columns].map(\.role.letter))
        }.joined(separator: "\n")
    }

    /// The attributes on top of the theme's, one line a row without the dots at the ends of lines: `b` bold, `d` dim,
    /// `i` italic, `r` reverse, a hexadecimal digit for several. "" where no cell has any.
    public func attributePlane() -> String {
        guard cells.contains(where: { !$0.extra.isEmpty }) else { return "" }
        return (0..<size.rows).map { row in
            var line = cells[row * size.columns..<(row + 1) * size.columns].map { Self.letter($0.extra) }
            while line.last == "." { line.removeLast() }
            return String(line)
        }.joined(separator: "\n")
    }

    private static func letter(_ attributes: Attributes) -> Character {
        switch attributes {
        case []: "."
        case .bold: "b"
        case .dim: "d"
        case .italic: "i"
        case .reverse: "r"
        default: Character(String(attributes.rawValue, radix: 16).suffix(1).uppercased())
        }
    }

    /// What differs between two frames, for people: sizes, cursor, each differing row in both planes, the first cells. "" if nothing does.
    public static func difference(_ actual: Frame, _ expected: Frame) -> String {
        guard actual != expected else { return "" }
        var lines: [String] = []
        if actual.size != expected.size {
            lines.append(
                "size: \(actual.size.columns) x \(actual.size.rows), expected \(expected.size.columns) x \(expected.size.rows)"
            )
        }
        if actual.cursor != expected.cursor {
            lines.append("cursor: \(describe(actual.cursor)), expected \(describe(expected.cursor))")
        }
        for row in 0..<max(actual.size.rows, expected.size.rows) {
            let columns = (0..<max(actual.size.columns, expected.size.columns)).filter {
                actual[column: $0, row: row] != expected[column: $0, row: row]
            }
            guard let first = columns.first else { continue }
            lines.append("row \(row), columns \(columns.map(String.init).joined(separator: " "))")
            lines.append("    text   |\(actual.line(row, \.text))|")
            lines.append("  expected |\(expected.line(row, \.text))|")
            lines.append("    style  |\(actual.line(row, { String($0.role.letter) }))|")
            lines.append("  expected |\(expected.line(row, { String($0.role.letter) }))|")
            lines.append(
                "    first cell: \(describe(actual[column: first, row: row])), expected \(describe(expected[column: first, row: row]))"
            )
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ row: Int, _ part: (Cell) -> String) -> String {
        row < size.rows ? (0..<size.columns).map { part(self[column: $0, row: row]) }.joined() : ""
    }

    private static func describe(_ point: Point?) -> String {
        point.map { "column \($0.column), row \($0.row)" } ?? "hidden"
    }

    private static func describe(_ cell: Cell) -> String {
        let extra = cell.extra.isEmpty ? "" : " attributes \(cell.extra.rawValue)"
        return "\"\(cell.text)\" \(cell.role) \(cell.width) column\(cell.width == 1 ? "" : "s")\(extra)"
    }
}
