import Chat
import Screen

extension State {
    /// The token about one row above or below another, by the width of what lies between; nil at the end of all replies.
    func tokenInRow(from place: TokenPlace, step: Int) -> TokenPlace? {
        let walk = TokenWalk(conversation)
        let columns = layout(size, self).transcriptTextColumns
        var found: TokenPlace?
        var current = place
        var used = 0
        while used < columns {
            let next =
                step < 0 ? walk.previous(before: current) { _ in true } : walk.next(after: current) { _ in true }
            guard let next, let token = token(at: next) else { break }
            let endsLine = token.bytes.contains(0x0A)
            used +=
                endsLine || next.turn != current.turn
                ? columns : TextWidth.columns(of: String(decoding: token.bytes, as: UTF8.self))
            (found, current) = (next, next)
        }
        return found
    }
}
