import Chat

/// What `/teach` is told to do.
public enum TeachCommand: Sendable, Equatable {
    /// Shows the training.
    case show
    /// This is what the last answer should have been.
    case correction(String)
    /// The marked answers are right as they are.
    case marked
    /// Rows of a file.
    case file(String)
}

extension State {
    /// `/teach …`
    mutating func teach(_ command: TeachCommand) -> [Effect] {
        if command == .show {
            guard teaching != nil else {
                say(
                    .information,
                    "/teach TEXT says what the last answer should have been; /teach file PATH learns rows.")
                return []
            }
            overlay = TeachingOverlay()
            return []
        }
        switch command {
        case .show: return []
        case .correction(let text):
            guard let last = conversation.turns.indices.last else { return [] }
            let messages = self.messages(before: last)
            return begin(
                .rows([messages + [PromptMessage(.assistant, text)]]), question: messages, turn: last, wanted: text)
        case .marked:
            guard let last = markedAnswers.last else { return [] }
            let rows = markedAnswers.map {
                messages(before: $0) + [PromptMessage(.assistant, conversation.turns[$0].reply.text.string)]
            }
            return begin(.rows(rows), question: messages(before: last), turn: last, wanted: nil)
        case .file(let path):
            let last = conversation.turns.indices.last
            return begin(
                .file(path), question: last.map { messages(before: $0) } ?? [], turn: last, wanted: nil)
        }
    }

    /// Why nothing can be taught now; nil where it can.
    func refusal(of command: TeachCommand) -> String? {
        if command == .show { return nil }
        if case .correction(let text) = command, ["show", "stop", "keep", "discard", "help"].contains(text) {
            return
                "/teach alone shows the lesson, and its keys keep, discard or stop it; an answer has more than this word."
        }
        if let teaching {
            let isDecided = if case .decided = teaching.phase { true } else { false }
            return isDecided ? "Decide on the last lesson first: /teach shows it." : "A training runs: /teach shows it."
        }
        if isReplying { return stopFirst(then: "teach") }
        if engineInfo == nil { return "The model has to be there first; what you wrote stays." }
        return switch command {
        case .correction where conversation.turns.isEmpty:
            "There is no answer to correct yet: ask first, then /teach what it should have said."
        case .marked where markedAnswers.isEmpty:
            "No answer is marked: \(keyText(.markTurn)) marks the last one as right."
        default: nil
        }
    }

    /// Marked turns on the screen that have an answer.
    private var markedAnswers: [Int] {
        conversation.turns.indices.filter {
            markedTurns.contains(conversation.turns[$0].id) && !conversation.turns[$0].reply.text.isEmpty
        }
    }

    private mutating func begin(
        _ source: TeachingSource, question: [PromptMessage], turn: Int?, wanted: String?
    ) -> [Effect] {
        teaching = Teaching(
            question: question.last?.text ?? "", before: turn.map { conversation.turns[$0].reply.tokens } ?? [],
            wanted: wanted, phase: .running(TeachingProgress(phase: "starting")))
        overlay = TeachingOverlay()
        return [.teaching(.start(source, question: question))]
    }

    /// The messages that asked for a turn's answer: a first question stands alone, so that it is learned without the talk
    /// around it.
    private func messages(before turn: Int) -> [PromptMessage] {
        var messages: [PromptMessage] = []
        for earlier in conversation.turns[..<turn] where !earlier.reply.text.isEmpty {
            messages.append(PromptMessage(.user, earlier.question))
            messages.append(PromptMessage(.assistant, earlier.reply.text.string))
        }
        return messages + [PromptMessage(.user, conversation.turns[turn].question)]
    }

    /// The keys of an action, for a sentence.
    func keyText(_ id: ActionID) -> String {
        let keys = Action.all.first { $0.id == id }.map { keyMap.text(of: $0) } ?? ""
        return keys.split(separator: ", ").joined(separator: " or ")
    }

    /// Marks the last answer as right, or takes the mark away.
    mutating func markTurn() {
        guard let last = conversation.turns.indices.last, !conversation.turns[last].reply.text.isEmpty, !isReplying
        else {
            say(.warning, "There is no finished answer to mark yet.")
            return
        }
        let turn = conversation.turns[last].id
        let wasMarked = markedTurns.remove(turn) != nil
        if !wasMarked { markedTurns.insert(turn) }
        let marked = markedAnswers.count
        let count = "\(marked) \(marked == 1 ? "answer" : "answers") marked"
        say(.information, wasMarked ? "Not marked any more; \(count)." : "\(count): /teach marked learns them.")
    }

    /// Applies what whoever trains tells.
    mutating func teachingChanged(_ event: TeachingEvent) {
        guard teaching != nil else { return }
        switch event {
        case .progress(let progress): teaching?.phase = .running(progress)
        case .trained(let result):
            teaching?.phase = .decided(result)
            if !(overlay is TeachingOverlay) {
                say(.information, "The lesson is learned: /teach shows before and after, and keeps or discards it.")
            }
        case .failed(let reason):
            teaching = nil
            if overlay is TeachingOverlay { overlay = nil }
            say(.error, reason)
        }
    }
}
