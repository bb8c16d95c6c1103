import Chat
import Screen

/// When a conversation outgrows the context, its oldest turns are no longer shown to the model. They stay on the screen and in
/// the store, and nothing is left out before the person has been told what and has agreed by doing the same once more. Where
/// there is no window, nobody could be asked in a pipe: the person is told.
extension State {
    /// How many of the oldest turns are left out before a question at a place (behind the last turn, or that of a turn that is
    /// asked anew) as things stand: a question that got no answer changes nothing.
    private func forgotten(before place: Int) -> Int {
        func answered(_ turn: Turn) -> Bool { !turn.reply.text.isEmpty }
        let before = conversation.turns[..<place].last(where: answered)?.forgotten ?? 0
        guard conversation.turns.indices.contains(place), answered(conversation.turns[place]) else { return before }
        return max(before, conversation.turns[place].forgotten)
    }

    /// How many of the oldest turns have to be left out for a question to fit with room for an answer. Sizes are those that
    /// the engine counted; of the new question about three letters are a token, or one byte where they are no Latin ones.
    private func turnsToForget(before question: String, at place: Int) -> Int {
        let before = forgotten(before: place)
        guard let limit = engineInfo?.contextLength, limit > 0,
            let last = conversation.turns[..<place].last(where: { $0.reply.promptTokens != nil })
        else { return before }
        let room = min(256, limit / 4)
        var needed =
            (last.reply.promptTokens ?? 0) + last.reply.tokens.count + Self.estimate(question) + 16 + room
        // That turn's prompt may have had some that are left out now.
        var first = last.forgotten
        while first < place, needed > limit || first < before {
            needed -= tokens(ofTurn: first)
            first += 1
        }
        return max(first, before)
    }

    private static func estimate(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 < 0x80 ? 1 : 3) } / 3
    }

    /// Tokens that a turn takes in the prompts of those after it.
    private func tokens(ofTurn index: Int) -> Int {
        let turns = conversation.turns
        let reply = turns[index].reply
        let estimate = Self.estimate(turns[index].question) + reply.tokens.count + 16
        guard index + 1 < turns.count, let own = reply.promptTokens, let next = turns[index + 1].reply.promptTokens,
            next > own
        else { return estimate }
        return next - own
    }

    /// How many of the oldest turns are to be left out for a question; nil where the person has been told and is to agree.
    ///
    /// - Parameter again: what agrees, such as `Enter again sends it`.
    mutating func forgetting(for question: String, at place: Int, again: String) -> Int? {
        let before = forgotten(before: place)
        let first = turnsToForget(before: question, at: place)
        guard first > before else { return before }
        let count = first - before
        let what = count == 1 ? "the oldest question and its answer" : "the \(count) oldest questions and their answers"
        let start = "from “\(shortened(conversation.turns[before].question, columns: 30))” on"
        guard hasWindow else {
            say(.information, "The context is full: the model no longer sees \(what), \(start).")
            return first
        }
        if let asked = forgettingAsked, asked == (first, question) {
            forgettingAsked = nil
            notice = nil
            return first
        }
        forgettingAsked = (first, question)
        // What to do stands first: a small window shows no more than that.
        say(
            .warning,
            "\(again) without \(what), \(start): the context is full. They stay here; \(keyText(.newConversation)) begins a new conversation."
        )
        return nil
    }

    /// For another conversation.
    mutating func rememberAll() {
        forgettingAsked = nil
        markedTurns = []
    }
}
