/// Whether two questions are one sentence but for one word with meaning: "What is my cat called?" and "What is my dog called?".
/// People who ask for the same in other words seldom keep all words but one.
package enum OneSubstitution {
    /// - Parameter a: all words of a question, in lower case; `b` those of the other.
    package static func `is`(_ a: [String], _ b: [String]) -> Bool {
        guard !a.isEmpty, !b.isEmpty, a.count <= 40, b.count <= 40 else { return false }
        let (left, right) = (a.map(WordStem.of), b.map(WordStem.of))
        // lengths[i][j]: the longest common subsequence of left[i...] and right[j...].
        var lengths = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for i in left.indices.reversed() {
            for j in right.indices.reversed() {
                lengths[i][j] =
                    left[i] == right[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        let common = lengths[0][0]
        guard 2 * common >= a.count, 2 * common >= b.count else { return false }
        var (i, j) = (0, 0)
        // What lies between two words that both have.
        var (own, other): ([String], [String]) = ([], [])
        var found = 0
        func closes() -> Bool {
            defer { (own, other) = ([], []) }
            if own.isEmpty, other.isEmpty { return true }
            found += 1
            let isPair = (1...2).contains(own.count) && (1...2).contains(other.count)
            return isPair && !(own + other).contains(where: asking.contains)
        }
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, left[i] == right[j] {
                guard closes() else { return false }
                (i, j) = (i + 1, j + 1)
            } else if j == b.count || (i < a.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
                if ContentWords.hasMeaning(a[i]) { own.append(a[i]) }
                i += 1
            } else {
                if ContentWords.hasMeaning(b[j]) { other.append(b[j]) }
                j += 1
            }
        }
        return closes() && found == 1
    }

    /// Words that ask are seldom kept.
    private static let asking: Set<String> = ["when", "where", "who", "what", "which", "day", "time"]
}
