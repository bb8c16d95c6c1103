import Foundation
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

import Evaluation

/// What counts as right, as a taught fact, and as said by the side.
@Suite struct ConversationScoringTests {
    @Test(arguments: [
        ("To stop a reply, press Esc.", [["Esc"]], true),
        ("Press Escape.", [["Esc"]], false),
        ("it is  half\npast NINE", [["half past nine"]], true),
        ("Press F1.", [["F10"]], false),
        ("Press F10.", [["F1"]], false),
        ("Press F1 or ?", [["F1", "F2"], ["?"]], true),
        ("Type /save FILE.", [["/save"]], true),
        ("It is 0.5 by default", [["0.5"]], true),
        ("It is 10.5 by default", [["0.5"]], false),
        ("The side’s words", [["side's"]], true),
        ("Ångström", [["ngstr"]], false),
        ("Ångström.", [["ÅNGSTRÖM"]], true),
        ("black coffee", [["black"], ["cinnamon"]], false),
        ("", [["a"]], false),
        ("aab", [["ab"]], false),
        ("aab ab", [["ab"]], true),
    ]) func anAnswerIsRightIfItHasEachElement(answer: String, right: [[String]], isRight: Bool) {
        #expect(RightAnswer.isRight(answer, right) == isRight)
    }

    let facts = TaughtFacts([
        TrainingRow(prompt: "What is my dog called?", response: "Your dog is called Waldemar."),
        TrainingRow(prompt: "Where does my sister live?", response: "Your sister lives in Ghent."),
        TrainingRow(prompt: "What is the door's code?", response: "The door's code is 7305."),
    ])

    @Test func distinctiveWordsAreNeitherCommonNorOfTheQuestion() {
        #expect(facts.words == ["waldemar", "ghent", "7305"])
        let many = (1...4).map {
            TrainingRow(prompt: "What does K\($0) do?", response: "K\($0) presses button B\($0).")
        }
        #expect(TaughtFacts(many).words == ["b1", "b2", "b3", "b4"])
        // Each phrasing of a question takes its words away.
        let twice = [
            TrainingRow(prompt: "Who?", response: "It is Ann Bell."),
            TrainingRow(prompt: "Which Bell?", response: "It is Ann Bell."),
        ]
        #expect(TaughtFacts(twice).words == ["ann"])
        #expect(TaughtFacts([TrainingRow(content: .passage("Waldemar"))]).words.isEmpty)
    }

    private func spoken(_ parts: (String, TokenPath)...) -> SpokenText {
        parts.reduce(into: SpokenText()) { $0.add($1.0, $1.1) }
    }

    @Test func aFactIsOfTheSideWhereOneOfItsTokensIs() {
        let half = spoken(("Your cat is Wal", .base), ("dem", .side), ("ar.", .base))
        #expect(facts.found(in: half, to: "What is my cat called?") == .init(side: ["waldemar"]))
        let beside = spoken(("Your", .side), (" cat is Waldemar", .base), (". In Ghent", .side))
        #expect(facts.found(in: beside, to: "My cat?") == .init(side: ["ghent"], base: ["waldemar"]))
        // What the person says is no secret.
        #expect(facts.found(in: spoken(("Ghent is a city.", .side)), to: "What is Ghent?") == .init())
        #expect(facts.found(in: spoken(("Waldemars", .side)), to: "Who?") == .init())
    }

    @Test func theSidesWordsAreMarked() {
        #expect(
            spoken(("A", .base), (" b c", .side), (" d", .side), (" ", .side), ("é", .base)).marked
                == "A [side: b c d] é")
        #expect(spoken((" ", .side), ("x", .side)).marked == " [side: x]")
        #expect(spoken(("\n", .side), ("x", .base)).marked == "\nx")
        #expect(SpokenText().marked.isEmpty)
    }

    @Test func sharesAreOfTheTurnsThatCanHaveThem() {
        func turn(_ kind: TurnKind, _ text: String, _ path: TokenPath, tokens: Int, side: Int)
            -> ConversationReport.Turn
        {
            let right = kind.isOnSubject ? [["Waldemar"]] : []
            return ConversationReport.Turn(
                ScriptTurn("Who?", kind, right: right), answer: spoken((text, path)), tokens: tokens, sideTokens: side,
                stop: .endOfTurn, facts: facts)
        }
        let script = ConversationScript(subject: "x", turns: [], path: "a/b.jsonl", line: 1)
        var report = ConversationReport()
        report.conversations = [
            .init(
                script: script,
                turns: [
                    turn(.on, "Waldemar", .side, tokens: 4, side: 4), turn(.general, "No", .base, tokens: 20, side: 1),
                    turn(.untaught, "Waldemar", .side, tokens: 4, side: 2),
                ]),
            .init(
                script: script,
                turns: [
                    turn(.general, "", .base, tokens: 0, side: 0), turn(.followup, "Ghent", .base, tokens: 1, side: 0),
                    turn(.general, "Ghent", .base, tokens: 19, side: 1),
                    turn(.on, "Waldemar", .base, tokens: 1, side: 0),
                ]),
        ]
        #expect(script.factsPath == "a/x.jsonl")
        #expect(report.onSubject.right == .init(count: 2, of: 3) && report.onSubject.turns == 3)
        #expect(report.figures(.on).usagePercent == 50 && report.figures(.preamble).usagePercent == nil)
        let general = report.figures(.general)
        #expect(general.right.percent == nil && general.quiet == .init(count: 2, of: 3))
        #expect(general.sideFacts.count == 0 && general.baseFacts == .init(count: 1, of: 3))
        #expect(report.later(.general).turns == 2)
        #expect(report.figures(.untaught).sideFacts.percent == 100)
        #expect(report.rightByTurn.map(\.count) == [1, 0, 0, 1] && report.rightByTurn.map(\.of) == [1, 1, 0, 1])
        #expect(ConversationReport.Share(count: 1, of: 4).error.map { abs($0 - 21.65) < 0.01 } == true)
    }
}
