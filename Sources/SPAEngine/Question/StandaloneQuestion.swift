/// Does a question stand alone, or does it need the turn before it? A decision on the English text alone: pronouns and
/// words such as "that one", "else" or "there" refer back unless the message itself says what they mean; so do questions
/// that leave out what they ask about ("Why?", "And in winter?"). The "it" of "Is it raining?" refers to nothing.
public enum StandaloneQuestion {
    /// Whether `question` can only be understood with what was said before it.
    public static func refersBack(_ question: String) -> Bool {
        let read = QuestionWords(question)
        let asked = read.sentences.filter { !isPolite($0) }
        // A courtesy before a question is no subject; one that is all there is is read as a question.
        var hasSubject = read.bringsText
        for sentence in asked.isEmpty ? Array(read.sentences.suffix(1)) : asked {
            let view = SentenceView(sentence)
            if !hasSubject, view.refersBack { return true }
            hasSubject = hasSubject || !view.subjects.isEmpty
        }
        return false
    }

    /// "That's great!", "I would like to know": nothing that is asked.
    private static func isPolite(_ sentence: QuestionWords.Sentence) -> Bool {
        let words = sentence.words.map(\.text)
        return words.contains { WordKind.polite.contains($0) }
            && words.allSatisfy { WordKind.polite.contains($0) || WordKind.function.contains($0) }
    }
}

/// One sentence, looked at word by word.
private struct SentenceView {
    let words: [QuestionWords.Word]
    let asks: Bool
    /// Whether words that only open the sentence ("Great, …") were all there was.
    private let wasOnlyOpening: Bool
    private let saysYesOrNo: Bool

    init(_ sentence: QuestionWords.Sentence) {
        var rest = sentence.words[...]
        while let first = rest.first, WordKind.opening.contains(first.text) {
            rest.removeFirst()
            if first.text == "thank", rest.first?.text == "you" { rest.removeFirst() }
        }
        words = Array(rest)
        asks = sentence.asks
        wasOnlyOpening = rest.isEmpty
        saysYesOrNo = sentence.words.contains { WordKind.vague.contains($0.text) }
    }

    private func text(_ place: Int) -> String? { words.indices.contains(place) ? words[place].text : nil }
    private func isSubject(_ place: Int) -> Bool {
        let word = words[place].text
        return !WordKind.function.contains(word) && !WordKind.polite.contains(word) && !WordKind.vague.contains(word)
    }

    /// The places of words that can be what it is about.
    var subjects: [Int] { words.indices.filter(isSubject) }

    var refersBack: Bool {
        if wasOnlyOpening { return saysYesOrNo }
        return continues || leavesOut || words.indices.contains(where: pointsBack)
    }

    // MARK: What opens as the second half of something

    private var continues: Bool {
        let first = text(0) ?? ""
        if ["what", "how"].contains(first), text(1) == "about" { return true }
        if first == "if", ["so", "not"].contains(text(1)) { return true }
        guard ["and", "but", "or", "then", "also"].contains(first) else { return false }
        // "And what is the capital of Italy?" says all that it asks.
        let second = text(1) ?? ""
        let isWhole = (WordKind.asking.contains(second) || WordKind.auxiliaries.contains(second)) && text(2) != "about"
        return !(isWhole && subjects.count >= 2)
    }

    // MARK: What leaves out its subject

    private var leavesOut: Bool {
        let subjects = subjects
        let first = text(0) ?? ""
        let hasAuxiliary = words.contains { WordKind.auxiliaries.contains($0.text) }
        if subjects.isEmpty { return !asksAboutPersons && !isGreeting && !words.indices.contains(where: isEmptyIt) }
        // "F3?", "My cat?"
        if asks, subjects.count == 1, words.count == 1 || (words.count == 2 && WordKind.determiners.contains(first)) {
            return true
        }
        if WordKind.prepositions.contains(first), words.count <= 4, !hasAuxiliary,
            !WordKind.asking.contains(text(1) ?? "")
        {
            return true
        }
        let works: Set = [
            "translate", "summarise", "summarize", "shorten", "rewrite", "simplify", "rephrase", "expand", "elaborate",
        ]
        if works.contains(first), text(1).map({ WordKind.prepositions.contains($0) || $0 == "to" }) ?? true {
            return true
        }
        // "Which is faster?"
        let compares = words.count <= 4 && (words.last?.text.hasSuffix("er") ?? false)
        return first == "which" && WordKind.be.contains(text(1) ?? "") && compares
    }

