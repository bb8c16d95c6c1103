import English

/// Something to do, in plain English, as it stands behind "to" and behind a subject.
public struct Deed: Sendable, Equatable {
    /// "show or hide the panels"
    public let infinitive: String
    /// "shows or hides the panels"
    public let thirdPerson: String

    /// Reads a deed: its first word is a verb, further verbs have an asterisk before them, as in "show or *hide the panels".
    init(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        infinitive = words.map { $0.hasPrefix("*") ? String($0.dropFirst()) : $0 }.joined(separator: " ")
        thirdPerson = words.enumerated().map { index, word in
            word.hasPrefix("*")
                ? Verb.thirdPerson(String(word.dropFirst())) : index == 0 ? Verb.thirdPerson(word) : word
        }.joined(separator: " ")
    }

    /// As the person who asks says it: "send my message" for "send your message".
    public var asked: String { Self.asked(infinitive) }
    /// "sends my message"
    public var askedThirdPerson: String { Self.asked(thirdPerson) }

    private static func asked(_ text: String) -> String {
        let others = ["your": "my", "you": "I"]
        return text.split(separator: " ").map { others[String($0)] ?? String($0) }.joined(separator: " ")
    }
}

/// What a key, a command or a setting is for: said once, for the man page, the search in the palette and what the bundled
/// plugin learns.
public struct Purpose: Sendable, Equatable {
    /// What it does.
    public let deed: Deed
    /// What else a person may want of it, in other words; empty where nobody would look for it so.
    public let ways: [Deed]
    /// When it does so, such as "on an empty line"; empty for always.
    public let condition: String

    /// A purpose; `Deed.init` says how deeds are written.
    public init(_ deed: String, _ ways: String..., condition: String = "") {
        self.deed = Deed(deed)
        self.ways = ways.map(Deed.init)
        self.condition = condition
    }

    /// "quits the chat on an empty line"
    public var sentence: String { deed.thirdPerson + (condition.isEmpty ? "" : " " + condition) }
    /// All of its words, to search in.
    public var words: String { ([deed] + ways).map(\.infinitive).joined(separator: " ") }
}
