import Compute
import English
import SPAEngine
import Tokenizer

/// Few people ask a question twice in the same words, and a side that has learned one phrasing of it knows no other. So each
/// question is asked in several phrasings, as people would: with other question words, as a statement, in keywords, politely,
/// after other words.
public enum Phrasings {
    /// The longest question that has phrasings, in words: a longer one says too much to be put in other words.
    static let longest = 32

    /// How many phrasings each of some rows has, its own included: a few hundred rows are learned in all.
    public static func count(rows: Int) -> Int { min(8, max(2, 360 / max(1, rows))) }

    /// Every row in `count` phrasings of its last question; texts and rows without a short question stay as they are.
    public static func rows(_ rows: [TrainingRow], count: Int) -> [TrainingRow] {
        rows.flatMap { row -> [TrainingRow] in
            guard case .conversation(var messages) = row.content,
                let place = messages.lastIndex(where: { $0.role == .user })
            else { return [row] }
            return some(count, of: messages[place].content, refersBack: place > 0, seed: row.hash).map { text in
                messages[place] = Message(role: .user, content: text)
                return TrainingRow(content: .conversation(messages), source: row.source)
            }
        }
    }

    /// `count` phrasings of a question, its own first; which ones is decided by `seed`, so that rows differ in theirs.
    static func some(_ count: Int, of question: String, refersBack: Bool = false, seed: UInt64 = 0) -> [String] {
        let all = phrasings(of: question, refersBack: refersBack)
        var random = SeededRandom(seed: seed, stream: 7)
        return Array(([question] + all.dropFirst().shuffled(using: &random)).prefix(max(1, count)))
    }

    /// A question in all phrasings, its own first.
    static func phrasings(of question: String, refersBack: Bool = false) -> [String] {
        let words = question.split(separator: " ")
        guard !words.isEmpty, words.count <= longest else { return [question] }
        var open = question[...]
        while let last = open.last, last.isPunctuation || last.isWhitespace { open.removeLast() }
        let plain = lowered(question)
        let openPlain = lowered(String(open))
        var result = [question, openPlain, "And \(plain)", "\(question) Answer briefly.", "Please tell me: \(plain)"]
        if refersBack { return unique(result) }
        result += [
            "Thanks! \(question)", "One more thing: \(plain)", "Hello! \(question)", "By the way, \(plain)",
            "Do you know? \(question)", "Okay. Next question: \(plain)",
        ]
        if let clause = IndirectQuestion.clause(String(open)) {
            result += [
                "Do you know \(clause)?", "I forgot \(clause).", "Tell me \(clause).", "Can you remind me \(clause)?",
                "I'd like to know \(clause).", "I don't remember \(clause).", "Please say \(clause).",
            ]
        }
        let keywords = keywords(String(open))
        if !keywords.isEmpty { result += [keywords, keywords + "?"] }
        result += OtherWords.phrasings(String(open))
        return unique(result)
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// With a small first letter, where it is no name's and no "I".
    private static func lowered(_ text: String) -> String {
        let first = text.prefix { !$0.isWhitespace }
        let isName = first == "I" || first.hasPrefix("I'") || first.dropFirst().contains(where: \.isUppercase)
        return isName ? text : text.prefix(1).lowercased() + text.dropFirst()
    }

    /// What is left without the words of the frame, as it is typed into a search.
    private static func keywords(_ open: String) -> String {
        let frame: Set = [
            "what", "who", "where", "when", "why", "which", "how", "is", "are", "was", "were", "am", "do", "does",
            "did",
            "can", "should", "must", "the", "a", "an", "of", "my", "i", "to", "in", "on", "at", "for", "it", "please",
        ]
        return open.split(separator: " ").filter { !frame.contains($0.lowercased()) }.joined(separator: " ")
            .lowercased()
    }
}

/// The clause of an indirect question: "where my sister lives" of "Where does my sister live".
enum IndirectQuestion {
    private static let asking: Set = ["what", "who", "where", "when", "why", "how", "which"]
    private static let be: Set = ["is", "are", "was", "were"]
    private static let auxiliaries: Set = ["do", "does", "did", "can", "should", "must", "will"]
    /// What ends a subject before the verb that was moved to the front.
    private static let participles: Set = [
        "called", "named", "born", "located", "stored", "kept", "written", "parked", "hidden", "due", "buried", "based",
        "insured", "registered", "made", "painted", "stabled", "used", "shown", "saved", "for",
    ]

