import Chat

extension State {
    /// Puts another conversation on the screen; the one that was there stays in the store.
    mutating func show(_ opened: Conversation, at turn: TurnID?) -> [Effect] {
        guard !isReplying else {
            say(.warning, stopFirst(then: "open another conversation"))
            return []
        }
        let system = conversation.system
        conversation = opened
        rememberAll()
        warnedOfContext = false
        _ = leaveEdit()
        decoration.marked = nil
        let index = turn.flatMap { conversation.show($0) }
        forgetRows()
        defer { awaitedHit = nil }
        let (effects, words) = bringBack(insteadOf: system)
        guard let index else {
            transcript.follow()
            say(.information, wordsOfOpening(words))
            return effects
        }
        if !words.isEmpty { say(.information, wordsOfOpening(words)) }
        reveal(turn: index)
        if let hit = awaitedHit, hit.turn == turn { jump(to: hit) }
        return effects
    }

    /// Lists all conversations, and searches them where words are given.
    mutating func openPicker(_ words: String = "") -> [Effect] {
        overlay = ConversationPicker(query: words)
        return keep(.list) + (words.isEmpty ? [] : keep(.search(words)))
    }

    /// Gives the list what the store has found, where it is still open.
    mutating func tellPicker(_ event: StoreEvent) {
        guard var picker = overlay as? ConversationPicker else { return }
        switch event {
        case .listed(let rows): picker.take(rows, deleted: deleted)
        case .found(let words, let hits): picker.take(hits, for: words)
        case .warning(let text): picker.message = text
        default: break
        }
        overlay = picker
    }

    /// Gives the conversation another title.
    mutating func rename(_ title: String) -> [Effect] {
        conversation.title = title
        say(.information, "This conversation is “\(title)” now.")
        return conversation.turns.isEmpty ? [] : keep(.renamed(conversation.id, title))
    }

    /// Esc: gives an edit up, or stops the reply, or takes the mark from a token.
    mutating func leaveOrStop() -> [Effect] {
        if edited != nil { return leaveEdit() }
        if !isReplying { decoration.marked = nil }
        return stop()
    }

    /// The turns on the screen are others now: nothing that was laid out or laid over them holds.
    mutating func forgetRows() {
        transcript = Transcript()
        decoration.marked = nil
        decoration.ghosts = [:]
        decoration.notes = versionNotes()
    }
}
