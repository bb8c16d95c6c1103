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
    /// Shows what was taught.
    case list
    /// Forgets the row of this number, counted from 1.
    case forget(Int)
    /// Learns what was taught once more.
    case again

    /// Reads what stands behind `/teach`; line ends stay, as it may be a long answer.
    init(_ text: Substring) {
        let words = text.split(whereSeparator: \.isWhitespace)
        if text.isEmpty {
            self = .show
        } else if ["marked", "list", "again"].contains(text) {
            self = text == "marked" ? .marked : text == "list" ? .list : .again
        } else if words.count == 2, words[0] == "forget", let number = Int(words[1]) {
            self = .forget(number)
        } else if text.hasPrefix("file ") {
            self = .file(String(text.dropFirst(5).drop(while: \.isWhitespace)))
        } else {
            self = .correction(String(text))
        }
    }
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
        case .list: return [.teaching(.list)]
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
        case .again: return begin(.again, question: [], turn: nil, wanted: nil)
        case .forget(let number): return begin(.without(number), question: [], turn: nil, wanted: nil)
        }
    }

    /// Why nothing can be taught now; nil where it can.
    func refusal(of command: TeachCommand) -> String? {
        if command == .show || command == .list { return nil }
        if command == .correction("forget") { return "Which one? /teach list numbers what was taught." }
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
        var content = TeachingContent()
        if case .rows(let rows) = source {
            content.learned = rows.map { row in
                TaughtEntry(question: row.dropLast().last?.text ?? "", answer: row.last?.text ?? "")
            }
        }
        teaching = Teaching(
            content: content, question: question.last?.text ?? "",
            before: turn.map { conversation.turns[$0].reply.tokens } ?? [],
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
        if case .listed(let entries) = event {
            if entries.isEmpty {
                say(.information, "Nothing was taught yet: /teach TEXT says what the last answer should have been.")
            } else {
                overlay = TaughtOverlay(entries: entries)
            }
        }
        guard let lesson = teaching else { return }
        switch event {
        case .listed: break
        case .begun(let content): teaching?.content = content
        case .progress(var progress):
            // What was done stays done, whatever is guessed of the rest.
            if case .running(let before) = lesson.phase { progress.fraction = max(progress.fraction, before.fraction) }
            teaching?.phase = .running(progress)
        case .trained(let result):
            teaching?.phase = .decided(result)
            if !(overlay is TeachingOverlay) {
                let count = result.unanswered.count
                let not = count == 0 ? "" : ", but for \(count) \(count == 1 ? "question" : "questions")"
                say(
                    .information,
                    "The lesson is learned\(not): /teach shows before and after, and keeps or discards it.")
            }
        case .failed(let reason):
            endLesson()
            say(.error, reason)
        case .dropped(let entry):
            endLesson()
            say(.information, "Forgotten: “\(entry.name)”. Nothing that was taught is left.")
        }
    }

    private mutating func endLesson() {
        teaching = nil
        if overlay is TeachingOverlay { overlay = nil }
    }
}