    /// nil where the question is of no form that is known.
    static func clause(_ question: String) -> String? {
        let words = question.split(separator: " ").map(String.init)
        guard words.count >= 3, words.count <= Phrasings.longest,
            let start = words.prefix(3).firstIndex(where: { asking.contains($0.lowercased()) }),
            let verb = words.dropFirst(start + 1).prefix(4).firstIndex(where: {
                be.contains($0.lowercased()) || auxiliaries.contains($0.lowercased())
            })
        else { return nil }
        let head = words[..<verb].joined(separator: " ")
        let asked = head.prefix(1).lowercased() + head.dropFirst()
        let rest = Array(words[(verb + 1)...])
        guard !rest.isEmpty else { return nil }
        let word = words[verb].lowercased()
        if be.contains(word) {
            let end = rest.indices.dropFirst().first { participles.contains(rest[$0]) || rest[$0].hasSuffix("ing") }
            let subject = rest[..<(end ?? rest.count)]
            return ([asked] + subject + [word] + rest[subject.count...]).joined(separator: " ")
        }
        let count = subjectCount(rest)
        guard count < rest.count else { return nil }
        let subject = rest[..<count]
        var predicate = Array(rest[count...])
        switch word {
        case "do":
            if asked == "how", rest[0] == "I" { return "how to " + predicate.joined(separator: " ") }
        case "does": predicate[0] = Verb.thirdPerson(predicate[0])
        default: predicate.insert(word, at: 0)
        }
        return ([asked] + subject + predicate).joined(separator: " ")
    }

    /// How many words are the subject, as far as their look tells.
    private static func subjectCount(_ words: [String]) -> Int {
        if ["I", "we", "you", "they", "it", "one"].contains(words[0]) { return 1 }
        guard ["my", "the", "our", "your", "this", "a"].contains(words[0].lowercased()) else { return 1 }
        var count = 2
        while count < words.count, words[count - 1].hasSuffix("'s") { count += 1 }
        return count
    }
}

/// The same question in other words, for the forms that most questions have.
enum OtherWords {
    static func phrasings(_ question: String) -> [String] {
        let words = question.split(separator: " ").map(String.init)
        let start = words.prefix(2).joined(separator: " ").lowercased()
        func rest(_ count: Int) -> String { words.dropFirst(count).joined(separator: " ") }
        guard words.count >= 3 else { return [] }
        switch start {
        case "what is", "what are":
            if words.last == "called", words.count >= 4 {
                let subject = words[2..<words.count - 1].joined(separator: " ")
                return ["What is the name of \(subject)?", "What is \(subject)'s name?", "\(subject)'s name"]
            }
            if let of = words.firstIndex(of: "of"), of >= 3, of + 1 < words.count, words[2] == "the" {
                let (part, owner) = (words[3..<of].joined(separator: " "), rest(of + 1))
                return ["What is \(owner)'s \(part)?", "\(owner)'s \(part)"]
                    + (part == "name" ? ["What is \(owner) called?"] : [])
            }
            if let owner = words.dropFirst(2).dropLast().last, owner.hasSuffix("'s") {
                let all = words[2..<words.count - 1].joined(separator: " ").dropLast(2)
                let part = words[words.count - 1]
                return ["What is the \(part) of \(all)?"] + (part == "name" ? ["What is \(all) called?"] : [])
            }
            return ["\(rest(2))?"]
        case "how do": return words[2] == "I" ? ["How can I \(rest(3))?", "I want to \(rest(3)). What do I do?"] : []
        case "when is", "when are":
            return ["On what day is \(rest(2))?", "What is the date of \(rest(2))?", "\(rest(2)), when?"]
        case "where is", "where are": return ["In which place is \(rest(2))?", "\(rest(2)), where?"]
        case "where do", "where does": return ["In which place \(rest(1))?"]
        case "who is", "who are": return ["What is the name of \(rest(2))?", "\(rest(2)), who?"]
        case "what does":
            return words.last == "do" ? ["What is \(words[2..<words.count - 1].joined(separator: " ")) for?"] : []
        default: return []
        }
    }
}
