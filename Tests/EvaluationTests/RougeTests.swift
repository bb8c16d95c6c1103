import Compute
import Evaluation
import Foundation
import Testing

/// ROUGE against the package `rouge-score`, and by its properties.
@Suite struct RougeTests {
    struct Row: Decodable, Sendable {
        let reference: String
        let candidate: String
        /// ROUGE-1, 2 and L; of each precision, recall, F1.
        let plain: [[Double]]
        let stemmed: [[Double]]
    }

    static func fixture<Value: Decodable>(_ name: String) throws -> Value {
        let folder = try #require(Bundle.module.resourceURL)
        return try JSONDecoder().decode(
            Value.self, from: Data(contentsOf: folder.appending(path: "Fixtures/\(name).json")))
    }

    @Test(arguments: [false, true]) func scoresAreThoseOfThePackage(stemming: Bool) throws {
        let rows: [Row] = try Self.fixture("rouge")
        #expect(rows.count == 300)
        for row in rows {
            let (reference, candidate) = (row.reference, row.candidate)
            let scores = [
                Rouge.grams(1, reference: reference, candidate: candidate, stemming: stemming),
                Rouge.grams(2, reference: reference, candidate: candidate, stemming: stemming),
                Rouge.longest(reference: reference, candidate: candidate, stemming: stemming),
            ]
            for (score, expected) in zip(scores, stemming ? row.stemmed : row.plain) {
                let found = [score.precision, score.recall, score.f1]
                for (a, b) in zip(found, expected) {
                    #expect(abs(a - b) < 1e-9, "\(reference) | \(candidate): \(found), not \(expected)")
                }
            }
        }
    }

    @Test func stemsAreThoseOfThePackage() throws {
        let rows: [[String]] = try Self.fixture("stems")
        #expect(rows.count > 700)
        for row in rows { #expect(PorterStemmer.stem(row[0]) == row[1], "\(row[0])") }
    }

    @Test func propertiesHold() {
        var random = SeededRandom(seed: 3)
        let words = ["spa", "base", "side", "gate", "a", "the", "2"]
        func text() -> String {
            (0..<Int.random(in: 1...12, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: [" ", ", ", "\n"].randomElement(using: &random) ?? " ")
        }
        for _ in 0..<300 {
            let (a, b) = (text(), text())
            let forward = Rouge.longest(reference: a, candidate: b)
            let backward = Rouge.longest(reference: b, candidate: a)
            #expect(forward.precision == backward.recall && forward.recall == backward.precision)
            #expect((0...1).contains(forward.f1))
            // A common subsequence is common words, too.
            #expect(forward.recall <= Rouge.grams(1, reference: a, candidate: b).recall + 1e-12)
            #expect(Rouge.longest(reference: a, candidate: a.uppercased() + "!").f1 == 1)
        }
    }
}