    /// "Who are you?", "What can I do here?", but neither "Are you sure?" nor "How do I?"
    private var asksAboutPersons: Bool {
        guard words.contains(where: { WordKind.asking.contains($0.text) }),
            words.contains(where: { WordKind.persons.contains($0.text) }),
            !words.contains(where: { WordKind.vague.contains($0.text) })
        else { return false }
        let endsOpen =
            words.count == 3 && ["how", "why", "when", "where"].contains(text(0))
            && !WordKind.be.contains(text(1) ?? "")
        return !endsOpen
    }

    private var isGreeting: Bool {
        words.contains { WordKind.polite.contains($0.text) } && !words.contains { WordKind.asking.contains($0.text) }
            && !words.contains { WordKind.vague.contains($0.text) || $0.text == "more" } && !asks
    }

    // MARK: Words that point at something

    private func pointsBack(_ place: Int) -> Bool {
        let next = endsClause(place) ? nil : text(place + 1)
        let before = text(place - 1)
        switch words[place].text {
        case "it": return !isEmptyIt(place) && !isExplained(place)
        case "he", "him", "she", "hers": return !isExplained(place)
        case "they", "them", "theirs":
            // "What do they speak in Brazil?"
            let hasPlace = words.indices.dropFirst(place + 1).contains { words[$0].isName && text($0 - 1) == "in" }
            return !hasPlace && !isExplained(place)
        case "its", "his", "her", "their":
            return !isExplained(place) && !words[..<place].indices.contains(where: isNoun)
        case "that": return !joinsClauses(place) && !isExplained(place)
        case "this", "these": return !WordKind.situation.contains(next ?? "") && !isExplained(place)
        case "those": return !["who", "that", "which", "with", "of"].contains(next) && !isExplained(place)
        case "one", "ones": return standsForNoun(place, before, next) && !isExplained(place)
        case "there":
            let exists = [before, next].contains { WordKind.auxiliaries.contains($0 ?? "") }
            return !exists && !isExplained(place)
        case "then": return place > 0 && next == nil && !isExplained(place)
        case "else":
            return ["what", "who", "where", "how", "why", "anything"].contains(before)
                && !["than", "besides"].contains(next)
        case "instead": return next != "of" && !isExplained(place)
        case "same":
            let follows: Set = ["for", "with", "apply", "true", "hold", "go", "work", "thing", "way", "again"]
            return before == "the" && (next.map(follows.contains) ?? true) && !isExplained(place)
        case "first", "second", "third", "last", "next", "other", "others", "rest", "latter", "former":
            return before == "the" && (next.map(WordKind.auxiliaries.contains) ?? true) && !isExplained(place)
        case "above": return next == nil
        case "said", "mentioned", "meant": return ["you", "just"].contains(before)
        default: return false
        }
    }

    /// Whether an earlier clause of the sentence has something that the word can mean. In its own clause nothing can: in "Does
    /// the side see it?" the side is not what is seen.
    private func isExplained(_ place: Int) -> Bool {
        var start = place
        while start > 0, !opensClause(start, for: place) { start -= 1 }
        return words[..<start].indices.contains(where: isSubject)
    }

    private func opensClause(_ place: Int, for pronoun: Int) -> Bool {
        let word = words[place]
        if word.opensClause || WordKind.joining.contains(word.text) { return true }
        guard WordKind.joiningOrPreposition.contains(word.text), place < pronoun else { return false }
        let next = text(place + 1) ?? ""
        if place + 1 == pronoun { return text(pronoun + 1) != nil && isSubject(pronoun + 1) && word.text != "to" }
        return !WordKind.determiners.contains(next)
    }

    private func endsClause(_ place: Int) -> Bool {
        place + 1 >= words.count || words[place + 1].opensClause
    }

    /// A guess at whether a word is a noun, from what stands before it: "the key", "does F2", "of gold", "change colour";
    /// not "I change", "to change".
    private func isNoun(_ place: Int) -> Bool {
        guard isSubject(place) else { return false }
        guard !words[place].isName, let before = text(place - 1), !isSubject(place - 1) else {
            return words[place].isName || place > 0
        }
        return WordKind.determiners.contains(before) || WordKind.auxiliaries.contains(before)
            || (WordKind.prepositions.contains(before)) || before == "there"
    }

