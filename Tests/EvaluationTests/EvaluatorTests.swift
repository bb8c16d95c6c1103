import Evaluation
import Foundation
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

/// Whole evaluations on the tiny model.
@Suite struct EvaluatorTests {
    let tiny: TinyEvaluation

    init() throws { tiny = try TinyEvaluation() }

    func report(
        _ rows: [EvaluationRow], plugin: Plugin?, mode: GenerationMode = .gated, compares: Bool = false,
        network: NetworkProfile? = nil, together: Int = 1
    ) async throws -> EvaluationReport {
        var options = Evaluator.Options()
        options.generation.maximumTokens = 12
        options.generation.stopsAtEndOfTurn = false
        options.settings.mode = mode
        options.settings.network = network
        options.comparesWithBase = compares
        options.contextLength = 128
        options.together = together
        return try await Evaluator(
            base: tiny.base, tokenizer: tiny.tokenizer, template: .chatML, plugins: plugin.map { [$0] } ?? [],
            options: options
        ).evaluate(rows)
    }

    let rows = [
        EvaluationRow(TrainingRow(prompt: "What is SPA?", response: "A chat.")),
        EvaluationRow(TrainingRow(prompt: "What does F2 do?", response: "It turns the network on.")),
    ]

    @Test func theBaseAloneSendsNothing() async throws {
        let report = try await report(rows, plugin: tiny.plugin(loud: true), mode: .base, compares: true)
        #expect(report.examples == 2 && report.answers.count == 2)
        #expect(report.usagePercent == 0 && report.transmissionsPerToken == 0)
        #expect(report.sameAsBasePercent == 100)
        #expect(report.ledger.tokens == 24)
        let loss = try #require(report.loss)
        #expect(loss.chosen == loss.base && loss.side != loss.base)
        #expect(report.baseRougeLPercent == report.rougeLPercent)
    }

    @Test func theSideAlwaysSendsEachToken() async throws {
        let report = try await report(rows, plugin: tiny.plugin(loud: true), mode: .side, compares: true)
        #expect(report.usagePercent == 100 && report.transmissionsPerToken == 1)
        #expect(report.loss?.chosen == report.loss?.side)
        #expect((report.sameAsBasePercent ?? 100) < 100)
    }

    @Test(arguments: [Method.lora, .adapter]) func exchangesInTheBlocksAreCountedAndNotWaitedFor(
        method: Method
    ) async throws {
        let plugin = tiny.plugin(inBlocks: method, loud: true)
        let report = try await report(rows, plugin: plugin, compares: true, network: .satellite)
        let perToken = method == .lora ? 4 : 8
        #expect(report.usagePercent == 100 && report.transmissionsPerToken == Double(perToken))
        #expect(report.promptExchanges.transmissions >= 2 * perToken && report.ledger.simulated)
        #expect((report.sameAsBasePercent ?? 100) < 100 && report.loss?.chosen == report.loss?.side)
        // A minute or more, in no time.
        let formula = try #require(report.formulaNetworkMilliseconds)
        #expect(formula > 24 * 4 * 600 && abs(report.ledger.milliseconds.network / formula - 1) < 0.05)
    }

    @Test func answersMadeTogetherAreThoseMadeOneByOne() async throws {
        let many = (0..<21).map { number in
            EvaluationRow(TrainingRow(prompt: "Question \(number * number)?", response: "It is \(number)."))
        }
        for plugin in [nil, tiny.plugin(loud: true)] {
            let alone = try await report(many, plugin: plugin, compares: true)
            for together in [2, 8] {
                let found = try await report(
                    many, plugin: plugin, compares: true, together: together)
                #expect(found.examples == 21 && found.answers.map(\.answer) == alone.answers.map(\.answer))
                #expect(found.answers.map(\.baseAnswer) == alone.answers.map(\.baseAnswer))
                #expect(found.loss == alone.loss && found.usagePercent == alone.usagePercent)
                #expect(found.ledger.tokens == alone.ledger.tokens)
                #expect(found.ledger.transmissions == alone.ledger.transmissions)
                #expect(found.ledger.bytesDown == alone.ledger.bytesDown)
                #expect(found.ledger.bytesUp == alone.ledger.bytesUp)
            }
        }
    }

    @Test func anAnswerAsWantedScoresHundred() async throws {
        let first = try await report(rows, plugin: nil)
        let wanted = zip(["What is SPA?", "What does F2 do?"], first.answers).map { question, answer in
            EvaluationRow(TrainingRow(prompt: question, response: answer.answer))
        }
        let second = try await report(wanted, plugin: nil)
        let hasWords = first.answers.filter { !Rouge.words($0.answer).isEmpty }.count
        #expect(second.rougeLPercent == 100 * Double(hasWords) / 2)
        #expect(second.rougePercent(1) == second.rougeLPercent)
    }

    @Test func questionsWithoutAnswersHaveNoLoss() async throws {
        let path = TinyModel.temporaryPath("general.jsonl")
        defer { TinyModel.remove(path) }
        try Data("{\"prompt\":\"Why?\"}\n\n{\"prompt\":\"How?\"}\n".utf8).write(to: URL(filePath: path))
        let questions = try EvaluationData.read([path])
        #expect(questions.map { $0.question?.last?.content } == ["Why?", "How?"])
        let report = try await report(questions, plugin: nil)
        #expect(report.loss == nil && report.rougeLPercent == nil && report.answers.count == 2)
    }

    @Test func aMissingAnswerAmongOthersIsNamed() throws {
        let path = TinyModel.temporaryPath("mixed.jsonl")
        defer { TinyModel.remove(path) }
        try Data("{\"prompt\":\"a\",\"response\":\"b\"}\n{\"prompt\":\"c\"}\n".utf8).write(to: URL(filePath: path))
        #expect {
            try EvaluationData.read([path])
        } throws: { error in
            "\(error)".contains("\(path):2")
        }
        #expect(throws: TrainingError.self) { try EvaluationData.read([path + ".none"]) }
    }

    @Test func aConversationAsksForItsLastAnswer() {
        let messages = [
            Message(role: .user, content: "1"), Message(role: .assistant, content: "2"),
            Message(role: .user, content: "3"), Message(role: .assistant, content: "4"),
        ]
        let row = EvaluationRow(TrainingRow(content: .conversation(messages)))
        #expect(row.question == Array(messages[..<3]) && row.reference == "4" && row.scored != nil)
        let passage = EvaluationRow(TrainingRow(content: .passage("text")))
        #expect(passage.question == nil && passage.scored != nil)
    }
}
