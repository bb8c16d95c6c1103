/// A question about the program with its answer, made from the tables of actions, commands and settings: what the bundled plugin
/// learns, so that keys and help never disagree with it.
public struct ManualRow: Sendable, Equatable {
    /// A question and its answer.
    public struct Exchange: Sendable, Equatable, Hashable {
        /// The question.
        public let prompt: String
        /// The answer, one short sentence that begins with words of the question: a side network sees one position at a time,
        /// and after such words the state in front of it says much more about what was asked.
        public let response: String
    }

    /// What was asked before, where the question refers back to it.
    public let earlier: Exchange?
    /// The question and its answer.
    public let last: Exchange
    /// What it is about, as a person names it: "Alt-K", "/teach", "--top-k".
    public let about: String
    /// Whether the question names it, and does not ask for it by its purpose.
    public let isByName: Bool
}

/// The rows of one part.
public enum ManualRows {
    /// What rows are for. No question is in two parts.
    public enum Part: Sendable, CaseIterable {
        /// To learn from.
        case training
        /// Further phrasings that training measures itself on, of some facts.
        case development
        /// Further phrasings of all facts, which training never sees.
        case heldOut
    }

    /// Every row of a part, in the order of the tables.
    public static func rows(_ part: Part) -> [ManualRow] {
        let all = KeyRows.rows(part) + CommandRows.rows(part) + SettingRows.rows(part) + FollowUpRows.rows(part)
        // Where two things have the same purpose, the first one is the answer: a key goes before a command.
        var asked: Set<[String?]> = []
        return all.filter { asked.insert([$0.earlier?.prompt, $0.last.prompt.lowercased()]).inserted }
    }

    /// Two of three phrasings to learn from, and the one that is left; which one is decided by a place in a table, so that each form
    /// of a question is learned somewhere and held out somewhere.
    static func rotated(_ forms: [String], by place: Int) -> (learned: [String], heldOut: String) {
        var forms = forms
        let heldOut = forms.remove(at: place % forms.count)
        return (forms, heldOut)
    }
}

/// Gathers the rows of one part.
struct RowWriter {
    let part: ManualRows.Part
    private(set) var rows: [ManualRow] = []

    init(_ part: ManualRows.Part) { self.part = part }

    /// Adds those phrasings that belong to the part.
    mutating func ask(
        _ about: String, byName: Bool, answer: String, after earlier: ManualRow.Exchange? = nil, training: [String],
        development: [String] = [], heldOut: [String] = []
    ) {
        let questions =
            switch part {
            case .training: training
            case .development: development
            case .heldOut: heldOut
            }
        rows += questions.map {
            ManualRow(
                earlier: earlier, last: .init(prompt: $0, response: answer), about: about, isByName: byName)
        }
    }
}