    /// "the key that stops", "is it true that", not "change that colour".
    private func joinsClauses(_ place: Int) -> Bool {
        guard !endsClause(place), let before = text(place - 1) else { return false }
        let announcing: Set = [
            "it", "true", "know", "sure", "think", "say", "said", "says", "mean", "means", "so", "possible", "believe",
            "hope", "such", "something", "anything", "everything", "someone", "people", "all", "one", "ones", "those",
            "way", "thing", "things",
        ]
        return announcing.contains(before) || isNoun(place - 1)
    }

    /// "the faster one", not "one plugin", "how does one", "one of my dogs".
    private func standsForNoun(_ place: Int, _ before: String?, _ next: String?) -> Bool {
        let described: Set = [
            "of", "that", "who", "which", "with", "from", "i", "you", "and", "or", "more", "in", "on",
        ]
        if let next, isSubject(place + 1) || described.contains(next) { return false }
        let general: Set = ["does", "can", "should", "do", "would", "must", "may", "could", "will", "if", "no"]
        let counting: Set = ["plus", "minus", "times", "number", "by", "page", "part", "chapter", "step", "and", "or"]
        if let before, general.contains(before) || counting.contains(before) { return false }
        return !words[..<place].indices.contains { isNoun($0) && $0 < place - 1 }
    }

    // MARK: The "it" that means nothing

    private func isEmptyIt(_ place: Int) -> Bool {
        guard words[place].text == "it" else { return false }
        let before = text(place - 1) ?? ""
        var after = words.indices.dropFirst(place + 1).map { words[$0].text }
        let isBe = WordKind.be.contains(before) || ["will", "would"].contains(before)
        guard isBe || WordKind.be.contains(after.first ?? "") else { return takesClause(before, after) }
        while let first = after.first, WordKind.be.contains(first) || ["not", "still", "very"].contains(first) {
            after.removeFirst()
        }
        let weather: Set = [
            "raining", "rain", "snowing", "snow", "sunny", "windy", "cloudy", "foggy", "stormy", "hailing", "late",
            "early", "rainy",
        ]
        let warmth: Set = ["cold", "hot", "warm", "dark", "cool", "freezing", "light"]
        let times: Set = [
            "time", "day", "date", "year", "month", "season", "monday", "tuesday", "wednesday", "thursday", "friday",
            "saturday", "sunday", "winter", "summer", "spring", "autumn", "birthday", "morning", "evening", "night",
            "noon", "midnight", "hour", "o'clock",
        ]
        if let first = after.first {
            if weather.contains(first) || (first == "going" && text(place - 2) == "how") { return true }
            let outside: Set = ["outside", "today", "tomorrow", "tonight", "now", "in", "here"]
            if warmth.contains(first), after.dropFirst().first.map(outside.contains) ?? false { return true }
        }
        if times.contains(text(place - 2) ?? "") { return true }
        let noun = after.drop { WordKind.determiners.contains($0) || ["already", "nice", "beautiful"].contains($0) }
        if let noun = noun.first, times.contains(noun) { return true }
        // "How far is it to Rome?"
        if text(place - 2) == "far", after.contains(where: { ["to", "from"].contains($0) }) { return true }
        return pointsAhead(after)
    }

    /// "is it true that …", "is it possible to …", "is it easy to train a plugin", but not "is it easy to train".
    private func pointsAhead(_ after: [String]) -> Bool {
        let near = after.prefix(5)
        if near.contains("that") || near.contains("who") || near.contains("whether") { return true }
        guard let first = after.first else { return false }
        let alone: Set = [
            "possible", "impossible", "necessary", "important", "allowed", "legal", "okay", "ok", "better", "best",
            "worth", "likely", "wise", "rude", "wrong", "recommended", "time",
        ]
        if alone.contains(first), after.count > 1 { return true }
        if ["if", "when"].contains(where: { near.prefix(2).dropFirst().contains($0) }), !first.hasSuffix("ed") {
            return true
        }
        guard !first.hasSuffix("ed"), let to = near.firstIndex(of: "to"), to > 0 else { return false }
        return after.count - to > 2
    }

    /// "does it take to …", "does it matter whether …".
    private func takesClause(_ before: String, _ after: [String]) -> Bool {
        let verbs: Set = [
            "take", "takes", "took", "cost", "costs", "mean", "means", "matter", "matters", "feel", "hurt", "help",
            "make",
        ]
        guard let first = after.first, verbs.contains(first), WordKind.auxiliaries.contains(before) || before.isEmpty
        else { return false }
        let clause: Set = ["to", "if", "when", "whether", "that", "until", "how", "what", "which", "where", "for"]
        return after.dropFirst().prefix(4).contains(where: clause.contains) && after.count > 2
    }
}
