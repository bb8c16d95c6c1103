import Chat
import Screen

/// When a conversation outgrows the context, its oldest turns are no longer shown to the model. They stay on the screen and in
/// the store, and nothing is left out before the person has been told what and has pressed Enter once more.
extension State {
    /// How many of the oldest turns have to be left out for a question to fit with room for an answer; nil where all fit or
    /// the sizes are not known. Sizes are those that the engine counted; of the new question about three characters are a token.
    func turnsToForget(before question: String) -> Int? {
        guard let (used, limit) = context, used > 0 else { return nil }
        let room = min(256, limit / 4)
        var needed = used + question.count / 3 + 16 + room
        guard needed > limit else { return nil }
        let turns = conversation.turns
        var first = forgottenTurns
        while needed > limit, first < turns.count {
            needed -= tokens(ofTurn: first)
            first += 1
        }
        return first
    }

    /// Tokens that a turn takes in the prompts of those after it.
    private func tokens(ofTurn index: Int) -> Int {
        let turns = conversation.turns
        let reply = turns[index].reply
        let estimate = turns[index].question.count / 3 + reply.tokens.count + 16
        guard index + 1 < turns.count, let own = reply.promptTokens, let next = turns[index + 1].reply.promptTokens,
            next > own
        else { return estimate }
        return next - own
    }

    /// Whether a question may be sent now; where turns would have to be left out, the first time it is put back into the draft
    /// and the person is told.
    mutating func mayForget(for question: String) -> Bool {
        guard let first = turnsToForget(before: question), first > forgottenTurns else { return true }
        if forgettingAsked == first {
            forget(first)
            return true
        }
        forgettingAsked = first
        editor = Editor(question)
        let count = first - forgottenTurns
        let what = count == 1 ? "the oldest question and its answer" : "the \(count) oldest questions and their answers"
        let text = conversation.turns[forgottenTurns].question
        say(
            .warning,
            "The context is full. The model would no longer see \(what), from “\(shortened(text, columns: 30))” on; they stay here. Enter again sends, F8 begins a new conversation."
        )
        return false
    }

    private mutating func forget(_ count: Int) {
        decoration.ghosts[forgottenTurns - 1] = nil
        forgottenTurns = count
        forgettingAsked = nil
        notice = nil
        decoration.ghosts[count - 1] = [Span("The model no longer sees what is above.", .system)]
    }

    /// For another conversation.
    mutating func rememberAll() {
        forgottenTurns = 0
        forgettingAsked = nil
        markedTurns = []
    }
}
