/// What a search by the gate looks for.
public enum GateSearch: String, Sendable, CaseIterable {
    /// A token on the side path.
    case side
    /// A token whose probability was near the threshold: the gate might as well have chosen the other path.
    case near

    /// How far a probability may be from the threshold to be near it.
    public static let nearness: Float = 0.1

    /// Whether a token is one.
    public func fits(_ token: TokenRecord) -> Bool {
        switch self {
        case .side: token.path == .side
        case .near: (token.probability - token.threshold).magnitude <= Self.nearness
        }
    }
}

extension Conversation {
    /// The next token that fits after a place (before it, going backward), through all turns that are shown and round
    /// from the end to the start; nil where none fits. Without a place the search begins at the conversation's start.
    public func token(
        _ search: GateSearch, after place: (turn: Int, token: Int)?, backward: Bool = false
    ) -> (turn: Int, token: Int)? {
        guard !turns.isEmpty else { return nil }
        let step = backward ? -1 : 1
        let start = place.map { min(max($0.turn, 0), turns.count - 1) } ?? (backward ? turns.count - 1 : 0)
        // The turn of the place comes twice: from the place on, and at the very end up to it.
        for offset in 0...turns.count {
            let turn = ((start + step * offset) % turns.count + turns.count) % turns.count
            let tokens = turns[turn].reply.tokens
            var range = tokens.indices
            if let place, offset == 0 {
                let bound = min(max(place.token, -1), tokens.count)
                range = backward ? 0..<max(bound, 0) : min(bound + 1, tokens.count)..<tokens.count
            }
            let found =
                backward ? tokens[range].lastIndex(where: search.fits) : tokens[range].firstIndex(where: search.fits)
            if let found { return (turn, found) }
        }
        return nil
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
