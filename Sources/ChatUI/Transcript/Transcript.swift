import Chat
import Screen

/// What a transcript shows. It is handed over with every call and kept nowhere else, so that a token that arrives copies nothing.
struct TranscriptSource: Sendable {
    var conversation: Conversation
    /// The message that is sent next.
    var queued: String?
    var decoration = TranscriptDecoration()

    /// Turns, and one more for what waits behind them.
    var turnCount: Int { conversation.turns.count + (queued == nil ? 0 : 1) }

    /// What stands under a turn's reply beside its own: a road that was not taken, or where the model's memory ends.
    func ghost(of turn: Int) -> [Span]? {
        decoration.ghosts[turn]
            ?? (conversation.forgottenTurns == turn + 1
                ? [Span("The model no longer sees what is above.", .system)] : nil)
    }
}

/// The conversation as rows, of which only those around the window are ever made. Tokens are stored, rows derived: after a
/// resize the rows that are seen are made anew and no others.
struct Transcript: Sendable {
    /// A row: its turn (one behind the last is the queued message), the segment in it, the row in that.
    struct Place: Sendable, Equatable, Comparable {
        var turn: Int
        var segment: Int
        var row: Int

        static func < (one: Place, other: Place) -> Bool {
            (one.turn, one.segment, one.row) < (other.turn, other.segment, other.row)
        }
    }

    /// A row in the window.
    struct VisibleRow: Sendable, Equatable {
        var place: Place
        var row: TranscriptRow
        /// The walked token is in it.
        var isMarked = false
    }

    private var measure = TranscriptMeasure(columns: 1)
    private var turns: [TurnLayout?] = []
    /// The first row shown while the person reads back; nil while the newest row is followed.
    private var top: Place?
    /// The rows in the window, as the last refresh left them.
    private(set) var visible: [VisibleRow] = []
    /// Tokens that came since the person scrolled up.
    private(set) var newTokens = 0

    /// Whether the newest row is kept in view.
    var isFollowing: Bool { top == nil }

    /// Goes back to the newest row.
    mutating func follow() {
        top = nil
        newTokens = 0
    }

    /// Counts a token for the mark, while the person reads back.
    mutating func countNewToken() {
        if top != nil { newTokens += 1 }
    }

    /// Takes what is new and finds the rows in the window, keeping the place where the width has changed.
    mutating func refresh(_ source: TranscriptSource, measure: TranscriptMeasure, rows: Int) {
        dropChanged(source)
        if measure != self.measure { change(to: measure, source) }
        if let place = top {
            top = existing(place, source)
            if let top, top >= end(rows, source) { follow() }
        }
        visible = window(rows, source)
    }

    /// Keeps the first row's token at the top; without one, the share of its segment that is above.
    private mutating func change(to measure: TranscriptMeasure, _ source: TranscriptSource) {
        guard let place = top else {
            self.measure = measure
            return
        }
        let before = rows(place.turn, place.segment, source)
        let token = before.dropFirst(place.row).lazy.compactMap(\.firstToken).first
        self.measure = measure
        let found = token.flatMap { self.place(of: TokenPlace(turn: place.turn, token: Int($0)), source) }
        let count = rows(place.turn, place.segment, source).count
        top = found ?? Place(turn: place.turn, segment: place.segment, row: place.row * count / max(before.count, 1))
    }

    /// Layouts of turns that are others now are forgotten.
    private mutating func dropChanged(_ source: TranscriptSource) {
        let count = source.conversation.turns.count
        if turns.count > count { turns.removeLast(turns.count - count) }
        for index in turns.indices {
            if let layout = turns[index], !layout.fits(source.conversation.turns[index]) { turns[index] = nil }
        }
        while turns.count < count { turns.append(nil) }
    }

    // MARK: Rows

    /// Reads what is new in a turn that is needed.
    private mutating func refresh(_ index: Int, _ source: TranscriptSource) {
        let turn = source.conversation.turns[index]
        let note = source.decoration.notes[index]
        if turns[index] == nil { turns[index] = TurnLayout(turn, note: note, isFirst: index == 0) }
        turns[index]?.refresh(
            turn, note: note, isFirst: index == 0, ghost: source.ghost(of: index))
    }

    private mutating func segments(_ turn: Int, _ source: TranscriptSource) -> Int {
        guard turns.indices.contains(turn) else { return 1 }
        refresh(turn, source)
        return turns[turn]?.count ?? 1
    }

