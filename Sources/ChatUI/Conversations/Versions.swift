import Chat

/// A question that is being written anew.
struct QuestionEdit: Sendable, Equatable {
    /// Index of its turn.
    var turn: Int
    /// The draft that comes back where the edit is given up.
    var keptDraft: String
}

extension State {
    /// What is in the way while a reply is written.
    /// - Parameter then: what was asked for.
    func stopFirst(then: String? = nil) -> String {
        "Stop the reply first (\(keyText(.stop)))" + (then.map { ", then \($0)." } ?? ".")
    }

    /// Why the last answer cannot be asked for again; nil where it can.
    var obstacleToAskingAgain: String? {
        if isReplying { return stopFirst() }
        if conversation.turns.isEmpty { return "There is no question yet." }
        return engineInfo == nil ? "The model has not loaded yet." : nil
    }

    /// Why no other version of a turn can be shown; nil where one can.
    var obstacleToOtherVersions: String? {
        if isReplying { return stopFirst() }
        return turnWithVersions == nil
            ? "No turn has another version: Alt-R answers the last one again, Alt-E edits a question." : nil
    }

    /// The turn whose versions are meant: the one being edited, the one of the marked token, or the last that has some.
    private var turnWithVersions: Int? {
        for index in [edited?.turn, decoration.marked?.turn].compactMap({ $0 })
        where conversation.version(at: index).count > 1 {
            return index
        }
        guard conversation.hasBranches else { return nil }
        return conversation.turns.indices.last { conversation.version(at: $0).count > 1 }
    }

    /// Asks for the last answer again; the one that is there becomes another version.
    mutating func askAgain() -> [Effect] {
        guard let last = conversation.turns.indices.last else { return [] }
        let before = conversation.turns[last].settings
        let question = conversation.turns[last].question
        let again = "\(keyText(.askAgain)) again asks it"
        guard let forgotten = forgetting(for: question, at: last, again: again) else { return [] }
        let effects = ask(question, inPlaceOf: last, without: forgotten)
        if keeping.settings.isGreedy, var now = conversation.turns[last].settings, let before {
            now.seed = before.seed
            if now == before {
                say(.information, "Asked again. Other words come only with another plugin, price or --temperature.")
            }
        }
        return effects
    }

    /// Asks a question in the place of a turn, which is kept as another version with all that follows it.
    private mutating func ask(_ question: String, inPlaceOf index: Int, without forgotten: Int) -> [Effect] {
        // Every version has a seed of its own, or sampling would repeat the answer.
        keeping.seed = keeping.settings.samplerSeed &+ UInt64(conversation.version(at: index).count)
        var turn = freshTurn(question)
        turn.forgotten = forgotten
        conversation.branch(at: index, with: turn)
        forgetRows()
        transcript.follow()
        return [.setSeed(keeping.seed)] + askLast()
    }

    /// Shows another version of a turn, with what was shown last below it.
    mutating func showVersion(step: Int) -> [Effect] {
        guard let index = turnWithVersions else { return [] }
        guard conversation.showVersion(at: index, step: step) else {
            let earlier = conversation.turns.indices.prefix(index).contains { conversation.version(at: $0).count > 1 }
            say(
                .information,
                "That is the \(step > 0 ? "last" : "first") version of question \(index + 1)."
                    + (earlier ? " \(keyText(.editQuestion)) chooses an earlier question." : ""))
            return []
        }
        if let edit = edited, !conversation.turns.indices.contains(edit.turn) { _ = leaveEdit() }
        forgetRows()
        reveal(turn: index)
        let version = conversation.version(at: index)
        say(.information, "Version \(version.number) of \(version.count) of question \(index + 1).")
        return keepShown()
    }

    /// Tells the store which branch is on the screen.
    func keepShown() -> [Effect] {
        conversation.turns.last.map { keep(.shown(conversation.id, $0.id)) } ?? []
    }

    /// Notes behind the questions that have further versions.
    func versionNotes() -> [Int: String] {
        guard conversation.hasBranches else { return [:] }
        var notes: [Int: String] = [:]
        for index in conversation.turns.indices {
            let version = conversation.version(at: index)
            if version.count > 1 { notes[index] = "\(version.number)/\(version.count)" }
        }
        return notes
    }

    // MARK: Editing a question

    /// Takes the last question into the draft, or the one before that which is there.
    mutating func editQuestion() -> [Effect] {
        let turn = edited.map { max($0.turn - 1, 0) } ?? conversation.turns.count - 1
        guard conversation.turns.indices.contains(turn) else { return [] }
        edited = QuestionEdit(turn: turn, keptDraft: edited?.keptDraft ?? editor.text)
        editor = Editor(Self.editable(conversation.turns[turn].question))
        reveal(turn: turn)
        say(
            .information,
            "Question \(turn + 1) of \(conversation.turns.count): \(keyText(.send)) asks it anew, \(keyText(.stop)) leaves it."
                + (turn > 0 ? " \(keyText(.editQuestion)) again goes to the one before." : ""))
        return []
    }

    /// Gives the edit up.
    mutating func leaveEdit() -> [Effect] {
        guard let edit = edited else { return [] }
        edited = nil
        editor = Editor(edit.keptDraft)
        transcript.follow()
        return []
    }

    /// Asks the edited question in the place of the one that was.
    mutating func submitEdit(_ text: String) -> [Effect] {
        guard let edit = edited else { return [] }
        if let obstacle = obstacleToAskingAgain {
            say(.warning, obstacle)
            return []
        }
        let again = "\(keyText(.send)) again asks it"
        guard let forgotten = forgetting(for: text, at: edit.turn, again: again) else { return [] }
        edited = nil
        history.add(Self.editable(text))
        editor = Editor(edit.keptDraft)
        return ask(text, inPlaceOf: edit.turn, without: forgotten)
    }
}
