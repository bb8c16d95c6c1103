import Evaluation
import Foundation
import SPAEngine
import TestSupport
import Testing
import Training

/// A whole study on the tiny model: every gate is trained, measured and shown.
@Suite struct GateStudyTests {
    @Test func everyGateIsMeasuredAndShown() throws {
        let tiny = try TinyEvaluation()
        func rows(_ name: String, _ count: Int) -> [TrainingRow] {
            (0..<count).map { TrainingRow(prompt: "What is \(name) \($0)?", response: "It is a thing of \($0 % 3).") }
        }
        var options = TrainingOptions()
        options.side.epochs = 1
        let study = GateStudy(
            base: tiny.base, tokenizer: tiny.tokenizer, template: .raw, options: options, prices: [0.2, 1],
            anchorQuestions: ["Why?", "How?", "Who?", "When?"])
        var told: [String] = []
        let result = try study.run(
            rows("train", 24), heldOut: rows("held", 4), test: rows("test", 4), general: ["Where?", "Which?"],
            seeds: [1, 2], answered: 3, generalFolder: nil
        ) {
            told.append($0)
            return true
        }
        #expect(told.contains("answering: 0 rows left") && told.contains("seed 2 done"))
        #expect(result.answeredRows == 3 && result.testTokens > 8 && result.generalTokens > 0)
        for entry in result.entries {
            let isFinite = entry.skill.allSatisfy { $0.isFinite }
            #expect(isFinite, "\(entry.name)")
        }
        let gate = try #require(result.entries.first { $0.name == "effect gate (the default)" })
        #expect(gate.skill.count == 2 && gate.points.map(\.count) == [2, 2] && gate.general.count == 2)
        #expect(result.rouge.map(\.name).first == gate.name && result.rouge.count == 6)
        for curve in result.rouge {
            #expect(curve.points.count == 7)
            for point in curve.points { #expect((0...100).contains(point.x) && (0...100).contains(point.y)) }
        }
        let chart = try #require(result.rougeChart(title: "ROUGE"))
        #expect(chart.svg.contains("rule: margin of the base") && chart.grid.rows.count == 6)
        #expect(result.grid(title: "Gates").rows.count == result.entries.count)
        #expect(result.priceGrid(title: "Prices").rows.count == 2)
        #expect(result.usageChart(title: "Loss").panels[0].series.count == 8)
        #expect(result.reliabilityChart(title: "Reliability").panels[0].series.count == 2)
    }

    @Test func stopsWhereItIsToldTo() throws {
        let tiny = try TinyEvaluation()
        let rows = (0..<12).map { TrainingRow(prompt: "What is \($0)?", response: "A thing.") }
        var options = TrainingOptions()
        options.side.epochs = 1
        let study = GateStudy(
            base: tiny.base, tokenizer: tiny.tokenizer, template: .raw, options: options, anchorQuestions: ["Why?"])
        #expect(throws: TrainingError.cancelled) {
            _ = try study.run(
                rows, heldOut: nil, test: rows, general: ["Where?"], seeds: [1], answered: 2, generalFolder: nil
            ) { !$0.hasPrefix("seed 1: linear") }
        }
    }
}