    private mutating func rows(_ turn: Int, _ segment: Int, _ source: TranscriptSource) -> [TranscriptRow] {
        if turns.indices.contains(turn) { return turns[turn]?.rows(of: segment, measure) ?? [] }
        guard turn == turns.count, let queued = source.queued else { return [] }
        return (turns.isEmpty ? [] : [TranscriptRow()])
            + TranscriptSegment.lines(queued, role: .dim, mark: .queued, measure.columns)
            + TranscriptSegment.lines("queued: sent next · ↑ takes it back", role: .system, measure.columns)
    }

    /// The rows of the window, from `top` on or the last ones.
    private mutating func window(_ height: Int, _ source: TranscriptSource) -> [VisibleRow] {
        let marked = source.decoration.marked.flatMap { self.place(of: $0, source) }
        var place = top ?? end(height, source)
        var result: [VisibleRow] = []
        while place.turn < source.turnCount, result.count < height {
            let count = segments(place.turn, source)
            while place.segment < count, result.count < height {
                let rows = rows(place.turn, place.segment, source)
                while place.row < rows.count, result.count < height {
                    result.append(VisibleRow(place: place, row: rows[place.row], isMarked: place == marked))
                    place.row += 1
                }
                place.row = 0
                place.segment += 1
            }
            place = Place(turn: place.turn + 1, segment: 0, row: 0)
        }
        return result
    }

    /// Where a window of this height begins that shows the newest row.
    private mutating func end(_ height: Int, _ source: TranscriptSource) -> Place {
        moved(Place(turn: source.turnCount, segment: 0, row: 0), by: -height, source)
    }

    /// The place some rows before or behind another, within what there is.
    private mutating func moved(_ place: Place, by step: Int, _ source: TranscriptSource) -> Place {
        var place = place
        if step < 0 {
            var left = -step
            while left > place.row {
                left -= place.row
                place.row = 0
                if place.segment > 0 {
                    place.segment -= 1
                } else if place.turn > 0 {
                    place.turn -= 1
                    place.segment = segments(place.turn, source) - 1
                } else {
                    return place
                }
                place.row = rows(place.turn, place.segment, source).count
            }
            place.row -= left
            return place
        }
        var left = step
        while place.turn < source.turnCount {
            let count = segments(place.turn, source)
            while place.segment < count {
                let rows = rows(place.turn, place.segment, source).count
                if place.row + left < rows {
                    place.row += left
                    return place
                }
                left -= rows - place.row
                place.row = 0
                place.segment += 1
            }
            place = Place(turn: place.turn + 1, segment: 0, row: 0)
        }
        return place
    }

    /// The place itself, or the nearest one where it is gone.
    private mutating func existing(_ place: Place, _ source: TranscriptSource) -> Place? {
        guard place.turn < source.turnCount else { return nil }
        let segment = min(place.segment, segments(place.turn, source) - 1)
        let rows = rows(place.turn, segment, source).count
        return Place(turn: place.turn, segment: segment, row: min(max(place.row, 0), max(rows - 1, 0)))
    }

    // MARK: Scrolling

    /// Moves the window by rows; at the end it follows again.
    mutating func scroll(by step: Int, height: Int, _ source: TranscriptSource) {
        let end = end(height, source)
        let wanted = moved(top ?? end, by: step, source)
        if wanted >= end { follow() } else { top = wanted }
    }

    /// Moves the window so that a turn begins at its top, or is in it at least.
    mutating func show(turn: Int, height: Int, _ source: TranscriptSource) {
        guard turns.indices.contains(turn) else { return }
        let wanted = Place(turn: turn, segment: 0, row: turn == 0 ? 0 : 1)
        if wanted >= end(height, source) { follow() } else { top = wanted }
    }

    /// Moves the window, where it must, so that a token is in it.
    mutating func show(_ token: TokenPlace, height: Int, _ source: TranscriptSource) {
        guard let place = place(of: token, source) else { return }
        let end = end(height, source)
        let first = top ?? end
        let last = moved(first, by: height - 1, source)
        guard place < first || place > last else { return }
        let wanted = moved(place, by: -height / 2, source)
        if wanted >= end { follow() } else { top = wanted }
    }

    /// The row of a token.
    mutating func place(of token: TokenPlace, _ source: TranscriptSource) -> Place? {
        guard turns.indices.contains(token.turn) else { return nil }
        refresh(token.turn, source)
        let found = turns[token.turn]?.place(of: Int32(clamping: token.token), measure)
        return found.map { Place(turn: token.turn, segment: $0.segment, row: $0.row) }
    }
}
