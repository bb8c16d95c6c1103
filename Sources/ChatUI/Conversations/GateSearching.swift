import Chat

extension State {
    /// Marks the next token that a search by the gate finds, from the marked one on, and shows what the gate said.
    mutating func findToken(_ search: GateSearch, backward: Bool = false) -> [Effect] {
        let place = decoration.marked.map { (turn: $0.turn, token: $0.token) }
        guard let found = conversation.token(search, after: place, backward: backward) else {
            switch search {
            case .side: say(.information, "No token here came from the side.")
            case .near:
                say(.information, "No token’s probability was within 0.1 of the threshold.")
            }
            return []
        }
        mark(TokenPlace(turn: found.turn, token: found.token))
        return []
    }

    /// Marks a token, brings it into view, and says what the gate said of it.
    mutating func mark(_ place: TokenPlace) {
        decoration.marked = place
        reveal(place)
        let token = conversation.turns[place.turn].reply.tokens[place.token]
        say(
            .information,
            "Token \(place.token + 1) of answer \(place.turn + 1): \(token.path.rawValue), probability "
                + "\(DecimalText.text(Double(token.probability), digits: 2)), threshold "
                + "\(DecimalText.text(Double(token.threshold), digits: 2)). Esc takes the mark away.")
    }

    /// Jumps to what a search found, once its conversation is on the screen.
    mutating func jump(to hit: SearchHit) {
        guard let index = conversation.turns.firstIndex(where: { $0.id == hit.turn }) else { return }
        reveal(turn: index)
        let words = hit.excerpt.first { $0.isMatch }?.text ?? ""
        guard hit.isAnswer, let token = conversation.turns[index].reply.token(of: words) else { return }
        decoration.marked = TokenPlace(turn: index, token: token)
        reveal(TokenPlace(turn: index, token: token))
    }
}
