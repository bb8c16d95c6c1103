import Screen

/// The frame of an overlay: a box with a title, or only a rule where rows or columns are dear.
extension Region {
    private var isDear: Bool { rows < 8 || columns < 40 }

    /// What is inside of the frame.
    var framedInside: Region {
        isDear
            ? Region(column: column + 1, row: row + 1, columns: columns - 2, rows: rows - 1)
            : inset(columns: 2, rows: 1)
    }

    /// Draws the frame and returns what is inside.
    func framed(title: String, into frame: inout Frame) -> Region {
        if isDear {
            frame.write(String(repeating: "─", count: columns), at: origin, role: .border)
            frame.write(" \(title) ", at: Point(column: column + 1, row: row), role: .title, maxColumns: columns - 2)
        } else {
            frame.box(self, title: title, role: .border, titleRole: .title)
        }
        return framedInside
    }
}
