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

    @Test func everyQuestionIsAskedInAllPhrasingsOfWhichItsOwnIsTheFirst() {
        let rows = Phrasings.rows([
            TrainingRow(prompt: "What is my dog's name?", response: "Waldemar."),
            TrainingRow(prompt: "ja", response: "nein"), TrainingRow(prompt: "?", response: "!"),
        ])
        #expect(rows.count == 3 * Phrasings.count)
        let first = Array(prompts(rows).prefix(Phrasings.count))
        #expect(first[0] == "What is my dog's name?" && first.contains("What is my dog's name"))
        #expect(Set(first).count == Phrasings.count && first.allSatisfy { $0.lowercased().contains("my dog's name") })
    }

    @Test func onlyTheLastQuestionOfAConversationChangesAndTextsStay() {
        let talk = TrainingRow(
            content: .conversation([
                Message(role: .user, content: "Who wrote Faust?"), Message(role: .assistant, content: "Goethe."),
                Message(role: .user, content: "When?"), Message(role: .assistant, content: "In 1808."),
            ]))
        let text = TrainingRow(content: .passage("A text."))
        let rows = Phrasings.rows([talk, text])
        #expect(rows.count == Phrasings.count + 1 && rows.last == text)
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
