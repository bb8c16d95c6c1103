/// Who speaks.
public enum Role: String, Sendable, Codable, CaseIterable {
    case system, user, assistant
}

/// One turn of a conversation.
public struct Message: Sendable, Equatable, Codable {
    /// Who speaks.
    public var role: Role
    /// What is said; never read as special tokens.
    public var content: String

    /// A turn.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}
