/// How near two words are in what they ask for: the same word, a synonym, or a word of the same kind that asks for
/// something else.
package struct WordRelations: Sendable {
    /// What one word is to another.
    package struct Relation: Sendable, Equatable {
        /// 0 (nothing in common) to 1 (the same word).
        package var likeness: Float
        /// Whether both are of one kind, as dog and cat are, and so ask for different things.
        package var excludes: Bool

        package init(likeness: Float, excludes: Bool) {
            self.likeness = likeness
            self.excludes = excludes
        }
    }

    /// The relations of the built-in tables, read once.
    package static let shared = WordRelations(synonyms: SynonymTable.text, classes: WordClassTable.text)

    private let synonyms, classes: [String: Set<Int>]

    init(synonyms: String, classes: String) {
        self.synonyms = Self.read(synonyms)
        self.classes = Self.read(classes)
    }

    private static func read(_ text: String) -> [String: Set<Int>] {
        var result: [String: Set<Int>] = [:]
        for (number, group) in text.split(separator: ";").enumerated() {
            for word in group.split(whereSeparator: \.isWhitespace) {
                result[String(word), default: []].insert(number)
                result[WordStem.of(String(word)), default: []].insert(number)
            }
        }
        return result
    }

    /// The groups of synonyms and the kinds that a word belongs to.
    func groups(_ text: String, stem: String) -> (synonyms: Set<Int>, kinds: Set<Int>) {
        func all(_ table: [String: Set<Int>]) -> Set<Int> { (table[text] ?? []).union(table[stem] ?? []) }
        return (all(synonyms), all(classes))
    }

    /// What `a` is to `b`.
    package static func relation(_ a: ContentWord, _ b: ContentWord) -> Relation {
        if a.text == b.text || a.stem == b.stem { return Relation(likeness: 1, excludes: false) }
        if a.isIdentifier && b.isIdentifier { return Relation(likeness: 0, excludes: true) }
        if a.isName || b.isName { return Relation(likeness: 0, excludes: false) }
        if !a.synonyms.isDisjoint(with: b.synonyms) { return Relation(likeness: 0.85, excludes: false) }
        if !a.kinds.isDisjoint(with: b.kinds) { return Relation(likeness: 0, excludes: true) }
        // Derived words share most of their letters: marry and marriage.
        let common = zip(a.text.utf8, b.text.utf8).prefix { $0 == $1 }.count
        let longest = max(a.text.utf8.count, b.text.utf8.count)
        let isDerived = common >= 5 && Float(common) >= 0.6 * Float(longest)
        return Relation(likeness: isDerived ? 0.7 : 0, excludes: false)
    }

    /// Words of the same kinds as `word`, to ask for something else with: in the order of the table.
    static func others(than word: String) -> [String] {
        let stem = WordStem.of(word)
        return WordClassTable.text.split(separator: ";").flatMap { group -> [String] in
            let members = group.split(whereSeparator: \.isWhitespace).map(String.init)
            guard members.contains(where: { $0 == word || WordStem.of($0) == stem }) else { return [] }
            return members.filter { $0 != word && WordStem.of($0) != stem }
        }
    }
}

/// A light stemmer for comparing the words of questions: plural, -ing, -ed, and common irregular forms.
package enum WordStem {
    private static let irregular = [
        "drank": "drink", "went": "go", "drove": "drive", "bought": "buy", "children": "child", "teeth": "tooth",
        "feet": "foot", "left": "leave", "kept": "keep", "wrote": "write", "began": "begin", "paid": "pay",
        "met": "meet", "taught": "teach", "ate": "eat", "swam": "swim", "knives": "knife", "wives": "wife",
        "lives": "live", "people": "person", "mice": "mouse", "women": "woman", "men": "man", "saw": "see",
        "sold": "sell", "spoke": "speak", "sat": "sit", "stood": "stand", "ran": "run", "rode": "ride",
        "hung": "hang", "hid": "hide", "hidden": "hide", "made": "make", "grew": "grow", "slept": "sleep",
        "sent": "send", "spent": "spend", "lent": "lend", "lost": "lose", "built": "build", "chose": "choose",
        "flew": "fly", "wore": "wear", "does": "do", "did": "do", "has": "have", "had": "have",
    ]

    /// The stem of a word in lower case.
    package static func of(_ word: String) -> String {
        if let stem = irregular[word] { return finished(stem[...]) }
        guard word.utf8.count > 3 else { return word }
        for (ending, replacement) in [("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")]
        where word.hasSuffix(ending) && word.utf8.count > ending.utf8.count + 1 {
            return finished(word.dropLast(ending.count) + replacement)
        }
        var stem = word[...]
        if stem.hasSuffix("s"), !["ss", "us", "is"].contains(where: stem.hasSuffix) { stem.removeLast() }
        for ending in ["ing", "ed"] where stem.hasSuffix(ending) {
            let rest = stem.dropLast(ending.count)
            guard rest.count >= 3, rest.contains(where: { "aeiouy".contains($0) }) else { continue }
            stem = rest
            let last = stem.suffix(2)
            if last.first == last.last, let letter = last.last, !"lsz".contains(letter) { stem.removeLast() }
            break
        }
        return finished(stem)
    }

    private static func finished(_ stem: Substring) -> String {
        guard stem.utf8.count > 3 else { return String(stem) }
        if stem.hasSuffix("e") { return String(stem.dropLast()) }
        if stem.hasSuffix("y") { return stem.dropLast() + "i" }
        return String(stem)
    }
}
