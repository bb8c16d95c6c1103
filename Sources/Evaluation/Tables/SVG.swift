/// Scalable vector graphics, readable on light and dark grounds and by colour-blind people: colours of Okabe and Ito, each with a
/// dash and a mark of its own.
struct SVG {
    let width: Double
    let height: Double
    private var elements: [String] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// Okabe and Ito's colours that can be told on white and on black.
    static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#808080"]
    private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 4"]

    enum Anchor: String { case start, middle, end }

    /// Text with its baseline at y.
    mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 12, anchor: Anchor = .start, faint: Bool = false,
        bold: Bool = false
    ) {
        let classes = [faint ? "faint" : "ink"] + (bold ? ["bold"] : [])
        elements.append(
            "<text class=\"\(classes.joined(separator: " "))\" x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" "
                + "text-anchor=\"\(anchor.rawValue)\">\(Self.escaped(text))</text>")
    }

    /// A thin line of the frame or the grid.
    mutating func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, faint: Bool = false) {
        elements.append(
            "<path class=\"\(faint ? "grid" : "axis")\" d=\"M\(n(x1)) \(n(y1))L\(n(x2)) \(n(y2))\"/>")
    }

    /// A curve through points, each with the series' mark.
    mutating func curve(_ points: [(x: Double, y: Double)], series: Int, marks: Bool) {
        guard let first = points.first else { return }
        let colour = Self.colours[series % Self.colours.count]
        // Where colours come again their dashes differ.
        let dash = Self.dashes[(series + series / Self.colours.count) % Self.dashes.count]
        let path = "M\(n(first.x)) \(n(first.y))" + points.dropFirst().map { "L\(n($0.x)) \(n($0.y))" }.joined()
        elements.append(
            "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" stroke-linejoin=\"round\""
                + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"") + "/>")
        if marks || points.count == 1 { for point in points { mark(point.x, point.y, series: series) } }
    }

    /// The series' mark: circle, square, triangle, diamond.
    mutating func mark(_ x: Double, _ y: Double, series: Int) {
        let colour = Self.colours[series % Self.colours.count]
        let r = 3.5
        switch series % 4 {
        case 0: elements.append("<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(r))\" fill=\"\(colour)\"/>")
        case 1:
            elements.append(
                "<rect x=\"\(n(x - r))\" y=\"\(n(y - r))\" width=\"\(n(2 * r))\" height=\"\(n(2 * r))\" fill=\"\(colour)\"/>"
            )
        case 2: polygon([(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)], colour)
        default: polygon([(x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y)], colour)
        }
    }

    /// A bar.
    mutating func bar(x: Double, y: Double, width: Double, height: Double, series: Int) {
        let colour = Self.colours[series % Self.colours.count]
        elements.append(
            "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(colour)\"/>")
    }

    private mutating func polygon(_ points: [(Double, Double)], _ colour: String) {
        let list = points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
        elements.append("<polygon points=\"\(list)\" fill=\"\(colour)\"/>")
    }

    /// The file.
    func file(title: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(width)) \(n(height))" width="\(n(width))" \
        height="\(n(height))" role="img" font-family="system-ui, sans-serif">
        <title>\(Self.escaped(title))</title>
        <style>
        .ink { fill: #1f2328 } .faint { fill: #59636e } .bold { font-weight: 600 }
        .axis { stroke: #59636e; fill: none } .grid { stroke: #8c959f; stroke-opacity: 0.35; fill: none }
        @media (prefers-color-scheme: dark) {
        .ink { fill: #e6edf3 } .faint { fill: #9da7b1 } .axis { stroke: #9da7b1 }
        }
        </style>
        \(elements.joined(separator: "\n"))
        </svg>

        """
    }

    /// Small text in lines of a width.
    static func wrapped(_ text: String, width: Double) -> [String] {
        let columns = Int(width / 6.3)
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < columns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private func n(_ value: Double) -> String { Figures.text(value, value == value.rounded() ? 0 : 1) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

extension Grid {
    /// As a picture.
    public var svg: String {
        let advance = 7.0
        let widths = columns.indices.map { column in
            Double(([columns] + rows).map { $0[column].count }.max() ?? 0) * advance + 22
        }
        let noteLines = notes.flatMap { SVG.wrapped($0, width: max(widths.reduce(0, +), 420)) }
        let lineHeight = 22.0
        let width = max(widths.reduce(0, +), 420) + 24
        let top = 40.0
        let body = top + lineHeight * Double(rows.count + 1)
        var svg = SVG(width: width, height: body + 16 + 16 * Double(noteLines.count))
        svg.text(title, x: 12, y: 22, size: 15, bold: true)
        var y = top + 15
        for (index, cells) in ([columns] + rows).enumerated() {
            var x = 12.0
            for (column, cell) in cells.enumerated() {
                let isFirst = column == 0
                svg.text(
                    cell, x: isFirst ? x : x + widths[column] - 10, y: y, size: 12.5, anchor: isFirst ? .start : .end,
                    faint: cell == Grid.missing || cell == "–", bold: index == 0)
                x += widths[column]
            }
            svg.rule(12, y + 7, width - 12, y + 7, faint: index > 0)
            y += lineHeight
        }
        for note in noteLines {
            svg.text(note, x: 12, y: y, size: 11, faint: true)
            y += 16
        }
        return svg.file(title: title)
    }
}
