import SPAEngine

/// What played conversations show.
public struct ConversationReport: Sendable, Equatable {
    /// A turn that was played.
    public struct Turn: Sendable, Equatable {
        /// What was asked.
        public let script: ScriptTurn
        /// What came.
        public let answer: SpokenText
        /// Its tokens.
        public let tokens: Int
        /// Those of the side.
        public let sideTokens: Int
        /// Why it ended.
        public let stop: StopReason
        /// Whether it is right; nil where no answer is right or wrong.
        public let isRight: Bool?
        /// What the answer has of the taught facts; nil where nobody knows what was taught.
        public let taught: TaughtFacts.Found?

        /// Scores an answer.
        public init(
            _ script: ScriptTurn, answer: SpokenText, tokens: Int, sideTokens: Int, stop: StopReason,
            facts: TaughtFacts?
        ) {
            self.script = script
            self.answer = answer
            self.tokens = tokens
            self.sideTokens = sideTokens
            self.stop = stop
            isRight = script.right.isEmpty ? nil : RightAnswer.isRight(answer.text, script.right)
            taught = facts?.found(in: answer, to: script.user)
        }

        /// The side's share of the tokens, in percent; 0 for an empty answer.
        public var usagePercent: Double { tokens == 0 ? 0 : 100 * Double(sideTokens) / Double(tokens) }

        /// Whether the side keeps out of it, as it is to do with what is not its subject: at most 5 % of the tokens.
        public var isQuiet: Bool { 20 * sideTokens <= tokens }
    }

    /// A conversation that was played.
    public struct Conversation: Sendable, Equatable {
        /// What was said by the person.
        public var script: ConversationScript
        /// The turns.
        public var turns: [Turn]

        /// A conversation.
        public init(script: ConversationScript, turns: [Turn]) {
            self.script = script
            self.turns = turns
        }
    }

    /// How many of some turns there are, with what that says of others like them.
    public struct Share: Sendable, Equatable {
        /// Those with the property.
        public var count: Int
        /// All of them.
        public var of: Int

        /// Some of some.
        public init(count: Int, of: Int) {
            self.count = count
            self.of = of
        }

        /// In percent; nil of none.
        public var percent: Double? { of == 0 ? nil : 100 * Double(count) / Double(of) }

        /// The standard error of the percentage, turns taken as independent; nil of none.
        public var error: Double? {
            guard of > 0 else { return nil }
            let share = Double(count) / Double(of)
            return 100 * (share * (1 - share) / Double(of)).squareRoot()
        }
    }

    /// What turns of one kind, or in one place, show together.
    public struct Group: Sendable, Equatable {
        /// Turns.
        public var turns = 0
        /// The mean of the turns' usage, in percent; nil of none.
        public var usagePercent: Double?
        /// Right answers, of those that are right or wrong.
        public var right: Share
        /// Answers in which the side keeps quiet.
        public var quiet: Share
        /// Answers in which the side says a taught fact, of those where that can be told.
        public var sideFacts: Share
        /// Answers in which the base says one, and the side none.
        public var baseFacts: Share

        /// The figures of some turns.
        public init(_ turns: [Turn]) {
            func share(_ turns: [Turn], _ property: (Turn) -> Bool) -> Share {
                Share(count: turns.count(where: property), of: turns.count)
            }
            self.turns = turns.count
            usagePercent =
                turns.isEmpty ? nil : turns.reduce(0) { $0 + $1.usagePercent } / Double(turns.count)
            right = share(turns.filter { $0.isRight != nil }) { $0.isRight == true }
            quiet = share(turns) { $0.isQuiet }
            let known = turns.filter { $0.taught != nil }
            sideFacts = share(known) { $0.taught?.side.isEmpty == false }
            baseFacts = share(known) { $0.taught?.side.isEmpty == true && $0.taught?.base.isEmpty == false }
        }
    }

    /// The conversations, in order.
    public var conversations: [Conversation] = []

    /// A report of none.
    public init() {}

    /// All turns.
    public var turns: [Turn] { conversations.flatMap(\.turns) }

    /// The turns of a kind.
    public func figures(_ kind: TurnKind) -> Group { Group(turns.filter { $0.script.kind == kind }) }

    /// All turns on the subject.
    public var onSubject: Group { Group(turns.filter(\.script.kind.isOnSubject)) }

    /// The turns of a kind after the first ones of their conversations.
    public func later(_ kind: TurnKind) -> Group {
        Group(conversations.flatMap { $0.turns.dropFirst() }.filter { $0.script.kind == kind })
    }

    /// The right answers by the place of their turn, first to last.
    public var rightByTurn: [Share] {
        (0..<(conversations.map(\.turns.count).max() ?? 0)).map { place in
            Group(conversations.compactMap { $0.turns.indices.contains(place) ? $0.turns[place] : nil }).right
        }
    }
}
