import Screen

/// Rows of text in a box, of which those that fit are shown, and the place that was scrolled to.
struct RowScroll: Sendable, Equatable {
    /// The first row shown.
    private(set) var first = 0

    enum Move: Sendable, Equatable { case up, down, pageUp, pageDown, start, end, close }

    /// The keys of an overlay that does nothing else.
    static let keys = OverlayKeys<Move>(
        title: "In re-timing, ledger and /teach list",
        rows: [
            .init(.up, [.up], "↑", "", "row up"),
            .init(.down, [.down], "↓", "scroll", "row down"),
            .init(.pageUp, [.pageUp], "PgUp", "", "page up"),
            .init(.pageDown, [.pageDown], "PgDn", "", "page down"),
            .init(.close, [.escape, .character("q"), .enter], "Esc", "close", "back to the conversation"),
        ])

    /// Applies a key of an overlay that only shows `rows` rows.
    mutating func press(_ key: Key, _ state: State, rows: Int) -> OverlayOutcome {
        switch Self.keys.id(of: key) {
        case nil: return state.outcomeBeside(key)
        case .close: return .close()
        case let step?: move(step, rows: rows, height: layout(state.size, state).overlay.framedInside.rows)
        }
        return .stay()
    }

    /// Goes on in `rows` rows, never past the last `height` ones.
    mutating func move(_ move: Move, rows: Int, height: Int) {
        let height = max(height, 1)
        let limit = max(rows - height, 0)
        // Fewer rows than before may be left.
        first = min(first, limit)
        switch move {
        case .up: first -= 1
        case .down: first += 1
        case .pageUp: first -= height
        case .pageDown: first += height
        case .start: first = 0
        case .end: first = limit
        case .close: return
        }
        first = min(max(first, 0), limit)
    }

    /// Draws a box that is framed as the other overlays are.
    func render(_ rows: [[Span]], title: String, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        write(rows, region.framed(title: title, into: &frame), of: region, into: &frame)
    }

    /// Writes the rows that fit, the last ones where less than a region full would be left, and says on the border of their
    /// box, where they have one, how many stand below them.
    func write(_ rows: [[Span]], _ inside: Region, of box: Region? = nil, into frame: inout Frame) {
        let first = min(first, max(rows.count - inside.rows, 0))
        for (offset, row) in rows.dropFirst(first).prefix(inside.rows).enumerated() {
            frame.write(row, at: Point(column: inside.column, row: inside.row + offset), maxColumns: inside.columns)
        }
        guard let box else { return }
        // A small box has no lower border.
        frame.markMore(
            rows.count, from: first, height: inside.rows, of: box, onTop: inside.endRow == box.endRow)
    }
}

extension Frame {
    /// Says on a box's lower border, or on its upper one, how many of `count` rows stand below the `height` ones that are
    /// shown from `first` on.
    mutating func markMore(_ count: Int, from first: Int, height: Int, of box: Region, onTop: Bool = false) {
        let below = count - min(first, max(count - height, 0)) - height
        guard below > 0 else { return }
        writeRight(
            [Span(" ↓ \(below) more ", .scrollMark)], in: box.splitRight(2).rest, row: onTop ? 0 : box.rows - 1)
    }
}
