/// What a chat asks of its store. Everything is done in order; what is asked for comes as `StoreEvent`.
public enum StoreRequest: Sendable, Equatable {
    /// A turn begins; the first one of a conversation makes the conversation.
    case asked(Turn, after: TurnID?, in: ConversationHead)
    /// A token of a turn's answer.
    case token(TokenRecord, of: TurnID)
    /// So many of a turn's last tokens are no part of its answer any more.
    case retracted(TurnID, Int)
    /// What the engine said of a turn's start.
    case started(TurnID, promptTokens: Int?, firstTokenMilliseconds: Double?)
    /// What reading a turn's question took of exchanges.
    case promptRead(TurnID, PromptExchanges)
    /// A turn's answer is complete, or ended by an error with a sentence.
    case ended(TurnID, StopReason, failure: String?)
    /// A conversation shows the branch that ends with this turn.
    case shown(ConversationID, TurnID)
    /// A conversation has another title.
    case renamed(ConversationID, String)
    /// A conversation is to go; until the program ends it can come back.
    case deleted(ConversationID)
    /// A conversation that was to go comes back.
    case restored(ConversationID)
    /// The message being written.
    case draft(String)
    /// All conversations: `StoreEvent.listed`.
    case list
    /// A conversation, at a turn where one is named: `StoreEvent.opened`.
    case open(ConversationID, at: TurnID?)
    /// The conversation whose number begins with these digits, or the newest one: `StoreEvent.opened`.
    case resume(String?)
    /// Turns with these words: `StoreEvent.found`.
    case search(String)
}

/// What a store says to its chat.
public enum StoreEvent: Sendable, Equatable {
    /// All conversations, the one changed last first.
    case listed([ConversationSummary])
    /// A conversation, and the turn to show of it.
    case opened(Conversation, at: TurnID?)
    /// What was found for these words, best first.
    case found(String, [SearchHit])
    /// The message that was being written when a program ended.
    case draft(String)
    /// Something did not work; the sentence says what to do. Nothing that is on the screen is lost.
    case warning(String)
}

/// What a store needs to know of a conversation besides its turns.
public struct ConversationHead: Sendable, Equatable {
    /// Its name.
    public var id: ConversationID
    /// Its title.
    public var title: String
    /// Instructions before the first turn.
    public var system: String?
    /// When it began, in seconds since 1970.
    public var created: Double

    /// A conversation's facts.
    public init(id: ConversationID, title: String, system: String? = nil, created: Double = 0) {
        self.id = id
        self.title = title
        self.system = system
        self.created = created
    }

    /// A conversation's facts.
    public init(_ conversation: Conversation) {
        self.init(
            id: conversation.id, title: conversation.title ?? "", system: conversation.system,
            created: conversation.created)
    }
}

/// One row of a list of conversations.
public struct ConversationSummary: Sendable, Equatable {
    /// Its name.
    public var id: ConversationID
    /// Its title.
    public var title: String
    /// When it began, in seconds since 1970.
    public var created: Double
    /// When something was last written to it, in seconds since 1970.
    public var changed: Double
    /// Turns, on all branches.
    public var turns: Int
    /// Tokens of all answers.
    public var tokens: Int
    /// Those of them on the side path.
    public var sideTokens: Int

    /// One row.
    public init(
        id: ConversationID, title: String, created: Double = 0, changed: Double = 0, turns: Int = 0, tokens: Int = 0,
        sideTokens: Int = 0
    ) {
        self.id = id
        self.title = title
        self.created = created
        self.changed = changed
        self.turns = turns
        self.tokens = tokens
        self.sideTokens = sideTokens
    }
}

/// A turn in which words were found.
public struct SearchHit: Sendable, Equatable {
    /// A stretch of the text that was found, plain or one of the words.
    public struct Piece: Sendable, Equatable {
        /// The text.
        public var text: String
        /// Whether it is one of the words.
        public var isMatch: Bool

        /// A stretch.
        public init(_ text: String, isMatch: Bool = false) {
            self.text = text
            self.isMatch = isMatch
        }
    }

    /// The conversation.
    public var conversation: ConversationID
    /// Its title.
    public var title: String
    /// The turn.
    public var turn: TurnID
    /// Whether it was found in the answer, not in the question.
    public var isAnswer: Bool
    /// The words with some text around them, on one line.
    public var excerpt: [Piece]

    /// A hit.
    public init(
        conversation: ConversationID, title: String, turn: TurnID, isAnswer: Bool, excerpt: [Piece]
    ) {
        self.conversation = conversation
        self.title = title
        self.turn = turn
        self.isAnswer = isAnswer
        self.excerpt = excerpt
    }
}
