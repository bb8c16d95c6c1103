import Evaluation
import Foundation
import SPAEngine
import Testing

/// Losses by teacher forcing.
@Suite struct PathScorerTests {
    let tiny: TinyEvaluation
    let text: [Int32]

    init() throws {
        tiny = try TinyEvaluation()
        text = tiny.tokenizer.encode(
            "The gate chooses between the base and the side, token by token; it costs nothing.")
    }

    @Test func baseLossesFollowTheDefinition() throws {
        let scorer = try PathScorer(base: tiny.base, plugin: nil, window: 256)
        let scores = try scorer.score(text: text)
        #expect(scores.map(\.token) == Array(text.dropFirst()))
        let cache = try tiny.base.makeCache(capacity: text.count)
        let logits = tiny.base.head(try tiny.base.forward(text, cache: cache, wanted: .all).finals)
        for (index, score) in scores.enumerated() {
            let row = logits.row(index).map { Double($0) }
            let highest = row.max() ?? 0
            let sum = row.reduce(0) { $0 + exp($1 - highest) }
            let expected = highest + log(sum) - row[Int(text[index + 1])]
            #expect(abs(Double(score.baseLoss) - expected) < 1e-3)
            #expect(score.sideLoss == nil && score.decision == nil)
        }
    }

    @Test func aSilentSideLosesWhatTheBaseLoses() throws {
        let scorer = try PathScorer(base: tiny.base, plugin: tiny.plugin(loud: false), window: 256)
        for score in try scorer.score(text: text) {
            // The device has the final state in half precision.
            #expect(abs((score.sideLoss ?? .nan) - score.baseLoss) < 0.02)
        }
    }

    @Test func modesChooseTheLoss() throws {
        let scorer = try PathScorer(base: tiny.base, plugin: tiny.plugin(loud: true), window: 256)
        let scores = try scorer.score(text: text)
        #expect(Set(scores.map { $0.path(.gated, threshold: 0.5) }) == [.base, .side])
        for score in scores {
            #expect(score.loss(.base, threshold: 0.5) == score.baseLoss)
            #expect(score.loss(.side, threshold: 0.5) == score.sideLoss)
            #expect(score.path(.gated, threshold: 1) == .base)
            let probability = try #require(score.decision?.probability)
            #expect((score.path(.gated, threshold: 0.5) == .side) == (probability > 0.5))
        }
        let report = LossReport(scores, mode: .gated, threshold: 0.5)
        #expect(report.tokens == scores.count && report.base != report.side)
        #expect(report.sideTokens == scores.count { $0.path(.gated, threshold: 0.5) == .side })
    }

    @Test func windowsCoverTheText() throws {
        let whole = try PathScorer(base: tiny.base, plugin: nil, window: 256).score(text: text)
        let parts = try PathScorer(base: tiny.base, plugin: nil, window: 8).score(text: text)
        #expect(parts.map(\.token) == whole.map(\.token))
        // The first window has seen all that there was.
        for index in 0..<7 { #expect(abs(parts[index].baseLoss - whole[index].baseLoss) < 1e-3) }
        let report = try PerplexityReport(
            text: "a b c", tokenizer: tiny.tokenizer, scorer: PathScorer(base: tiny.base, plugin: nil, window: 4))
        #expect(report.loss.count >= report.tokens - 1 && report.meanLoss > 0 && report.sideTokens == 0)
    }

    @Test func chosenPositionsAreScoredAsInTheWhole() throws {
        let scorer = try PathScorer(base: tiny.base, plugin: tiny.plugin(loud: true), window: 256)
        let all = try scorer.score(text: text)
        let some = try scorer.score(text, after: [3, 4, 9])
        #expect(some.map(\.token) == [4, 5, 10].map { text[$0] })
        for (score, index) in zip(some, [3, 4, 9]) { #expect(abs(score.baseLoss - all[index].baseLoss) < 1e-3) }
        #expect(try scorer.score(text, after: []).isEmpty)
        #expect(try scorer.score(text: [1]).isEmpty)
    }

    @Test(arguments: [Method.lora, .adapter]) func aPluginInTheBlocksReadsTheTextItself(method: Method) throws {
        let plain = try PathScorer(base: tiny.base, plugin: nil, window: 256).score(text: text)
        let silent = tiny.plugin(inBlocks: method, loud: false)
        for (score, base) in zip(try PathScorer(base: tiny.base, plugin: silent, window: 256).score(text: text), plain)
        {
            #expect(score.baseLoss == base.baseLoss && score.sideLoss == base.baseLoss && score.decision == nil)
        }
        let plugin = tiny.plugin(inBlocks: method, loud: true)
        let scores = try PathScorer(base: tiny.base, plugin: plugin, window: 256).score(text: text)
        let exchanges = try #require(try BlockExchanges(plugin, base: tiny.base))
        let cache = try tiny.base.makeCache(capacity: text.count)
        let logits = tiny.base.head(
            try tiny.base.forward(text, cache: cache, wanted: .all, exchanges: exchanges).finals)
        for (index, score) in scores.enumerated() {
            #expect(score.baseLoss == plain[index].baseLoss)
            let row = logits.row(index).map { Double($0) }
            let expected = log(row.reduce(0) { $0 + exp($1) }) - row[Int(text[index + 1])]
            #expect(abs(Double(score.sideLoss ?? .nan) - expected) < 1e-2)
            // There is no gate: every token is the plugin's.
            #expect(score.path(.gated, threshold: 0.5) == .side && score.path(.base, threshold: 0.5) == .base)
        }
        let report = LossReport(scores, mode: .gated, threshold: 0.5)
        #expect(report.chosen == report.side && report.side != report.base && report.sideTokens == report.tokens)
    }
}
