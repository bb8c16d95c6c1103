import Screen

extension State {
    /// Rows that one step of the wheel moves.
    private static let wheelRows = 3

    /// Applies something done with the mouse: the wheel scrolls, a click sets the cursor in the draft, opens the
    /// inspector at a token, chooses in the map of answers, or does what a key of the key bar does.
    mutating func point(_ mouse: MouseInput) -> [Effect] {
        switch mouse.kind {
        case .wheelUp: return turnWheel(-1)
        case .wheelDown: return turnWheel(1)
        case .press: return click(mouse.point)
        }
    }

    private mutating func turnWheel(_ step: Int) -> [Effect] {
        if overlay != nil {
            return (0..<Self.wheelRows).flatMap { _ in pressInOverlay(step < 0 ? .up : .down).effects }
        }
        scrollTranscript(rows: step * Self.wheelRows)
        return []
    }

    private mutating func click(_ point: Point) -> [Effect] {
        let regions = layout(size, self)
        if let item = keyBar(regions.keyBar).first(where: { $0.region.contains(point) }) {
            if let action = item.action { return perform(action) }
            return Self.key(named: item.key).map { press($0) } ?? []
        }
        if overlay != nil, regions.overlay.contains(point) { return clickInOverlay(point, regions.overlay) }
        if overlay == nil, regions.inputText.contains(point) {
            placeCursor(at: point, in: regions.inputText)
        } else if let place = token(at: point) {
            return openInspector(at: place)
        }
        return []
    }

    /// The key that the bar calls so: an arrow, a letter, or a key with a name.
    private static func key(named name: String) -> Key? {
        let arrows: [String: Key] = ["←": .left, "→": .right, "↑": .up, "↓": .down]
        return arrows[name] ?? Key(name: name) ?? (name.count == 1 ? name.first.map { .character($0) } : nil)
    }

    /// Sets the draft's cursor where it was clicked; the rows are those that the input shows.
    private mutating func placeCursor(at point: Point, in region: Region) {
        let rows = editor.rows(columns: region.columns)
        let row = min(firstInputRow(rows, height: region.rows) + point.row - region.row, rows.count - 1)
        editor.moveTo(row: row, column: point.column - region.column, in: rows)
    }
}
