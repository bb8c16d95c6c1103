/// What a search by the gate looks for.
public enum GateSearch: String, Sendable, CaseIterable {
    /// A token on the side path.
    case side
    /// A token of which the gate was asked, and whose probability was near the threshold: a close decision.
    case near

    /// How far a probability may be from the threshold to be near it.
    public static let nearness: Float = 0.1

    /// Whether a token is one.
    public func fits(_ token: TokenRecord) -> Bool {
        switch self {
        case .side: token.path == .side
        case .near: token.sigma != nil && (token.probability - token.threshold).magnitude <= Self.nearness
        }
    }
}

extension Reply {
    /// The token that begins the first place where the text holds these words, whatever the case; nil where none does.
    public func token(of words: String) -> Int? {
        let wanted = words.lowercased()
        let text = text.string
        guard !wanted.isEmpty, let range = text.lowercased().firstRange(of: wanted) else { return nil }
        let before = text.lowercased()[..<range.lowerBound].count
        var count = 0
        for piece in self.text.pieces {
            count += piece.text.count
            if count > before { return piece.token }
        }
        return nil
    }
}
