/// Porter's suffix stripping (1980) with the extensions of NLTK's `PorterStemmer`, which the package `rouge-score` uses:
/// some irregular words, `ie` kept in short words, `y` turned to `i` after a consonant, Porter's own later corrections.
package enum PorterStemmer {
    /// The stem of a word of a-z and 0-9 in lower case.
    package static func stem(_ word: String) -> String {
        if let stem = irregular[word] { return stem }
        var word = Array(word.utf8)
        if word.count <= 2 { return String(decoding: word, as: UTF8.self) }
        removePlural(&word)
        removePastAndProgressive(&word)
        replaceFinalY(&word)
        shortenDoubleSuffix(&word)
        apply(shortenings, to: &word) { measure($0) > 0 }
        removeSuffix(&word)
        removeFinalE(&word)
        if word.ends("ll"), measure(word.dropLast()) > 1 { word.removeLast() }
        return String(decoding: word, as: UTF8.self)
    }

    private static let irregular = [
        "skies": "sky", "sky": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
        "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing", "cannings": "canning",
        "canning": "canning", "howe": "howe", "proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
    ]

    /// Step 1a.
    private static func removePlural(_ word: inout [UInt8]) {
        if word.ends("ies"), word.count == 4 {
            word.replace("ies", by: "ie")
        } else if word.ends("sses") {
            word.replace("sses", by: "ss")
        } else if word.ends("ies") {
            word.replace("ies", by: "i")
        } else if word.ends("s"), !word.ends("ss") {
            word.removeLast()
        }
    }

    /// Step 1b.
    private static func removePastAndProgressive(_ word: inout [UInt8]) {
        if word.ends("ied") {
            word.replace("ied", by: word.count == 4 ? "ie" : "i")
            return
        }
        if word.ends("eed") {
            if measure(word.dropLast(3)) > 0 { word.removeLast() }
            return
        }
        guard let suffix = ["ed", "ing"].first(where: { word.ends($0) && hasVowel(word.dropLast($0.utf8.count)) })
        else { return }
        word.removeLast(suffix.utf8.count)
        if ["at", "bl", "iz"].contains(where: { word.ends($0) }) {
            word.append(letter("e"))
        } else if endsInDoubleConsonant(word) {
            if let last = word.last, !"lsz".utf8.contains(last) { word.removeLast() }
        } else if measure(word) == 1, endsInShortSyllable(word) {
            word.append(letter("e"))
        }
    }

    /// Step 1c.
    private static func replaceFinalY(_ word: inout [UInt8]) {
        if word.count > 2, word.last == letter("y"), isConsonant(word, word.count - 2) {
            word[word.count - 1] = letter("i")
        }
    }

    /// Step 2.
    private static func shortenDoubleSuffix(_ word: inout [UInt8]) {
        if word.ends("alli"), measure(word.dropLast(4)) > 0 {
            word.replace("alli", by: "al")
            shortenDoubleSuffix(&word)
            return
        }
        guard let rule = doubleSuffixes.first(where: { word.ends($0.suffix) }) else { return }
        // `logi` belongs to the stem up to its l.
        let kept = rule.suffix == "logi" ? 3 : rule.suffix.utf8.count
        if measure(word.dropLast(kept)) > 0 { word.replace(rule.suffix, by: rule.replacement) }
    }

    /// Step 4.
    private static func removeSuffix(_ word: inout [UInt8]) {
        guard let suffix = removed.first(where: { word.ends($0) }) else { return }
        let stem = word.dropLast(suffix.utf8.count)
        if suffix == "ion", stem.last != letter("s"), stem.last != letter("t") { return }
        if measure(stem) > 1 { word = Array(stem) }
    }

    /// Step 5a.
    private static func removeFinalE(_ word: inout [UInt8]) {
        guard word.ends("e") else { return }
        let stem = word.dropLast()
        let measure = measure(stem)
        if measure > 1 || (measure == 1 && !endsInShortSyllable(Array(stem))) { word.removeLast() }
    }

    private typealias Rule = (suffix: String, replacement: String)

    /// Step 2, by the order in which suffixes are tried.
    private static let doubleSuffixes: [Rule] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
        ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
        ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"), ("logi", "log"),
    ]
    /// Step 3.
    private static let shortenings: [Rule] = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ]
    /// Step 4.
    private static let removed = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
        "iti", "ous", "ive", "ize",
    ]

    /// The first rule whose suffix is there is the only one; it acts where its stem allows it.
    private static func apply(_ rules: [Rule], to word: inout [UInt8], where allows: (ArraySlice<UInt8>) -> Bool) {
        guard let rule = rules.first(where: { word.ends($0.suffix) }) else { return }
        if allows(word.dropLast(rule.suffix.utf8.count)) { word.replace(rule.suffix, by: rule.replacement) }
    }

    private static func letter(_ scalar: Unicode.Scalar) -> UInt8 { UInt8(ascii: scalar) }

    /// A y after a consonant is a vowel.
    private static func isConsonant(_ word: some RandomAccessCollection<UInt8>, _ index: Int) -> Bool {
        let byte = word[word.index(word.startIndex, offsetBy: index)]
        if "aeiou".utf8.contains(byte) { return false }
        return byte != letter("y") || index == 0 || !isConsonant(word, index - 1)
    }

    /// m: how often a vowel is followed by a consonant.
    private static func measure(_ stem: some RandomAccessCollection<UInt8>) -> Int {
        var (count, previousIsVowel) = (0, false)
        for index in 0..<stem.count {
            let isConsonant = isConsonant(stem, index)
            if isConsonant, previousIsVowel { count += 1 }
            previousIsVowel = !isConsonant
        }
        return count
    }

    private static func hasVowel(_ stem: ArraySlice<UInt8>) -> Bool {
        (0..<stem.count).contains { !isConsonant(stem, $0) }
    }

    private static func endsInDoubleConsonant(_ word: [UInt8]) -> Bool {
        word.count >= 2 && word[word.count - 1] == word[word.count - 2] && isConsonant(word, word.count - 1)
    }

    /// Consonant, vowel, consonant other than w, x, y; or a word of one vowel and one consonant.
    private static func endsInShortSyllable(_ word: [UInt8]) -> Bool {
        let count = word.count
        if count == 2 { return !isConsonant(word, 0) && isConsonant(word, 1) }
        return count >= 3 && isConsonant(word, count - 3) && !isConsonant(word, count - 2)
            && isConsonant(word, count - 1) && !"wxy".utf8.contains(word[count - 1])
    }
}

extension [UInt8] {
    fileprivate func ends(_ suffix: String) -> Bool {
        count >= suffix.utf8.count && suffix.utf8.elementsEqual(self[(count - suffix.utf8.count)...])
    }

    fileprivate mutating func replace(_ suffix: String, by replacement: String) {
        replaceSubrange((count - suffix.utf8.count)..., with: Array(replacement.utf8))
    }
}
