import Tokenizer

/// A word that carries the meaning of a question.
package struct ContentWord: Sendable, Equatable {
    let text: String
    let stem: String
    /// How much it says, 0 to 1: rare words more than common ones.
    private(set) var weight: Float
    /// The groups of synonyms and the kinds of things that it belongs to.
    let synonyms, kinds: Set<Int>
    /// The name of a person, a place, a key or a command, which only itself is like.
    let isName: Bool
    /// A key, a command or an option by its look: another one asks for something else.
    let isIdentifier: Bool

    package init(_ text: String, weight: Float, isName: Bool = false, relations: WordRelations = .shared) {
        self.text = text
        self.weight = weight
        self.isName = isName
        let isIdentifier = Self.isIdentifier(text)
        self.isIdentifier = isIdentifier
        stem = isName || isIdentifier ? text : WordStem.of(text)
        (synonyms, kinds) = isName ? ([], []) : relations.groups(text, stem: stem)
    }
}

extension ContentWord {
    private static func isIdentifier(_ text: String) -> Bool {
        if text.hasPrefix("/") || text.hasPrefix("--") || !text.contains(where: \.isLetter) { return true }
        return text.contains(where: \.isNumber) || text.contains("-") && text.split(separator: "-").last?.count == 1
    }

    /// The same word where others of the same facts make it say less.
    func weighed(by factor: Float) -> ContentWord {
        var word = self
        word.weight *= factor
        return word
    }
}

