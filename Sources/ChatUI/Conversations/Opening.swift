import Chat

extension State {
    /// Puts another conversation on the screen; the one that was there stays in the store.
    mutating func show(_ opened: Conversation, at turn: TurnID?) {
        guard !isReplying else {
            say(.warning, "Stop the reply first (Esc), then open another conversation.")
            return
        }
        conversation = opened
        rememberAll()
        warnedOfContext = false
        forgetRows()
        guard let turn, let index = conversation.show(turn) else {
            say(.information, "“\(conversation.title ?? "")” goes on.")
            return
        }
        reveal(turn: index)
    }

    /// The turns on the screen are others now: nothing that was laid out or laid over them holds.
    mutating func forgetRows() {
        transcript = Transcript()
        decoration.marked = nil
        decoration.ghosts = [:]
    }
}
