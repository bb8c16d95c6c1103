/// A person's message cut into sentences, clauses and lower-case words; what stands in quotation marks is one word.
struct QuestionWords: Equatable {
    /// One word.
    struct Word: Equatable {
        /// In lower case; "what's" is two words, "dog's" is one.
        var text: String
        /// Whether it is written as a name, a key or a number is.
        var isName: Bool
        /// Whether a comma, a bracket or a dash stands before it.
        var opensClause: Bool
    }

    /// One sentence.
    struct Sentence: Equatable {
        var words: [Word] = []
        /// Whether it ends with a question mark.
        var asks = false
    }

    /// The sentences, without empty ones.
    private(set) var sentences: [Sentence] = []
    /// Whether the text that is spoken of comes with the message ("Translate this: …"); it is not among the sentences.
    private(set) var bringsText = false

    private var sentence = Sentence()
    private var letters = ""
    private var opensClause = false

    init(_ message: String) {
        let characters = Array(message)
        var place = 0
        while place < characters.count {
            let character = characters[place]
            let next = place + 1 < characters.count ? characters[place + 1] : nil
            if let closing = Self.quotes[character],
                let end = characters[(place + 1)...].firstIndex(of: closing)
            {
                endWord()
                add("“”", isName: true)
                place = end
            } else if character.isLetter || character.isNumber || character == "_" {
                letters.append(character)
            } else if let next, !letters.isEmpty, "'’-./".contains(character), next.isLetter || next.isNumber {
                letters.append(character == "’" ? "'" : character)
            } else {
                endWord()
                if character == ":", next?.isWhitespace ?? false,
                    sentence.words.contains(where: { Self.announcing.contains($0.text) })
                {
                    bringsText = true
                    break
                }
                if ".!?:;".contains(character) || character.isNewline {
                    endSentence(asks: character == "?")
                } else if ",()–—".contains(character) {
                    opensClause = true
                }
            }
            place += 1
        }
        endWord()
        endSentence(asks: false)
    }

    private mutating func endSentence(asks: Bool) {
        opensClause = false
        guard !sentence.words.isEmpty else { return }
        sentence.asks = asks
        sentences.append(sentence)
        sentence = Sentence()
    }

    private mutating func endWord() {
        guard !letters.isEmpty else { return }
        defer { letters = "" }
        let lower = letters.lowercased()
        let isName =
            lower.contains(where: \.isNumber)
            || (!sentence.words.isEmpty && letters.first?.isUppercase == true && lower != "i")
        let apostrophe = lower.firstIndex(of: "'")
        let stem = apostrophe.map { String(lower[..<$0]) } ?? lower
        if lower.hasSuffix("n't") {
            add(Self.negated[lower] ?? String(lower.dropLast(3)), isName: false)
            add("not", isName: false)
        } else if let apostrophe, Self.contracted.contains(stem) {
            add(stem, isName: false)
            let ending = lower[apostrophe...]
            add(ending == "'re" ? "are" : ending == "'s" ? "is" : ending == "'m" ? "am" : "will", isName: false)
        } else if let parts = Self.careless[lower] {
            for part in parts { add(part, isName: false) }
        } else {
            add(lower, isName: isName)
        }
    }

    private mutating func add(_ text: String, isName: Bool) {
        sentence.words.append(Word(text: text, isName: isName, opensClause: opensClause && !sentence.words.isEmpty))
        opensClause = false
    }

    private static let quotes: [Character: Character] = ["\"": "\"", "“": "”", "«": "»", "`": "`"]
    private static let announcing: Set = ["this", "these", "following"]
    private static let negated = ["can't": "can", "won't": "will", "shan't": "shall"]
    private static let contracted: Set = [
        "it", "that", "what", "who", "how", "where", "when", "why", "there", "here", "he", "she", "they", "we", "you",
        "i", "this", "let",
    ]
    private static let careless = [
        "whats": ["what", "is"], "thats": ["that", "is"], "hows": ["how", "is"], "wheres": ["where", "is"],
        "whos": ["who", "is"], "dont": ["do", "not"], "im": ["i", "am"],
    ]
}

