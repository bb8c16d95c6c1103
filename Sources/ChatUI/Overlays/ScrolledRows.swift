import Screen

extension Frame {
    /// Writes the rows that fit a region, from `first` on; the last ones where less than a region full would be left.
    mutating func writeScrolled(_ rows: [[Span]], from first: Int, _ region: Region) {
        let first = min(first, max(rows.count - region.rows, 0))
        for (offset, row) in rows.dropFirst(first).prefix(region.rows).enumerated() {
            write(row, at: Point(column: region.column, row: region.row + offset), maxColumns: region.columns)
        }
    }

    /// Says on a box's lower border, or on its upper one where that is all it has, how many of `count` rows stand below the
    /// `height` ones that are shown from `first` on.
    mutating func markMore(_ count: Int, from first: Int, height: Int, of box: Region, onTop: Bool = false) {
        let below = count - min(first, max(count - height, 0)) - height
        guard below > 0 else { return }
        writeRight(
            [Span(" ↓ \(below) more ", .scrollMark)], in: box.splitRight(2).rest, row: onTop ? 0 : box.rows - 1)
    }
}
