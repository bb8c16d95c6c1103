extension Frame {
    /// The frame as an SVG picture in a theme's colours.
    /// - Parameter title: what it shows, for those who cannot see it.
    package func svg(theme: Theme, title: String = "") -> String {
        FramePicture(frame: self, theme: theme, page: PageColours(theme)).svg(title: title)
    }
}

/// A frame as a picture. Every character stands in its own cell whatever font is there, box characters are lines that join,
/// blocks are rectangles.
private struct FramePicture {
    let frame: Frame
    let theme: Theme
    let page: PageColours

    private static let cellWidth = 9
    private static let cellHeight = 19
    private static let margin = 12
    private static let fontSize = 15
    private static let baseline = 14

    func svg(title: String) -> String {
        let width = frame.size.columns * Self.cellWidth + 2 * Self.margin
        let height = frame.size.rows * Self.cellHeight + 2 * Self.margin
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
                + "height=\"\(height)\" role=\"img\" font-size=\"\(Self.fontSize)\" "
                + "font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">",
            title.isEmpty ? "" : "<title>\(Markup.escaped(title))</title>",
            "<rect width=\"\(width)\" height=\"\(height)\" rx=\"8\" fill=\"\(page.background)\"/>",
            "<g transform=\"translate(\(Self.margin) \(Self.margin))\" xml:space=\"preserve\">",
        ]
        for row in 0..<frame.size.rows { lines += self.row(row) }
        return (lines + ["</g>", "</svg>", ""]).joined(separator: "\n")
    }

    // MARK: Rows

    /// Cells of one look.
    private struct Look: Equatable {
        var foreground: String
        var background: String
        var attributes: Attributes
    }

    private func look(_ cell: Cell) -> Look {
        let style = theme[cell.role]
        var foreground = style.foreground?.hexadecimal ?? page.text
        var background = style.background?.hexadecimal ?? page.background
        var attributes = style.attributes.union(cell.extra)
        if attributes.contains(.reverse) { swap(&foreground, &background) }
        attributes.remove(.reverse)
        return Look(foreground: foreground, background: background, attributes: attributes)
    }

    private func row(_ row: Int) -> [String] {
        var lines: [String] = []
        var column = 0
        while column < frame.size.columns {
            let look = look(frame[column: column, row: row])
            let start = column
            while column < frame.size.columns, self.look(frame[column: column, row: row]) == look {
                column += max(1, Int(frame[column: column, row: row].width))
            }
            let end = min(column, frame.size.columns)
            let y = row * Self.cellHeight
            if look.background != page.background {
                lines.append(Self.rectangle(start, y, end - start, look.background))
            }
            lines += text(start..<end, row, look)
        }
        return lines
    }

    /// The characters of cells of one look: letters as text, the rest as shapes, and the line below them.
    private func text(_ columns: Range<Int>, _ row: Int, _ look: Look) -> [String] {
        var lines: [String] = []
        var letters = ""
        var places: [Int] = []
        /// Of spaces and shapes that stand between letters: words can be searched for and copied, and letters stand right also
        /// where a reader of SVG knows no list of places.
        var spaces: [Int] = []
        var shape = ""
        var lastColumn = columns.lowerBound
        for column in columns {
            let cell = frame[column: column, row: row]
            let (x, y) = (column * Self.cellWidth, row * Self.cellHeight)
            guard !cell.isContinuation, cell.text != " " else {
                if !letters.isEmpty { spaces.append(x) }
                continue
            }
            lastColumn = column + Int(cell.width)
            if let path = BoxShape.path(cell.text, x: x, y: y, width: Self.cellWidth, height: Self.cellHeight) {
                shape += path
                if !letters.isEmpty { spaces.append(x) }
            } else if let block = BoxShape.block(cell.text, width: Self.cellWidth, height: Self.cellHeight) {
                lines.append(
                    "<rect x=\"\(Double(x) + block.x)\" y=\"\(Double(y) + block.y)\" width=\"\(block.width)\" height=\"\(block.height)\" "
                        + "fill=\"\(look.foreground)\"/>")
                if !letters.isEmpty { spaces.append(x) }
            } else if cell.width == 1, cell.text.unicodeScalars.count == 1, cell.text.utf16.count == 1 {
                letters += String(repeating: " ", count: spaces.count) + cell.text
                places += spaces + [x]
                spaces = []
            } else {
                let length = Int(cell.width) * Self.cellWidth
                lines.append(
                    element(
                        Markup.escaped(cell.text), row, look,
                        "x=\"\(x)\" textLength=\"\(length)\" lengthAdjust=\"spacingAndGlyphs\""))
            }
        }
        if !letters.isEmpty {
            let x = places.map(String.init).joined(separator: " ")
            lines.append(element(Markup.escaped(letters), row, look, "x=\"\(x)\""))
        }
        if !shape.isEmpty {
            let opacity = look.attributes.contains(.dim) ? " opacity=\"0.6\"" : ""
            lines.append("<path d=\"\(shape)\" stroke=\"\(look.foreground)\" fill=\"none\"\(opacity)/>")
        }
        if look.attributes.contains(.underline), lastColumn > columns.lowerBound {
            let y = row * Self.cellHeight + Self.baseline + 2
            lines.append(
                "<path d=\"M\(columns.lowerBound * Self.cellWidth) \(y).5H\(lastColumn * Self.cellWidth)\" "
                    + "stroke=\"\(look.foreground)\"/>")
        }
        return lines
    }

    private func element(_ text: String, _ row: Int, _ look: Look, _ place: String) -> String {
        var style = "fill=\"\(look.foreground)\""
        if look.attributes.contains(.bold) { style += " font-weight=\"bold\"" }
        if look.attributes.contains(.italic) { style += " font-style=\"italic\"" }
        if look.attributes.contains(.dim) { style += " opacity=\"0.6\"" }
        return "<text y=\"\(row * Self.cellHeight + Self.baseline)\" \(style) \(place)>\(text)</text>"
    }

    private static func rectangle(_ column: Int, _ y: Int, _ columns: Int, _ fill: String) -> String {
        "<rect x=\"\(column * cellWidth)\" y=\"\(y)\" width=\"\(columns * cellWidth)\" height=\"\(cellHeight)\" "
            + "fill=\"\(fill)\"/>"
    }
}
