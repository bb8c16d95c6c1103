import Tokenizer

/// A few facts, each asked once, teach a side the fact but not when to speak: whoever scores a row without having learned
/// it knows nothing of it, and the gate stays shut. So each question is asked in several phrasings, as people would.
public enum Phrasings {
    /// How many phrasings each question has, its own included.
    public static let count = 10

    /// Every row in all phrasings of its last question; texts and rows without a question stay as they are.
    public static func rows(_ rows: [TrainingRow]) -> [TrainingRow] {
        rows.flatMap { row -> [TrainingRow] in
            guard case .conversation(var messages) = row.content,
                let place = messages.lastIndex(where: { $0.role == .user })
            else { return [row] }
            return phrasings(of: messages[place].content).map { text in
                messages[place] = Message(role: .user, content: text)
                return TrainingRow(content: .conversation(messages), source: row.source)
            }
        }
    }

    /// A question in all phrasings, its own first.
    static func phrasings(of question: String) -> [String] {
        let plain = question.prefix(1).lowercased() + question.dropFirst()
        var open = question[...]
        while let last = open.last, last.isPunctuation { open.removeLast() }
        return [
            question, "Please tell me: \(question)", "\(question) Answer briefly.", "I would like to know: \(question)",
            "Hello! \(question)", "One more question. \(question)", plain, String(open), "So, \(plain)",
            "Do you know? \(question)",
        ]
    }
}
