import Evaluation
import Foundation
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

/// Conversations played on the tiny model.
@Suite struct ConversationPlayerTests {
    let tiny: TinyEvaluation

    init() throws { tiny = try TinyEvaluation() }

    private func options(_ mode: GenerationMode, contextLength: Int = 512) -> Evaluator.Options {
        var options = Evaluator.Options()
        options.generation.maximumTokens = 8
        options.generation.stopsAtEndOfTurn = false
        options.settings.mode = mode
        options.contextLength = contextLength
        return options
    }

    private func player(_ plugin: Plugin?, _ options: Evaluator.Options) -> ConversationPlayer {
        ConversationPlayer(
            base: tiny.base, tokenizer: tiny.tokenizer, template: .chatML, plugins: plugin.map { [$0] } ?? [],
            options: options)
    }

    private let script = ConversationScript(
        subject: "x",
        turns: [
            ScriptTurn("What is it?", .on, right: [["it"]]), ScriptTurn("Who are you?", .general),
            ScriptTurn("And where?", .followup, right: [["there"]]),
        ], path: "scripts.jsonl", line: 7)

    @Test(arguments: [GenerationMode.base, .gated, .side]) func eachTurnFollowsTheProgramsOwnAnswers(
        mode: GenerationMode
    ) async throws {
        var options = options(mode)
        options.system = "Be brief."
        let plugin = tiny.plugin(loud: true)
        let report = try await player(plugin, options).play([script, script], facts: { _ in nil })
        #expect(report.conversations.count == 2 && report.turns.count == 6)
        // A conversation knows nothing of the one before.
        #expect(report.conversations[0] == report.conversations[1])
        var said: [Message] = []
        for turn in report.conversations[0].turns {
            said.append(Message(role: .user, content: turn.script.user))
            let evaluator = Evaluator(
                base: tiny.base, tokenizer: tiny.tokenizer, template: .chatML, plugins: [plugin],
                options: options)
            let answer = try await evaluator.evaluate([EvaluationRow(question: said)]).answers[0]
            #expect(turn.answer.text == answer.answer && turn.tokens == 8)
            #expect(turn.sideTokens == answer.ledger.sideTokens && turn.taught == nil)
            if turn.answer.text.isEmpty {
                said.removeLast()
            } else {
                said.append(Message(role: .assistant, content: turn.answer.text))
            }
        }
        if mode == .base { #expect(report.turns.allSatisfy { $0.isQuiet && !$0.answer.marked.contains("[side:") }) }
        if mode == .side { #expect(report.turns.allSatisfy { $0.usagePercent == 100 }) }
    }

    @Test func aFullContextIsSaidWithItsPlace() async throws {
        let player = player(nil, options(.base, contextLength: 48))
        await #expect {
            try await player.play([script], facts: { _ in nil })
        } throws: { error in
            guard case EvaluationError.conversationTooLong("scripts.jsonl", 7, let turn, _, 48) = error else {
                return false
            }
            return turn >= 1 && "\(error)".contains("scripts.jsonl:7: turn \(turn)")
        }
    }

    @Test func aCancelledReportHasWholeConversationsAlone() async throws {
        let control = GenerationControl()
        let report = try await player(nil, options(.base)).play(
            [script, script, script], facts: { _ in TaughtFacts([]) }, control: control
        ) { done in
            if done == 2 { control.cancel() }
        }
        #expect(report.conversations.count == 2 && report.turns.allSatisfy { $0.taught == .init() })
    }
}