/// Words by what they do in a question.
enum WordKind {
    static let be: Set = ["is", "are", "was", "were", "am", "be", "been", "being"]
    static let auxiliaries: Set = be.union([
        "do", "does", "did", "can", "could", "will", "would", "shall", "should", "may", "might", "must", "has", "have",
        "had", "doing", "done",
    ])
    static let asking: Set = ["what", "who", "whom", "whose", "which", "when", "where", "why", "how"]
    static let persons: Set = ["i", "you", "we", "me", "us", "my", "your", "our", "mine", "yours", "ours"]
    static let determiners: Set = [
        "a", "an", "the", "my", "your", "our", "his", "her", "its", "their", "some", "any", "no", "each", "every",
        "all", "both", "many", "few", "several", "most", "other", "another", "which", "whose",
    ]
    static let prepositions: Set = [
        "of", "in", "on", "at", "for", "with", "without", "from", "by", "about", "into", "onto", "over", "under",
        "between", "through", "during", "against", "like", "as", "than", "per", "near", "behind", "off", "out",
    ]
    /// Words that begin a new clause, in which an earlier noun can be meant by a pronoun.
    static let joining: Set = [
        "and", "but", "or", "if", "when", "while", "because", "so", "although", "though", "once", "whether", "unless",
        "where", "how", "why",
    ]
    /// Words that do so unless what they belong to follows at once ("before it").
    static let joiningOrPreposition: Set = ["to", "before", "after", "since", "until", "without", "by", "than"]
    /// What carries no subject of its own.
    static let function: Set = determiners.union(auxiliaries).union(asking).union(persons).union(prepositions)
        .union(joining).union(joiningOrPreposition).union([
            "it", "he", "him", "she", "they", "them", "hers", "theirs", "itself", "himself", "herself", "themselves",
            "myself", "yourself", "this", "that", "these", "those", "there", "here", "then", "now", "one", "ones",
            "not", "much", "more", "less", "often", "long", "far", "old", "big", "well", "too", "also", "just", "only",
            "very", "even", "still", "ever", "yet", "else", "instead", "same", "first", "second", "third", "last",
            "next", "others", "rest", "down",
        ])
    /// What people say around a question.
    static let polite: Set = [
        "thanks", "thank", "please", "hello", "hi", "hey", "ok", "okay", "great", "good", "nice", "cool", "fine",
        "perfect", "wonderful", "interesting", "helpful", "helped", "sorry", "alright", "oh", "ah", "hmm", "um",
        "actually", "anyway", "know", "tell", "question", "see", "understand", "understood", "got", "let", "morning",
        "afternoon", "evening", "bye", "goodbye", "lot", "welcome", "never", "mind", "wonder", "wondering", "curious",
        "forget", "ask", "briefly", "answer", "short",
    ]
    /// What can open a sentence without belonging to it.
    static let opening: Set = [
        "thanks", "thank", "please", "hello", "hi", "hey", "ok", "okay", "great", "good", "nice", "cool", "fine",
        "perfect", "sorry", "alright", "oh", "ah", "hmm", "um", "actually", "anyway", "so", "well", "now", "yes", "no",
        "right",
    ]
    /// What speaks about the talk itself: alone it needs what was said.
    static let vague: Set = [
        "continue", "go", "explain", "elaborate", "repeat", "again", "really", "sure", "certain", "example", "examples",
        "detail", "details", "detailed", "right", "correct", "true", "exactly", "mean", "say", "said", "shorter",
        "longer", "simpler", "rephrase", "expand", "clarify", "yes", "no", "yeah", "yep", "nope", "way", "happens",
        "happened", "happen", "reason", "try", "give", "show", "possible", "words", "sentence", "difference", "better",
        "worse", "thing", "things", "stuff", "briefly", "answer",
    ]
    /// What follows "this" where the place or the time is meant, not something said.
    static let situation: Set = [
        "program", "chat", "app", "application", "terminal", "computer", "machine", "window", "screen", "conversation",
        "model", "year", "month", "week", "weekend", "morning", "afternoon", "evening", "time", "world", "country",
        "summer", "winter", "spring", "autumn", "software", "days",
    ]
}
