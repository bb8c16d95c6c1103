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
