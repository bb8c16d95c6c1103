import Chat
import Screen

/// One token of the conversation.
public struct TokenPlace: Sendable, Hashable, Codable {
    /// Index of its turn.
    public var turn: Int
    /// Index of the token in that turn's reply.
    public var token: Int

    /// A token's place.
    public init(turn: Int, token: Int) {
        self.turn = turn
        self.token = token
    }
}

/// What the roles of reply tokens say. Roles are looked up for the tokens on the screen alone, so a change of colouring
/// wraps nothing again.
public enum TokenColouring: String, Sendable, Hashable, CaseIterable {
    /// Who wrote the token.
    case gate = "path"
    /// How probable the gate found the side.
    case probability
    /// What the side was expected to gain, in nats.
    case effect
    /// What the token took.
    case latency
}

/// What other views lay over the transcript. Colouring and mark are applied while drawing; notes and ghosts make rows of
/// their own, and only their turns are wrapped again.
public struct TranscriptDecoration: Sendable, Equatable {
    /// What the tokens' roles say.
    public var colouring = TokenColouring.gate
    /// The token that is walked over: reversed, with a mark in the gutter of its row (also where markup hides it).
    public var marked: TokenPlace?
    /// A text under a turn's reply, before its figures: what might have been said instead.
    public var ghosts: [Int: [Span]] = [:]
    /// A short note behind a turn's question, such as `2/3`.
    public var notes: [Int: String] = [:]

    /// No decoration.
    public init() {}
}

extension TokenPath {
    /// How a token of this path looks.
    var role: StyleRole { self == .base ? .base : .side }
}

extension State {
    /// What the transcript shows.
    private var transcriptSource: TranscriptSource {
        TranscriptSource(conversation: conversation, queued: queued, decoration: decoration)
    }

    /// Takes what is new for the window as it is.
    mutating func refreshTranscript() -> Regions {
        let regions = layout(size, self)
        transcript.refresh(
            transcriptSource,
            measure: TranscriptMeasure(columns: regions.transcriptTextColumns, isReading: isReading),
            rows: regions.transcript.rows)
        return regions
    }

    /// Scrolls by pages, keeping one row of the page before.
    mutating func scrollTranscript(pages: Int) {
        let rows = refreshTranscript().transcript.rows
        transcript.scroll(by: pages * max(rows - 1, 1), height: rows, transcriptSource)
    }

    /// Scrolls by rows.
    mutating func scrollTranscript(rows step: Int) {
        let rows = refreshTranscript().transcript.rows
        transcript.scroll(by: step, height: rows, transcriptSource)
    }

    /// Scrolls so that a token is in view, if it is not.
    mutating func reveal(_ place: TokenPlace) {
        let rows = refreshTranscript().transcript.rows
        transcript.show(place, height: rows, transcriptSource)
    }

    /// Scrolls so that a turn begins at the top of the window.
    mutating func reveal(turn: Int) {
        let rows = refreshTranscript().transcript.rows
        transcript.show(turn: turn, height: rows, transcriptSource)
    }

    /// The token that is drawn at a place of the window, as the last frame was drawn.
    func token(at point: Point) -> TokenPlace? {
        let region = layout(size, self).transcript
        guard region.contains(point), point.row - region.row < transcript.visible.count else { return nil }
        let visible = transcript.visible[point.row - region.row]
        var column = region.column + Regions.gutter
        for run in visible.row.runs {
            let next = column + TextWidth.columns(of: run.text)
            if (column..<next).contains(point.column) {
                return run.token.map { TokenPlace(turn: visible.place.turn, token: Int($0)) }
            }
            column = next
        }
        return nil
    }
}
