import Compute
import Foundation
import SPAEngine
import TestSupport
import Testing

/// The search alone, on a language of four words whose probabilities depend on all that was said.
@Suite struct BeamSearchTests {
    private static let words: Int32 = 4
    private static let end: Int32 = 0

    /// log p of each word after a text, the same every time.
    private static func logProbabilities(after text: [Int32], seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: text.reduce(seed &+ 77) { $0 &* 31 &+ UInt64($1) &+ 5 })
        let logits = (0..<words).map { _ in random.normal() }
        let logSum = VectorMath.logSumExp(logits, in: 0..<logits.count)
        return logits.map { $0 - logSum }
    }

    private static func continuations(after text: [Int32], seed: UInt64, count: Int) -> BeamSearch.Continuations {
        let row = logProbabilities(after: text, seed: seed)
        let matrix = Matrix(rows: 1, columns: row.count, values: row)
        return BeamSearch.Continuations(
            path: .base, decision: nil, candidates: matrix.likeliestTokens(row: 0, count: count))
    }

    /// Runs a search to its end; what was certain must stay so.
    private static func search(
        _ options: BeamOptions, longest: Int, seed: UInt64
    ) -> (best: [Int32], endedTurn: Bool, steps: Int, early: Int) {
        var search = BeamSearch(options, ends: [end], greatestLength: longest)
        var (said, steps, early): ([Int32], Int, Int) = ([], 0, 0)
        while !search.isOver {
            let texts = search.beams.map { $0.tokens.map(\.id) }
            let parents = search.step(
                texts.map { continuations(after: $0, seed: seed, count: search.candidateCount) })
            steps += 1
            #expect(search.beams.count == parents.count && search.beams.count <= options.width)
            #expect(zip(search.beams, parents).allSatisfy { $0.tokens.dropLast().map(\.id) == texts[$1] })
            if !search.isOver { early = said.count }
            said += search.newlyCertain().map(\.id)
        }
        let best = search.best
        #expect(said == best.tokens.map(\.id))
        return (said, best.endedTurn, steps, early)
    }

    /// The best of all texts of at most `longest` words.
    private static func exhaustive(penalty: Float, longest: Int, seed: UInt64) -> [Int32] {
        var best: (text: [Int32], score: Double) = ([], -.infinity)
        func go(_ text: [Int32], _ sum: Double) {
            for (word, logProbability) in logProbabilities(after: text, seed: seed).enumerated() {
                let (total, length) = (sum + Double(logProbability), text.count + 1)
                let ended = Int32(word) == end
                if ended || length == longest {
                    let score = total / pow(Double(length), Double(penalty))
                    if score > best.score { best = (ended ? text : text + [Int32(word)], score) }
                } else {
                    go(text + [Int32(word)], total)
                }
            }
        }
        go([], 0)
        return best.text
    }

    @Test(arguments: [Float(0), 0.6, 1, 2, -0.5]) func wideEnoughItFindsTheBestText(penalty: Float) {
        for seed in 0..<20 as Range<UInt64> {
            let options = BeamOptions(width: 64, lengthPenalty: penalty, stop: .certain)
            for longest in 1...4 {
                let found = Self.search(options, longest: longest, seed: seed)
                #expect(found.best == Self.exhaustive(penalty: penalty, longest: longest, seed: seed))
            }
        }
    }

    /// What cannot be beaten is not: the search that goes on to the greatest length finds nothing better.
    @Test(arguments: [Float(0), 1, -0.5]) func stoppingWhenCertainChangesNothing(penalty: Float) {
        var saved = 0
        for seed in 0..<30 as Range<UInt64> {
            var search = BeamSearch(
                BeamOptions(width: 3, lengthPenalty: penalty, stop: .certain), ends: [Self.end], greatestLength: 12)
            var (answer, length) = ([Int32](), 0)
            while length < 12 {
                let texts = search.beams.map { $0.tokens.map(\.id) }
                let wasOver = search.isOver
                _ = search.step(
                    texts.map { Self.continuations(after: $0, seed: seed, count: search.candidateCount) })
                length += 1
                if search.isOver && !wasOver { answer = search.best.tokens.map(\.id) }
                if wasOver { saved += 1 }
            }
            #expect(search.best.tokens.map(\.id) == answer)
        }
        #expect(penalty > 0 || saved > 0)
    }

    @Test func widthOneIsGreedy() {
        for seed in 0..<30 as Range<UInt64> {
            var text: [Int32] = []
            while text.count < 9 {
                let row = Self.logProbabilities(after: text, seed: seed)
                let word = Sampler.greedy(row)
                if word == Self.end { break }
                text.append(word)
            }
            for stop in [BeamOptions.Stop.first, .likely] {
                let found = Self.search(BeamOptions(width: 1, stop: stop), longest: 9, seed: seed)
                #expect(found.best == text && found.endedTurn == (text.count < 9))
            }
        }
    }

    @Test func theFirstFinishedTextsEndTheSearchSoonest() {
        var (first, likely, certain, early) = (0, 0, 0, 0)
        for seed in 0..<30 as Range<UInt64> {
            func steps(_ stop: BeamOptions.Stop) -> Int {
                let found = Self.search(BeamOptions(width: 3, stop: stop), longest: 16, seed: seed)
                early += found.early
                return found.steps
            }
            first += steps(.first)
            likely += steps(.likely)
            certain += steps(.certain)
        }
        #expect(first <= likely && likely < certain)
        // Words that all beams share are known before the end.
        #expect(early > 0)
    }

    @Test func aRowsLikeliestTokensAreInOrderAndFinite() {
        var random = SeededRandom(seed: 3)
        var values = (0..<600).map { _ in random.normal() * 3 }
        values[200 + 7] = .nan
        values[200 + 90] = .infinity
        values[200 + 100] = values[200 + 20]
        let matrix = Matrix(rows: 3, columns: 200, values: values)
        for row in [0, 2] {
            let all = matrix.row(row).enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
            for count in [0, 1, 5, 199, 200, 300] {
                let found = matrix.likeliestTokens(row: row, count: count)
                #expect(found.map(\.id) == all.prefix(count).map { Int32($0.offset) })
            }
            let sum = matrix.likeliestTokens(row: row, count: 200).reduce(Float(0)) { $0 + exp($1.logProbability) }
            #expect(abs(sum - 1) < 1e-4)
        }
        let odd = matrix.likeliestTokens(row: 1, count: 200).map(\.id)
        #expect(odd.count == 198 && !odd.contains(7) && !odd.contains(90))
        #expect(odd.firstIndex(of: 20).map { odd[$0 + 1] } == 100)
    }
}
