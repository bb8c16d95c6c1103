import Chat

extension State {
    /// Opens the inspector at the next token that fits, from the marked one on and round from the end to the start.
    mutating func findToken(_ search: GateSearch) -> [Effect] {
        let walk = TokenWalk(conversation)
        let start = TokenPlace(turn: 0, token: -1)
        guard
            let place = walk.next(after: decoration.marked ?? start, where: search.fits)
                ?? walk.next(after: start, where: search.fits)
        else {
            switch search {
            case .side: say(.information, "No token here came from the side.")
            case .near: say(.information, "No token’s probability was within 0.1 of the threshold.")
            }
            return []
        }
        return openInspector(at: place)
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
