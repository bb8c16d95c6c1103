/// ROUGE (Lin, 2004) as the package `rouge-score` computes it: lower case, words of a-z and 0-9; with stemming only where
/// it is asked for. Every figure of this program is without.
public enum Rouge {
    /// Precision, recall and their harmonic mean, 0 to 1.
    public struct Score: Sendable, Equatable {
        /// The share of the candidate that is in the reference.
        public var precision: Double
        /// The share of the reference that is in the candidate.
        public var recall: Double

        /// A score.
        public init(precision: Double, recall: Double) {
            self.precision = precision
            self.recall = recall
        }

        /// The harmonic mean; 0 where both are.
        public var f1: Double {
            precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        }

        static let none = Score(precision: 0, recall: 0)
    }

    /// The words that are compared.
    /// - Parameter stemming: words of more than three letters lose their suffixes (`PorterStemmer`).
    public static func words(_ text: String, stemming: Bool = false) -> [String] {
        let words = plainWords(text)
        return stemming ? words.map { $0.utf8.count > 3 ? PorterStemmer.stem($0) : $0 } : words
    }

    private static func plainWords(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.lowercased().unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
            default:
                if !word.isEmpty { words.append(word) }
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// ROUGE-n: shared n-grams, each as often as it is in both.
    public static func grams(_ n: Int, reference: String, candidate: String, stemming: Bool = false) -> Score {
        let expected = counts(n, words(reference, stemming: stemming))
        let found = counts(n, words(candidate, stemming: stemming))
        let shared = expected.reduce(0) { $0 + min($1.value, found[$1.key] ?? 0) }
        let expectedCount = expected.values.reduce(0, +)
        let foundCount = found.values.reduce(0, +)
        return Score(
            precision: Double(shared) / Double(max(foundCount, 1)),
            recall: Double(shared) / Double(max(expectedCount, 1)))
    }

    /// ROUGE-L: the longest common subsequence of words, over the whole texts.
    public static func longest(reference: String, candidate: String, stemming: Bool = false) -> Score {
        let expected = words(reference, stemming: stemming)
        let found = words(candidate, stemming: stemming)
        guard !expected.isEmpty, !found.isEmpty else { return .none }
        let length = Double(commonSubsequence(expected, found))
        return Score(precision: length / Double(found.count), recall: length / Double(expected.count))
    }

    private static func counts(_ n: Int, _ words: [String]) -> [ArraySlice<String>: Int] {
        guard n > 0, words.count >= n else { return [:] }
        var counts: [ArraySlice<String>: Int] = [:]
        for start in 0...(words.count - n) { counts[words[start..<start + n], default: 0] += 1 }
        return counts
    }

    /// The length of the longest common subsequence.
    private static func commonSubsequence(_ a: [String], _ b: [String]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for word in a {
            var diagonal = 0
            for column in 1...b.count {
                let above = row[column]
                row[column] = word == b[column - 1] ? diagonal + 1 : max(above, row[column - 1])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
