/// The same question answered three ways.
public enum ComparisonColumn: Int, Sendable, CaseIterable {
    /// The base alone.
    case base
    /// The side plugin on every token.
    case side
    /// The gate chooses.
    case gated
}

/// A question to be answered three ways.
public struct ComparisonQuestion: Sendable, Equatable {
    /// Tells it from the same question asked again.
    public var run: Int
    /// What is asked.
    public var messages: [PromptMessage]

    /// A question.
    public init(run: Int, messages: [PromptMessage]) {
        self.run = run
        self.messages = messages
    }
}

extension ComparisonQuestion: CustomStringConvertible {
    /// Short, for tests and logs.
    public var description: String { "run \(run) of “\(messages.last?.text ?? "")”" }
}

/// Three answers to the same question, as far as they have come.
public struct Comparison: Sendable {
    /// What is asked.
    public let question: ComparisonQuestion
    /// The answers, by column.
    public private(set) var replies: [Reply] = ComparisonColumn.allCases.map { _ in Reply() }
    /// Why a column has no end of its own.
    public private(set) var failures: [ComparisonColumn: String] = [:]

    /// A comparison that is about to begin.
    public init(_ question: ComparisonQuestion) { self.question = question }

    /// The answer of a column.
    public subscript(column: ComparisonColumn) -> Reply { replies[column.rawValue] }

    /// Whether some column may get more tokens.
    public var isRunning: Bool { replies.contains(where: \.isStreaming) }

    /// The column that is being written; nil where all are at their end.
    public var current: ComparisonColumn? { ComparisonColumn.allCases.first { self[$0].isStreaming } }

    /// Adds a token.
    public mutating func append(_ token: TokenRecord, to column: ComparisonColumn) {
        replies[column.rawValue].append(token)
    }

    /// Takes a column's last tokens back.
    public mutating func retract(_ count: Int, from column: ComparisonColumn) {
        replies[column.rawValue].retract(count)
    }

    /// Ends a column.
    public mutating func end(_ column: ComparisonColumn, _ reason: StopReason, failure: String? = nil) {
        replies[column.rawValue].end(reason)
        if let failure { failures[column] = failure }
    }

    /// The first token in which a column is not what the base alone says; for the base's own column, the first in which
    /// any other differs. nil while they agree. A text that ends earlier differs where it ends.
    public func divergence(_ column: ComparisonColumn) -> Int? {
        guard column == .base else { return Self.divergence(self[.base], self[column]) }
        return [ComparisonColumn.side, .gated].compactMap { Self.divergence(self[.base], self[$0]) }.min()
    }

    private static func divergence(_ one: Reply, _ other: Reply) -> Int? {
        let shared = zip(one.tokens, other.tokens).prefix { $0.id == $1.id }.count
        if shared < one.tokens.count, shared < other.tokens.count { return shared }
        let (short, long) = one.tokens.count < other.tokens.count ? (one, other) : (other, one)
        return !short.isStreaming && long.tokens.count > shared ? shared : nil
    }
}
