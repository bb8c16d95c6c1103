import Chat
import Screen

/// One token of the conversation.
public struct TokenPlace: Sendable, Hashable {
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
public enum TokenColouring: Sendable, Hashable {
    /// Who wrote the token.
    case gate

    /// How a token looks.
    func role(of token: TokenRecord) -> StyleRole { token.path.role }
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

extension State {
    /// Scrolls so that a token is in view, if it is not.
    mutating func reveal(_ place: TokenPlace) { reveal(turn: place.turn) }

    /// Scrolls so that a turn begins at the top of the window.
    mutating func reveal(turn: Int) {
        let regions = refreshTranscript()
        transcript.show(turn: turn, height: regions.transcript.rows)
    }
}
