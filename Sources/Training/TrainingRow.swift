import Tokenizer

/// One example to learn from.
public struct TrainingRow: Sendable, Equatable {
    /// What is learned of it.
    public enum Content: Sendable, Equatable {
        /// Every turn of the assistant.
        case conversation([Message])
        /// The text itself, each token from those before.
        case passage(String)
    }

    /// The example.
    public let content: Content
    /// Where it stands: a file and a line.
    public let source: String

    /// A row.
    public init(content: Content, source: String = "") {
        self.content = content
        self.source = source
    }

    /// A question and its answer.
    public init(prompt: String, response: String, source: String = "") {
        let messages = [Message(role: .user, content: prompt), Message(role: .assistant, content: response)]
        self.init(content: .conversation(messages), source: source)
    }

    /// What is asked last; nil for a passage.
    package var lastQuestion: String? {
        guard case .conversation(let messages) = content else { return nil }
        return messages.last { $0.role == .user }?.content
    }

    /// The same for the same content, wherever it stands.
    package var hash: UInt64 {
        switch content {
        case .conversation(let messages):
            stableHash(messages.map { "\($0.role.rawValue)\u{1}\($0.content)" }.joined(separator: "\u{2}"))
        case .passage(let text):
            stableHash("\u{3}" + text)
        }
    }

    /// The same for rows that teach the same answers in other words.
    package var answerHash: UInt64 {
        switch content {
        case .conversation(let messages):
            stableHash(messages.filter { $0.role == .assistant }.map(\.content).joined(separator: "\u{2}"))
        case .passage: hash
        }
    }
}
