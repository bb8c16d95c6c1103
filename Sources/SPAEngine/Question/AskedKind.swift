/// What kind of thing a question asks for, and an answer says: a question for a time is not answered by a name.
package struct AskedKind: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let time = AskedKind(rawValue: 1)
    package static let number = AskedKind(rawValue: 2)
    package static let person = AskedKind(rawValue: 4)
    package static let place = AskedKind(rawValue: 8)
    package static let reason = AskedKind(rawValue: 16)
    package static let key = AskedKind(rawValue: 32)
    package static let option = AskedKind(rawValue: 64)
    package static let command = AskedKind(rawValue: 128)

    /// What a question asks for, by its words; nothing where it says so in no way that is known.
    package static func asked(by words: [String]) -> AskedKind {
        var kinds: AskedKind = []
        for (kind, asking) in asking where words.contains(where: asking.contains) { kinds.insert(kind) }
        for (first, second) in zip(words, words.dropFirst()) where first == "how" && measured.contains(second) {
            kinds.insert(.number)
        }
        let text = " " + words.joined(separator: " ") + " "
        for (kind, phrases) in means where phrases.contains(where: { text.contains(" \($0) ") }) { kinds.insert(kind) }
        return kinds
    }

    /// What an answer says, whatever was asked: names apart, which may be the question's own.
    fileprivate static func said(by answer: String, _ words: [String]) -> AskedKind {
        var kinds: AskedKind = []
        if answer.contains(where: \.isNumber) || words.contains(where: numbers.contains) { kinds.insert(.number) }
        if words.contains(where: times.contains) || hasClock(words) { kinds.insert(.time) }
        if words.contains(where: places.contains) { kinds.insert(.place) }
        if words.contains(where: reasons.contains) { kinds.insert(.reason) }
        if words.contains(where: people.contains) { kinds.insert(.person) }
        if words.contains(where: ["press", "key", "keys"].contains) { kinds.insert(.key) }
        if words.contains(where: { $0.hasPrefix("--") || $0 == "option" }) { kinds.insert(.option) }
        if words.contains(where: { $0.hasPrefix("/") || ["command", "run", "type"].contains($0) }) {
            kinds.insert(.command)
        }
        return kinds
    }

    fileprivate static func isTime(_ word: String) -> Bool { times.contains(word) }

    /// "9:30", "1997"
    private static func hasClock(_ words: [String]) -> Bool {
        words.contains { word in
            let parts = word.split(whereSeparator: { ":.".contains($0) })
            if parts.count == 2, parts[1].count == 2, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }) { return true }
            return word.count == 4 && (word.hasPrefix("19") || word.hasPrefix("20")) && word.allSatisfy(\.isNumber)
        }
    }

    private static func set(_ words: String) -> Set<String> {
        Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    private static let asking: [(AskedKind, Set<String>)] = [
        (.time, set("when date day days deadline weekday month year hour time until")),
        (.number, set("price cost costs code pin digits combination count")),
        (.person, set("who whom whose")), (.place, set("where location")), (.reason, set("why reason")),
    ]
    /// What a program is told with, in the phrases that ask for it.
    private static let means: [(AskedKind, [String])] = [
        (.key, ["which key", "what key", "do i press", "shortcut", "key for", "key to", "key that"]),
        (.option, ["which option", "what option", "which flag", "option to", "option for", "option that", "flag for"]),
        (
            .command,
            [
                "which command", "what command", "slash command", "command to", "command for", "command that",
                "do i type",
            ]
        ),
    ]
    private static let measured = set("many much old far long high tall big expensive heavy hot")
    private static let numbers = set(
        """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand first second third
        fourth fifth sixth seventh eighth ninth tenth eleventh half no none once twice
        """)
    private static let times = set(
        """
        morning evening night noon midnight afternoon week weekend month year spring summer autumn winter today tomorrow
        daily weekly monthly yearly every quarter half past o'clock hour hours minute minutes days weeks
        """
    ).union(calendar)
    /// Names of months, days and holidays: written with a capital, and no names of anybody.
    static let calendar = set(
        """
        january february march april may june july august september october november december monday tuesday wednesday
        thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays easter christmas
        """)
    private static let places = set(
        "in at on behind under near beside by to from over above between opposite into inside next")
    private static let reasons = set("because so since as to for")
    private static let people = set(
        """
        uncle aunt mother father brother sister neighbour neighbor friend wife husband son daughter boss colleague doctor
        teacher grandmother grandfather cousin nobody everyone bakery company
        """)
}

/// What kinds of things an answer says, for the several questions that it answers.
package struct AnswerKinds: Sendable {
    private let kinds: AskedKind
    /// Words with a capital after the first, in lower case.
    private let names: [String]

    /// Reads an answer.
    package init(_ answer: String) {
        kinds = AskedKind.said(by: answer, ContentWords.split(answer))
        names = answer.split(separator: " ").dropFirst().compactMap { word in
            guard word.first?.isUppercase == true, let bare = ContentWords.split(String(word)).first else { return nil }
            return AskedKind.isTime(bare) ? nil : bare
        }
    }

    /// What it says beside the words of a question, in lower case.
    package func beside(_ question: [String]) -> AskedKind {
        names.contains { !question.contains($0) } ? kinds.union(.person) : kinds
    }
}
