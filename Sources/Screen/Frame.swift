/// One cell of the screen.
public struct Cell: Sendable, Hashable {
    /// What is drawn: one grapheme that an ncurses cell can hold; "" where a wider cell to the left covers this column.
    public var text: String
    /// What it means.
    public var role: StyleRole
    /// Columns covered: 1, 2 for wide characters (up to 4 for tabs and graphemes of several letters), 0 where covered.
    public var width: UInt8
    /// Attributes on top of the theme's.
    public var extra: Attributes

    /// Makes a cell.
    public init(text: String = " ", role: StyleRole = .text, width: UInt8 = 1, extra: Attributes = []) {
        self.text = text
        self.role = role
        self.width = width
        self.extra = extra
    }

    /// Whether both show the same; what differs most often, and is compared fastest, comes first.
    public static func == (one: Cell, other: Cell) -> Bool {
        one.role == other.role && one.width == other.width && one.extra == other.extra && one.text == other.text
    }

    /// Whether a wider cell to the left covers this column.
    public var isContinuation: Bool { width == 0 }
}

/// A screenful of cells: what views draw into, what a terminal presents and what golden tests compare.
///
/// Invariant: a cell of width n is followed by n - 1 continuations in its row; there are no other continuations.
public struct Frame: Sendable, Equatable {
    /// Columns and rows.
    public let size: Size
    /// Where the terminal's cursor stands; nil hides it.
    public var cursor: Point?
    /// Row-major cells, rows · columns of them.
    package private(set) var cells: [Cell]

    /// A blank frame.
    public init(size: Size) {
        self.size = size
        cells = Array(repeating: Cell(), count: size.columns * size.rows)
    }

    /// The cell at a place; a blank one outside of the frame.
    public subscript(column column: Int, row row: Int) -> Cell {
        contains(column, row) ? cells[row * size.columns + column] : Cell()
    }

    /// Writes one line of text and returns the columns used. Graphemes are cut whole at the frame's edge and at
    /// `maxColumns`; what a cell cannot hold is substituted (`TextWidth.displayed`). Outside of the frame nothing happens.
    @discardableResult
    public mutating func write(
        _ text: String, at point: Point, role: StyleRole = .text, extra: Attributes = [], maxColumns: Int = .max
    ) -> Int {
        guard point.row >= 0, point.row < size.rows, point.column < size.columns else { return 0 }
        let limit = maxColumns < size.columns - point.column ? maxColumns : size.columns - point.column
        var used = 0
        for character in text {
            let (shown, width) = TextWidth.displayed(character)
            guard width > 0 else { continue }
            guard used + width <= limit else { break }
            put(shown, width, point.column + used, point.row, role, extra)
            used += width
        }
        return used
    }

    /// Writes spans one after the other and returns the columns used.
    @discardableResult
    public mutating func write(_ spans: [Span], at point: Point, maxColumns: Int = .max) -> Int {
        var used = 0
        for span in spans {
            let place = Point(column: point.column + used, row: point.row)
            used += write(span.text, at: place, role: span.role, extra: span.extra, maxColumns: maxColumns - used)
        }
        return used
    }

    /// Fills a region with one character of one column.
    public mutating func fill(
        _ region: Region, role: StyleRole = .text, with character: Character = " ", extra: Attributes = []
    ) {
        let (shown, width) = TextWidth.displayed(character)
        let text = width == 1 ? shown : " "
        let inside = region.intersection(Region(size))
        for row in inside.row..<inside.row + inside.rows {
            for column in inside.column..<inside.column + inside.columns { put(text, 1, column, row, role, extra) }
        }
    }

    /// Draws a border along the region's edge, with a title in its upper side. Nothing below 2 x 2.
    public mutating func box(
        _ region: Region, title: String = "", role: StyleRole = .border, titleRole: StyleRole = .title
    ) {
        guard region.columns >= 2, region.rows >= 2 else { return }
        let last = Point(column: region.endColumn - 1, row: region.endRow - 1)
        for row in [region.row, last.row] {
            let side = Region(column: region.column + 1, row: row, columns: region.columns - 2, rows: 1)
            fill(side, role: role, with: "─")
        }
        for column in [region.column, last.column] {
            let side = Region(column: column, row: region.row + 1, columns: 1, rows: region.rows - 2)
            fill(side, role: role, with: "│")
        }
        write("┌", at: region.origin, role: role)
        write("┐", at: Point(column: last.column, row: region.row), role: role)
        write("└", at: Point(column: region.column, row: last.row), role: role)
        write("┘", at: last, role: role)
        guard !title.isEmpty, region.columns >= 6 else { return }
        write(
            " \(title) ", at: Point(column: region.column + 1, row: region.row), role: titleRole,
            maxColumns: region.columns - 2)
    }

    private func contains(_ column: Int, _ row: Int) -> Bool {
        column >= 0 && column < size.columns && row >= 0 && row < size.rows
    }

    /// Places one grapheme and repairs the wide cells that it cuts. The caller has checked right edge and row.
    private mutating func put(
        _ text: String, _ width: Int, _ column: Int, _ row: Int, _ role: StyleRole, _ extra: Attributes
    ) {
        guard column + width > 0 else { return }
        let rowStart = row * size.columns
        guard column >= 0 else {
            // The grapheme begins left of the frame: what is visible of it is blank.
            for visible in 0..<column + width { put(" ", 1, visible, row, role, extra) }
            return
        }
        blankPartners(from: rowStart + column, count: width, rowStart: rowStart)
        cells[rowStart + column] = Cell(text: text, role: role, width: UInt8(width), extra: extra)
        for covered in 1..<max(1, width) {
            cells[rowStart + column + covered] = Cell(text: "", role: role, width: 0, extra: extra)
        }
    }

    /// Blanks the columns outside [start, start + count) of the wide cells that reach into it.
    private mutating func blankPartners(from start: Int, count: Int, rowStart: Int) {
        if cells[start].isContinuation {
            var owner = start
            while owner > rowStart, cells[owner].isContinuation { owner -= 1 }
            for index in owner..<start { blank(index) }
        }
        var index = start + count
        while index < rowStart + size.columns, cells[index].isContinuation {
            blank(index)
            index += 1
        }
    }

    private mutating func blank(_ index: Int) {
        cells[index].text = " "
        cells[index].width = 1
    }
}
