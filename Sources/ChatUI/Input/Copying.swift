import Chat

/// What `/copy` puts into the clipboard.
public enum CopySource: String, Sendable, CaseIterable {
    case answer, code, question, conversation
}

extension State {
    /// The text of a source; nil where there is none.
    func text(of source: CopySource) -> String? {
        let text: String? =
            switch source {
            case .answer: lastReply?.text.string
            case .code: lastReply.flatMap { CodeBlocks.last(in: $0.text.string) }
            case .question: conversation.turns.last?.question
            case .conversation:
                conversation.turns.isEmpty ? nil : conversation.markdown(facts: conversation.makers)
            }
        return text?.isEmpty == false ? text : nil
    }

    /// Copies a source, or says why there is none.
    mutating func copy(_ source: CopySource) -> [Effect] {
        guard let text = text(of: source) else {
            say(.warning, "There is no \(source == .code ? "code block" : source.rawValue) to copy yet.")
            return []
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        say(
            .information,
            "Copied the \(source == .code ? "code block" : source.rawValue), \(lines) \(lines == 1 ? "line" : "lines")."
        )
        return [.copy(text)]
    }
}
