/// A number of columns and rows; never negative.
public struct Size: Sendable, Hashable {
    /// Width in terminal columns.
    public let columns: Int
    /// Height in terminal rows.
    public let rows: Int

    /// Makes a size; negative values count as zero.
    public init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A place on the screen; (0, 0) is the top left.
public struct Point: Sendable, Hashable {
    /// Columns from the left.
    public var column: Int
    /// Rows from the top.
    public var row: Int

    /// Makes a point.
    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A rectangle of cells.
public struct Region: Sendable, Hashable {
    /// The leftmost column.
    public var column: Int
    /// The topmost row.
    public var row: Int
    /// Width in columns; never negative.
    public private(set) var columns: Int
    /// Height in rows; never negative.
    public private(set) var rows: Int

    /// Makes a region; negative extents count as zero.
    public init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    /// The whole of a screen.
    public init(_ size: Size) {
        self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
    }

    /// The extent without the place.
    public var size: Size { Size(columns: columns, rows: rows) }
    /// The top left point.
    public var origin: Point { Point(column: column, row: row) }
    /// Whether the region holds no cell.
    public var isEmpty: Bool { columns == 0 || rows == 0 }
    /// The column after the last one.
    public var endColumn: Int { column + columns }
    /// The row after the last one.
    public var endRow: Int { row + rows }

    /// Whether `point` lies inside.
    public func contains(_ point: Point) -> Bool {
        point.column >= column && point.column < endColumn && point.row >= row && point.row < endRow
    }

    /// The region without `columns` at both sides and `rows` at top and bottom.
    public func inset(columns: Int, rows: Int) -> Region {
        Region(
            column: column + min(columns, self.columns), row: row + min(rows, self.rows),
            columns: self.columns - 2 * columns, rows: self.rows - 2 * rows)
    }

    /// Cuts off `count` columns at the left (at most all of them).
    public func splitLeft(_ count: Int) -> (left: Region, rest: Region) {
        let cut = min(max(0, count), columns)
        return (
            Region(column: column, row: row, columns: cut, rows: rows),
            Region(column: column + cut, row: row, columns: columns - cut, rows: rows)
        )
    }

    /// Cuts off `count` columns at the right (at most all of them).
    public func splitRight(_ count: Int) -> (rest: Region, right: Region) {
        let (rest, right) = splitLeft(columns - min(max(0, count), columns))
        return (rest, right)
    }

    /// Cuts off `count` rows at the top (at most all of them).
    public func splitTop(_ count: Int) -> (top: Region, rest: Region) {
        let cut = min(max(0, count), rows)
        return (
            Region(column: column, row: row, columns: columns, rows: cut),
            Region(column: column, row: row + cut, columns: columns, rows: rows - cut)
        )
    }

    /// Cuts off `count` rows at the bottom (at most all of them).
    public func splitBottom(_ count: Int) -> (rest: Region, bottom: Region) {
        let (rest, bottom) = splitTop(rows - min(max(0, count), rows))
        return (rest, bottom)
    }

    /// The part that lies inside `other` too; empty where they do not meet.
    public func intersection(_ other: Region) -> Region {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Region(
            column: left, row: top, columns: min(endColumn, other.endColumn) - left,
            rows: min(endRow, other.endRow) - top)
    }
}
