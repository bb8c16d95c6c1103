import Compute
import Evaluation
import SPAEngine
import Testing
import Tokenizer
import Training

@Suite struct RougeOverUsageTests {
    /// A simple rule is a gate whose effect is the rule's score.
    @Test(arguments: [(3, Float(1)), (0, -1), (2, -1)]) func aRuleIsAGate(column: Int, sign: Float) throws {
        var random = SeededRandom(seed: 2)
        let logits = Matrix(rows: 6, columns: 40, values: (0..<240).map { _ in 4 * random.normal() })
        let confidence = GateInput.confidence(logits)
        let gate = Gate.rule(column: column, sign: sign, baseWidth: 8)
        let inference = try #require(GateInference(gate))
        let team = ThreadTeam(threads: 1)
        for row in 0..<6 {
            let score = sign * confidence[row, column]
            for (price, asks) in [(score - 0.1, true), (score + 0.1, false)] {
                let decision = inference.decide(
                    final: Matrix(rows: 1, columns: 8), taps: [], price: price, team: team
                ) { logits.gather([row]) }
                #expect(abs((decision.effect ?? .nan) - score) < 0.02)
                #expect((decision.probability > 0.5) == asks)
            }
        }
    }

    @Test func curvesGoFromTheBaseToTheSide() throws {
        let tiny = try TinyEvaluation()
        let rows = (0..<12).map { row in
            TrainingRow(prompt: "What is thing \(row)?", response: "It is a thing of \(row % 3).")
        }
        let study = RougeOverUsage(
            answering: Answering(base: tiny.base, tokenizer: tiny.tokenizer, template: .raw),
            plugin: tiny.plugin(loud: true), rows: rows, maximumTokens: 12, seed: 1)
        #expect(study.rows.count == 12)
        let rule = Gate.rule(column: 3, sign: 1, baseWidth: tiny.base.configuration.width)
        let candidates = [
            RougeOverUsage.Candidate(name: "rule", gate: rule, scores: (0..<100).map { Float($0) * 0.08 })
        ]
        var ticks: [Int] = []
        let curves = try study.curves(candidates) {
            ticks.append($0)
            return true
        }
        #expect(ticks.sorted(by: >) == Array((0..<12).reversed()))
        #expect(curves.map(\.name) == ["rule", RougeOverUsage.chance])
        for curve in curves {
            #expect(curve.points.count == RougeOverUsage.shares.count + 2)
            #expect(curve.points.first?.x == 0 && curve.points.last?.x == 100)
            #expect(curve.points.first == curves[0].points.first && curve.points.last == curves[0].points.last)
            #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.x <= $1.x })
        }
        // Chance keeps its shares, whatever is said: within four deviations of some hundred lots.
        for (share, point) in zip(RougeOverUsage.shares, curves[1].points.dropFirst()) {
            #expect(abs(point.x - 100 * share) < 20)
        }
        #expect(try study.curves(candidates) { _ in true } == curves)
        #expect(throws: (any Error).self) { try study.curves(candidates) { _ in false } }
    }
}
