/// Why a reply ended; the raw values are those of `spa run --json`.
public enum StopReason: String, Sendable, Codable, Equatable {
    /// The model ended its turn.
    case endOfTurn = "end_of_turn"
    /// The token limit or the context was reached.
    case length
    /// The user stopped it; what was written stays.
    case cancelled
    /// An error ended it; what was written stays.
    case failed
    /// It began to repeat itself; one copy of what it repeated stays.
    case repetition
}

/// Who says something to the model; the raw values are the chat templates' names.
public enum Speaker: String, Sendable, Codable, Equatable {
    /// Instructions before the conversation.
    case system
    /// The person.
    case user
    /// The model.
    case assistant
}

/// One message as the engine gets it.
public struct PromptMessage: Sendable, Codable, Hashable {
    /// Who says it.
    public var speaker: Speaker
    /// What is said.
    public var text: String

    /// One message.
    public init(_ speaker: Speaker, _ text: String) {
        self.speaker = speaker
        self.text = text
    }
}

/// One answer: its tokens, the text they make, and what they cost.
public struct Reply: Sendable, Equatable {
    /// Every token, in order.
    public private(set) var tokens: [TokenRecord] = []
    /// What came after them and was taken back: no part of the answer, but what it cost was spent.
    public private(set) var retracted: [TokenRecord] = []
    /// The text, assembled from the tokens' bytes.
    public private(set) var text = StreamingText()
    /// Tokens of the prompt; nil before the engine has said so.
    public var promptTokens: Int?
    /// Milliseconds from the request to the first token; nil before it.
    public var firstTokenMilliseconds: Double?
    /// What reading the prompt took of exchanges; nil where it took none.
    public var promptExchanges: PromptExchanges?
    /// Why it ended; nil while it streams.
    public private(set) var stop: StopReason?
    /// What went wrong, where an error ended it.
    public private(set) var failure: String?
    /// Tokens that the base spoke in the side's place.
    public private(set) var missed = MissedTokens()

    /// A reply that has been asked for and has no token yet.
    public init() {}

    /// Whether more tokens may come.
    public var isStreaming: Bool { stop == nil }

    /// Adds a token. Tokens after the end are ignored.
    public mutating func append(_ token: TokenRecord) {
        guard isStreaming else { return }
        text.push(token.bytes, token: tokens.count)
        tokens.append(token)
        missed.count(token)
    }

    /// Takes the last tokens back. After the end that is ignored.
    public mutating func retract(_ count: Int) {
        let kept = tokens.count - min(max(count, 0), tokens.count)
        guard isStreaming, kept < tokens.count else { return }
        retracted = tokens[kept...] + retracted
        tokens.removeSubrange(kept...)
        (text, missed) = (StreamingText(), MissedTokens())
        for (index, token) in tokens.enumerated() {
            text.push(token.bytes, token: index)
            missed.count(token)
        }
    }

    /// Ends the reply; a second end is ignored.
    public mutating func end(_ reason: StopReason, failure: String? = nil) {
        guard isStreaming else { return }
        text.finish()
        stop = reason
        self.failure = failure
    }

    /// The path of the token that a piece of text belongs to.
    public func path(of piece: TextPiece) -> TokenPath {
        tokens.indices.contains(piece.token) ? tokens[piece.token].path : .base
    }
}

/// One message of the person and the answer to it.
public struct Turn: Sendable, Equatable {
    /// Its name in the tree of the conversation.
    public let id: TurnID
    /// What the person wrote.
    public let question: String
    /// When it was asked, in seconds since 1970; 0 where nobody knows.
    public let asked: Double
    /// What the answer is made with; nil where nobody knows.
    public var settings: ReplySettings?
    /// The instructions that stood before it; nil for none.
    public var system: String?
    /// How many of the conversation's oldest turns the model was not shown for it, as the context was full.
    public var forgotten = 0
    /// The answer, as far as it has come.
    public var reply = Reply()

    /// A turn whose answer is yet to come.
    public init(question: String, id: TurnID = .unnamed, asked: Double = 0, settings: ReplySettings? = nil) {
        self.question = question
        self.id = id
        self.asked = asked
        self.settings = settings
    }
}

/// A conversation: turns in order, and instructions before them only where the person gave some. What is shown is one
/// branch of a tree (`Branches.swift`): a turn can have further versions, each with turns of its own after it.
public struct Conversation: Sendable, Equatable {
    /// Its name in the store.
    public let id: ConversationID
    /// When it began, in seconds since 1970; 0 where nobody knows.
    public let created: Double
    /// What lists call it; nil before the first question.
    public var title: String?
    /// Instructions before the first turn, or nil.
    public var system: String?
    /// The turns of the branch that is shown, oldest first.
    public package(set) var turns: [Turn] = []
    /// Everything that is not shown.
    var branches = Branches()

    /// An empty conversation.
    public init(system: String? = nil, id: ConversationID = ConversationID(rawValue: 0), created: Double = 0) {
        self.system = system
        self.id = id
        self.created = created
    }

    /// Whether the last turn's reply may get more tokens.
    public var isStreaming: Bool { turns.last?.reply.isStreaming ?? false }

    /// How many of the oldest turns the model was not shown for the last one.
    public var forgottenTurns: Int { max(turns.last?.forgotten ?? 0, 0) }

    /// The messages that ask for the last turn's answer, with the instructions that stood before it then. Earlier turns
    /// without any answer are left out: the model would otherwise see two questions in a row. So are those that it was not
    /// shown as the context was full.
    public var prompt: [PromptMessage] {
        var messages: [PromptMessage] = []
        if let system = turns.last?.system, !system.isEmpty { messages.append(PromptMessage(.system, system)) }
        for turn in turns.dropLast().dropFirst(forgottenTurns) {
            let answer = turn.reply.text.string
            guard !answer.isEmpty else { continue }
            messages.append(PromptMessage(.user, turn.question))
            messages.append(PromptMessage(.assistant, answer))
        }
        if let last = turns.last { messages.append(PromptMessage(.user, last.question)) }
        return messages
    }
}
