extension Frame {
    private static let cellWidth = 8.4
    private static let cellHeight = 18.0
    private static let margin = 12.0

    /// The frame as an SVG picture in a theme's colours: one text a stretch of one look, placed by its column.
    package func svg(theme: Theme, title: String = "") -> String {
        let page = PageColours(theme)
        let width = Self.number(Double(size.columns) * Self.cellWidth + 2 * Self.margin)
        let height = Self.number(Double(size.rows) * Self.cellHeight + 2 * Self.margin)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">"
        ]
        if !title.isEmpty { lines.append("<title>\(Markup.escaped(title))</title>") }
        lines.append("<rect width=\"100%\" height=\"100%\" fill=\"\(page.background)\"/>")
        lines.append(
            "<g font-family=\"ui-monospace, DejaVu Sans Mono, monospace\" font-size=\"14\" xml:space=\"preserve\" style=\"white-space: pre\">"
        )
        for row in 0..<size.rows { lines += stretches(row).flatMap { Self.drawn($0, row: row, theme, page) } }
        lines.append("</g>\n</svg>\n")
        return lines.joined(separator: "\n")
    }

    private struct Stretch {
        var text: String
        let column: Int
        var columns: Int
        let role: StyleRole
        let extra: Attributes
    }

    /// The stretches of one look in a row. A wide character ends one: fonts do not agree on its width.
    private func stretches(_ row: Int) -> [Stretch] {
        var stretches: [Stretch] = []
        var mayGrow = false
        for column in 0..<size.columns {
            let cell = self[column: column, row: row]
            if cell.isContinuation { continue }
            if mayGrow, cell.width == 1, let last = stretches.indices.last, stretches[last].role == cell.role,
                stretches[last].extra == cell.extra
            {
                stretches[last].text += cell.text
                stretches[last].columns += 1
            } else {
                stretches.append(
                    Stretch(
                        text: cell.text, column: column, columns: Int(cell.width), role: cell.role, extra: cell.extra))
            }
            mayGrow = cell.width == 1
        }
        return stretches
    }

    private static func drawn(_ stretch: Stretch, row: Int, _ theme: Theme, _ page: PageColours) -> [String] {
        let style = theme[stretch.role]
        let attributes = style.attributes.union(stretch.extra)
        var colour = style.foreground?.hexadecimal ?? page.text
        var ground = style.background?.hexadecimal
        if attributes.contains(.reverse) { (colour, ground) = (ground ?? page.background, colour) }
        let x = number(margin + Double(stretch.column) * cellWidth)
        let top = margin + Double(row) * cellHeight
        let width = number(Double(stretch.columns) * cellWidth)
        var lines: [String] = []
        if let ground {
            lines.append(
                "<rect x=\"\(x)\" y=\"\(number(top))\" width=\"\(width)\" height=\"\(number(cellHeight))\" fill=\"\(ground)\"/>"
            )
        }
        let isUnderlined = attributes.contains(.underline)
        guard isUnderlined || !stretch.text.allSatisfy({ $0 == " " }) else { return lines }
        var looks = "fill=\"\(colour)\""
        if attributes.contains(.bold) { looks += " font-weight=\"bold\"" }
        if attributes.contains(.italic) { looks += " font-style=\"italic\"" }
        if attributes.contains(.dim) { looks += " opacity=\"0.65\"" }
        if isUnderlined { looks += " text-decoration=\"underline\"" }
        lines.append(
            "<text x=\"\(x)\" y=\"\(number(top + 13.5))\" textLength=\"\(width)\" \(looks)>\(Markup.escaped(stretch.text))</text>"
        )
        return lines
    }

    /// At most one digit after the point.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
