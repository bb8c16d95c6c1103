import Chat
import Screen

extension State {
    /// The token in the row above or below another, as near to its column as there is one; nil at the ends.
    mutating func tokenInRow(from place: TokenPlace, step: Int) -> TokenPlace? {
        reveal(place)
        for _ in 0..<2 {
            _ = refreshTranscript()
            if let found = visibleToken(from: place, step: step) { return found }
            // Beyond the window's edge: the next rows are looked at, and shown if there is something in them.
            let rows = layout(size, self).transcript.rows
            scrollTranscript(rows: step * max(rows / 2, 1))
        }
        reveal(place)
        return nil
    }

    private func visibleToken(from place: TokenPlace, step: Int) -> TokenPlace? {
        let rows = transcript.visible
        guard
            let current = rows.firstIndex(where: { row in
                row.place.turn == place.turn && row.row.runs.contains { $0.token == Int32(place.token) }
            })
        else { return nil }
        var column = 0
        for run in rows[current].row.runs {
            if run.token == Int32(place.token) { break }
            column += TextWidth.columns(of: run.text)
        }
        var index = current + step
        while rows.indices.contains(index) {
            if let token = Self.token(in: rows[index].row, near: column) {
                let found = TokenPlace(turn: rows[index].place.turn, token: Int(token))
                if found != place { return found }
            }
            index += step
        }
        return nil
    }

    /// The token at a column of a row, or the nearest before it, or the row's first.
    private static func token(in row: TranscriptRow, near column: Int) -> Int32? {
        var start = 0
        var found: Int32?
        for run in row.runs {
            if let token = run.token, found == nil || start <= column { found = token }
            start += TextWidth.columns(of: run.text)
        }
        return found
    }
}
