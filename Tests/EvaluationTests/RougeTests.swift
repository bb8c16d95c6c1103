import Compute
import Evaluation
import Foundation
import Testing

/// ROUGE against the package `rouge-score`, and by its properties.
@Suite struct RougeTests {
    struct Row: Decodable, Sendable {
        let reference: String
        let candidate: String
        let one: [Double]
        let two: [Double]
        let longest: [Double]
    }

    static func rows() throws -> [Row] {
        let folder = try #require(Bundle.module.resourceURL)
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/rouge.json"))
        return try JSONDecoder().decode([Row].self, from: data)
    }

    @Test func scoresAreThoseOfThePackage() throws {
        let rows = try Self.rows()
        #expect(rows.count == 40)
        for row in rows {
            let pairs = [
                (Rouge.grams(1, reference: row.reference, candidate: row.candidate), row.one),
                (Rouge.grams(2, reference: row.reference, candidate: row.candidate), row.two),
                (Rouge.longest(reference: row.reference, candidate: row.candidate), row.longest),
            ]
            for (score, expected) in pairs {
                let found = [score.precision, score.recall, score.f1]
                for (a, b) in zip(found, expected) {
                    #expect(abs(a - b) < 1e-9, "\(row.reference) | \(row.candidate): \(found), not \(expected)")
                }
            }
        }
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
