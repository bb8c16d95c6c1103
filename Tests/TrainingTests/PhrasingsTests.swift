import Testing
import Tokenizer
import Training

@Suite struct PhrasingsTests {
    private func prompts(_ rows: [TrainingRow]) -> [String] {
        rows.compactMap { row in
            guard case .conversation(let messages) = row.content else { return nil }
            return messages.last { $0.role == .user }?.content
        }
    }

    @Test func everyQuestionIsAskedInSomePhrasingsOfWhichItsOwnIsTheFirst() {
        let rows = Phrasings.rows(
            [
                TrainingRow(prompt: "What is my dog's name?", response: "Waldemar."),
                TrainingRow(prompt: "ja", response: "nein"), TrainingRow(prompt: "?", response: "!"),
            ], count: 6)
        let all = prompts(rows)
        #expect(all.count { $0.contains("dog") } == 6 && all[0] == "What is my dog's name?")
        #expect(Set(all).count == all.count && all.contains("ja") && all.contains("?"))
    }

    @Test func aQuestionIsAskedAsPeopleDo() {
        let rows = Phrasings.rows([TrainingRow(prompt: "Where does my sister live?", response: "In Ghent.")], count: 99)
        let all = Set(prompts(rows))
        for phrasing in [
            "where does my sister live", "And where does my sister live?", "Thanks! Where does my sister live?",
            "I forgot where my sister lives.", "Tell me where my sister lives.", "sister live",
        ] { #expect(all.contains(phrasing), "\(phrasing)") }
    }

    @Test func phrasingsAreTheSameEveryTimeAndFewForManyRows() {
        let row = TrainingRow(prompt: "How do I quit?", response: "Ctrl-Q.")
        #expect(Phrasings.rows([row], count: 5) == Phrasings.rows([row], count: 5))
        #expect(Phrasings.count(rows: 1) == 8 && Phrasings.count(rows: 100) == 3 && Phrasings.count(rows: 5000) == 2)
    }

    @Test func onlyTheLastQuestionOfAConversationChangesAndTextsStay() {
        let talk = TrainingRow(
            content: .conversation([
                Message(role: .user, content: "Who wrote Faust?"), Message(role: .assistant, content: "Goethe."),
                Message(role: .user, content: "When?"), Message(role: .assistant, content: "In 1808."),
            ]))
        let text = TrainingRow(content: .passage("A text."))
        let rows = Phrasings.rows([talk, text], count: 4)
        #expect(rows.count > 2 && rows.count <= 5 && rows.last == text)
        for row in rows.dropLast() {
            guard case .conversation(let messages) = row.content else {
                Issue.record("no conversation")
                continue
            }
            #expect(
                messages.count == 4 && messages[0].content == "Who wrote Faust?" && messages[3].content == "In 1808.")
        }
    }

    @Test func aHandfulOfRowsIsLearnedOften() {
        let recipe = TrainingRecipe()
        #expect(recipe.epochs(rows: 9) == 60 && recipe.epochs(rows: 18) == 30)
        #expect(recipe.epochs(rows: 255) == 15 && recipe.epochs(rows: 10_000) == 3)
        #expect(TrainingRecipe.blocks.epochs(rows: 9) == 6)
    }
}