/// A question, or an answer, as what a comparison needs of it: its words with meaning, who it is about, and what it asks for.
package struct ContentWords: Sendable, Equatable {
    private(set) var words: [ContentWord] = []
    /// It speaks of the person who asks.
    private(set) var isMine = false
    /// It speaks of something that is the person's own.
    private(set) var isOwn = false
    /// It speaks of the one who is asked: "your".
    private(set) var isYours = false
    /// It speaks of somebody else: "his", "the king's".
    private(set) var isAnothers = false
    /// It asks for something in general: "a", "an".
    private(set) var isIndefinite = false
    /// What kinds of things it asks for.
    let asks: AskedKind
    /// All words in their order, those without meaning too.
    let order: [String]

    /// The sum of the words' weights.
    var weight: Float { words.reduce(0) { $0 + $1.weight } }

    /// The same where words are common among the facts of a plugin, and so say little of which one is meant.
    func weighed(by factor: (ContentWord) -> Float) -> ContentWords {
        var result = self
        result.words = words.map { $0.weighed(by: factor($0)) }
        return result
    }

    /// Reads a text.
    /// - Parameter rarity: how rare a word is, 0 to 1.
    package init(_ text: String, rarity: (String) -> Float) {
        let all = Self.split(text)
        order = all
        asks = AskedKind.asked(by: all)
        isMine = all.contains(where: Self.mine.contains)
        isOwn = all.contains(where: ["my", "mine", "our", "me"].contains)
        isYours = all.contains("your")
        isIndefinite = all.contains("a") || all.contains("an")
        let lower = text.lowercased()
        isAnothers = all.contains(where: ["his", "her", "their", "its"].contains) || Self.namesAnother(lower)
        let names = Self.names(in: text)
        for word in all where !words.contains(where: { $0.text == word }) {
            if names.contains(word) {
                words.append(ContentWord(word, weight: 1, isName: true))
                continue
            }
            let weight = Self.framed[word] ?? (Self.empty.contains(word) ? 0 : 0.35 + 0.65 * rarity(word))
            if weight > 0 { words.append(ContentWord(word, weight: weight)) }
        }
    }

    /// Whether a word in lower case says something of what is asked for.
    static func hasMeaning(_ word: String) -> Bool { framed[word] ?? (empty.contains(word) ? 0 : 1) > 0 }

    /// The words in lower case, without a possessive 's; a key with its modifier ("Alt K", "alt-k") is one word.
    package static func split(_ text: String) -> [String] {
        var words: [String] = []
        if text.contains(where: { "?,.".contains($0) }), let marked = marks(in: text) { return marked }
        var word = ""
        func isInside(_ character: Character) -> Bool { "-'.:".contains(character) }
        let characters = Array(text.lowercased().replacing("’", with: "'"))
        for (index, character) in characters.enumerated() {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let isLetter = character.isLetter || character.isNumber
            if isLetter || (character == "/" && word.isEmpty && next.isLetter)
                || (isInside(character) && !word.isEmpty && (next.isLetter || next.isNumber))
            {
                word.append(character)
                continue
            }
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        if !word.isEmpty { words.append(word) }
        var result: [String] = []
        for word in words.map({ $0.hasSuffix("'s") ? String($0.dropLast(2)) : $0 }) {
            if word.count == 1, let last = result.last, let modifier = modifiers[last] {
                result[result.count - 1] = modifier + "-" + word
            } else {
                result.append(word)
            }
        }
        return result.map { $0.hasPrefix("control-") ? "ctrl-" + $0.dropFirst(8) : $0 }
    }

    /// The words of a text with a key that is a mark ("?", "Alt-,"), which stands between spaces; nil where there is none.
    private static func marks(in text: String) -> [String]? {
        let parts = text.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        func mark(_ place: Int) -> String? {
            let part = parts[place]
            let bare =
                part.count > 1 && ".?!,".contains(part.last ?? " ") && part.dropLast().last?.isLetter == false
                ? String(part.dropLast()) : part
            if bare.count == 1, place > 0, place < parts.count - 1, "?,.".contains(bare) { return bare }
            for modifier in ["alt-", "ctrl-"] where bare.hasPrefix(modifier) && bare.count == modifier.count + 1 {
                if let last = bare.last, "?,.".contains(last) { return bare }
            }
            return nil
        }
        guard parts.indices.contains(where: { mark($0) != nil }) else { return nil }
        return parts.indices.flatMap { place in mark(place).map { [$0] } ?? split(parts[place]) }
    }

    /// The words, in lower case, that are written with a capital within a sentence.
    private static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        var beginsSentence = true
        var followsCommand = false
        for word in text.split(whereSeparator: \.isWhitespace) {
            let isCapital = word.first?.isUppercase == true && word.dropFirst().allSatisfy { !$0.isUppercase }
            if isCapital, !beginsSentence, !word.hasPrefix("I'"), word != "I" {
                names.formUnion(split(String(word)).filter { $0.count > 1 && !AskedKind.calendar.contains($0) })
            }
            if followsCommand, let bare = split(String(word)).first, !afterCommand.contains(bare) { names.insert(bare) }
            followsCommand = word.hasPrefix("/")
            beginsSentence = word.last.map { ".!?:,;".contains($0) } ?? false
        }
        return names
    }

    private static let afterCommand: Set<String> = ["do", "for", "mean", "work", "used", "is", "in", "and", "or", "to"]

    private static let modifiers = ["alt": "alt", "ctrl": "ctrl", "control": "ctrl", "shift": "shift"]
    private static let mine: Set<String> = ["my", "i", "mine", "our", "we", "i'm", "i've", "us"]

    /// "the king's", "a neighbour's"
    private static func namesAnother(_ lower: String) -> Bool {
        let words = lower.split(separator: " ")
        return zip(words, words.dropFirst()).contains { ["the", "a", "an"].contains($0) && $1.hasSuffix("'s") }
    }

    /// Words that say little by themselves, with what they weigh.
    private static let framed: [String: Float] = [
        "called": 0.25, "name": 0.35, "names": 0.35, "named": 0.3, "like": 0.3, "time": 0.4, "use": 0.25, "go": 0.3,
        "get": 0.2, "show": 0.5, "explain": 0.1, "mean": 0.3, "find": 0.3, "keep": 0.4, "look": 0.3, "up": 0.2,
        "off": 0.3, "out": 0.2, "help": 0.5, "right": 0.1, "over": 0.1, "going": 0.2, "goes": 0.2, "used": 0.2,
        "need": 0.1, "want": 0.1, "where": 0.6, "when": 0.6, "who": 0.45, "whom": 0.45, "whose": 0.4, "why": 0.7,
        "how": 0.15,
    ]

    /// Words that say nothing of what is asked for.
    private static let empty: Set<String> = Set(
        """
        a an the is are was were be been am do does did done of in on at to for from with and or but so as by into than \
        then please tell me can could would will shall should may might must you know remember remind again that this \
        these those it its there here have has had having i i'm im i've my mine our ours we us what what's which whats \
        say said forgot forget forgotten think thinks thanks thank hello hi hey ok okay one more thing question also now \
        just briefly answer quick quickly wanted let let's give got ask asking asked wonder wondering sure not no yes if \
        about way well oh um any some something anything your yours his her hers their theirs he she they them him s t \
        re ve ll d m don doesn didn isn can't cannot don't exactly actually really still ever yet too very much mind \
        moment sorry describe information info idea supposed using happen happens means meant recall slipped mix kept \
        keeps told telling sound
        """.split(separator: " ").map(String.init))
}
