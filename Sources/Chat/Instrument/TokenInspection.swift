/// A token that was written, with everything before it: what the engine needs to say what both paths thought of it.
public struct TokenQuestion: Sendable, Hashable {
    /// The messages that the reply answers.
    public var messages: [PromptMessage]
    /// The ids of the reply's tokens before this one.
    public var before: [Int32]
    /// The token.
    public var id: Int32
    /// What one transmission had to earn when it was chosen, in nats.
    public var price: Float

    /// A question.
    public init(messages: [PromptMessage], before: [Int32], id: Int32, price: Float) {
        self.messages = messages
        self.before = before
        self.id = id
        self.price = price
    }
}

extension TokenQuestion: CustomStringConvertible {
    /// Short, for tests and logs.
    public var description: String {
        "token \(id) after \(before.count) of the answer to “\(messages.last?.text ?? "")”"
    }
}

extension Conversation {
    /// What to ask of a token of a reply; nil where there is no such token.
    public func question(turn: Int, token: Int) -> TokenQuestion? {
        guard turns.indices.contains(turn), turns[turn].reply.tokens.indices.contains(token) else { return nil }
        var answered = self
        answered.turns = Array(turns[...turn])
        let tokens = turns[turn].reply.tokens
        return TokenQuestion(
            messages: answered.prompt, before: tokens[..<token].map(\.id), id: tokens[token].id,
            price: tokens[token].price)
    }
}

/// A token that might have been chosen.
public struct TokenCandidate: Sendable, Codable, Equatable {
    /// Its id.
    public var id: Int32
    /// Its own bytes; none for a control token.
    public var bytes: [UInt8]
    /// Its probability, 0...1.
    public var probability: Float

    /// A candidate.
    public init(id: Int32, bytes: [UInt8], probability: Float) {
        self.id = id
        self.bytes = bytes
        self.probability = probability
    }
}

/// What both paths say at the place of a token.
public struct TokenInspection: Sendable, Codable, Equatable {
    /// The base's most probable tokens, most probable first.
    public var base: [TokenCandidate]
    /// The plugin's; empty without a plugin.
    public var side: [TokenCandidate]
    /// -log of the chosen token's probability on the base path, nats.
    public var baseLoss: Float
    /// The same on the side path; nil without a plugin.
    public var sideLoss: Float?

    /// An inspection.
    public init(base: [TokenCandidate], side: [TokenCandidate], baseLoss: Float, sideLoss: Float?) {
        self.base = base
        self.side = side
        self.baseLoss = baseLoss
        self.sideLoss = sideLoss
    }

    /// What the side gains over the base on the chosen token, in nats.
    public var realisedEffect: Float? { sideLoss.map { baseLoss - $0 } }
}

/// How a token is shown by itself: spaces and line ends are visible.
public enum TokenText {
    /// The token's text, or its id where it has none.
    public static func shown(_ bytes: [UInt8], id: Int32) -> String {
        guard !bytes.isEmpty else { return "‹\(id)›" }
        return String(decoding: bytes, as: UTF8.self).replacing(" ", with: "␣").replacing("\n", with: "⏎")
            .replacing("\t", with: "⇥")
    }
}
