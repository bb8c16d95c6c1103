import Glibc

/// How much a word says of which fact is meant: less where many facts of the same plugin have it.
struct RarityAmongFacts: Sendable {
    private let factors: [String: Float]

    /// - Parameter facts: the words of each fact's questions and answer.
    init(_ facts: [[ContentWords]]) {
        var counts: [String: Int] = [:]
        for texts in facts {
            for stem in Set(texts.flatMap(\.words).map(\.stem)) { counts[stem, default: 0] += 1 }
        }
        // A word that two of five facts have says as much as one that a single fact has.
        let all = log(Float(max(facts.count, 20)))
        factors = counts.mapValues { max(Self.least, powf(1 - min(1, log(Float($0)) / all), 1.5)) }
    }

    private static let least: Float = 0.05

    func weighed(_ words: ContentWords) -> ContentWords {
        words.weighed { factors[$0.stem] ?? 1 }
    }
}
