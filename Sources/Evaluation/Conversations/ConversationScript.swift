/// What a turn of a conversation is about.
public enum TurnKind: String, Sendable, CaseIterable {
    /// On the plugin's subject.
    case on
    /// On the subject after a remark: "Thanks! One more thing: …".
    case preamble
    /// On the subject, and understood from the turns before it alone: "And how do I lower it?".
    case followup
    /// Everyday questions and small talk.
    case general
    /// Near to the subject, and never taught: "What is my cat called?".
    case untaught

    /// Whether an answer can be right or wrong.
    public var isOnSubject: Bool {
        switch self {
        case .on, .preamble, .followup: true
        case .general, .untaught: false
        }
    }
}

/// One thing that a person says in a scripted conversation.
public struct ScriptTurn: Sendable, Equatable {
    /// What is said.
    public var user: String
    /// What it is about.
    public var kind: TurnKind
    /// A right answer has each of these; one alternative of each is enough. Empty where no answer is right or wrong.
    public var right: [[String]]

    /// A turn.
    public init(_ user: String, _ kind: TurnKind, right: [[String]] = []) {
        self.user = user
        self.kind = kind
        self.right = right
    }
}

/// A conversation of which the person's part is written.
public struct ConversationScript: Sendable, Equatable {
    /// Which plugin it is for.
    public var subject: String
    /// The turns, in order.
    public var turns: [ScriptTurn]
    /// The file.
    public var path: String
    /// Its line, from 1.
    public var line: Int

    /// A conversation.
    public init(subject: String, turns: [ScriptTurn], path: String = "", line: Int = 0) {
        self.subject = subject
        self.turns = turns
        self.path = path
        self.line = line
    }

    /// Where the facts taught for its subject are, unless they are somewhere else: beside the file.
    public var factsPath: String {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return "\(folder)\(subject).jsonl"
    }
}
