import Foundation
import TestSupport
import Testing
import Tokenizer
import Training

private func conversation(_ texts: String..., system: String? = nil) -> TrainingRow {
    let turns = texts.enumerated().map { Message(role: $0 % 2 == 0 ? .user : .assistant, content: $1) }
    return TrainingRow(content: .conversation((system.map { [Message(role: .system, content: $0)] } ?? []) + turns))
}

@Suite struct TaughtRowsTests {
    private let dog = TrainingRow(prompt: "What is my dog called?", response: "Your dog is called Waldemar.")

    @Test func keepsTheQuestionAlone() {
        let taught = TaughtRows([
            conversation(
                "What is the capital of Italy?", "Rome.", "What is my dog called?", "Your dog is called Waldemar.",
                system: "Be brief.")
        ])
        #expect(taught.rows == [dog])
    }

    @Test func keepsTheTurnThatIsReferredTo() {
        let taught = TaughtRows([
            conversation(
                "Who are you?", "A chat.", "What is my dog called?", "Waldemar.", "And how old is he?", "He is four.")
        ])
        #expect(
            taught.rows == [conversation("What is my dog called?", "Waldemar.", "And how old is he?", "He is four.")])
        #expect(taught.entries.first?.earlier == "What is my dog called?")
        #expect(taught.entries.first?.question == "And how old is he?")
    }

    @Test func aNewerAnswerTakesTheOldersPlace() {
        var taught = TaughtRows([dog, TrainingRow(prompt: "Where do I live?", response: "In Ghent.")])
        taught.add(TrainingRow(prompt: " what is my  dog called", response: "Rex."))
        #expect(taught.entries.map(\.answer) == ["In Ghent.", "Rex."])
        // What refers to something else is another question.
        taught.add(conversation("What is my dog called?", "Rex.", "And how old is he?", "Two."))
        taught.add(conversation("What is my son called?", "Jan.", "And how old is he?", "Nine."))
        #expect(taught.entries.map(\.answer) == ["In Ghent.", "Rex.", "Two.", "Nine."])
    }

    @Test func aFileTeachesEveryAnswer() {
        var taught = TaughtRows()
        taught.addAll(conversation("What is my dog called?", "Waldemar.", "Where do I live?", "In Ghent."))
        #expect(taught.entries.map(\.answer) == ["Waldemar.", "In Ghent."])
        #expect(taught.entries.map(\.earlier) == ["", ""])
    }

    @Test func whatIsNoTurnStaysAsItIs() {
        let passage = TrainingRow(content: .passage("A text."))
        let odd = TrainingRow(content: .conversation([Message(role: .assistant, content: "Hello.")]))
        var taught = TaughtRows([passage, odd])
        #expect(taught.rows == [passage, odd])
        taught.addAll(odd)
        taught.addAll(passage)
        #expect(taught.rows == [odd, passage])
        #expect(taught.entries.map(\.question) == ["", ""])
    }

    @Test func forgetsByNumber() {
        var taught = TaughtRows([dog, TrainingRow(prompt: "Where do I live?", response: "In Ghent.")])
        for number in [-1, 0, 3, .max] { #expect(taught.remove(number: number) == nil) }
        #expect(taught.remove(number: 1)?.question == "What is my dog called?")
        #expect(taught.entries.map(\.question) == ["Where do I live?"])
    }

    @Test func whatIsWrittenIsRead() throws {
        let taught = TaughtRows([
            dog, TrainingRow(content: .passage("a/b \u{1F415} \"quoted\"\nand more")),
            conversation("What is my dog called?", "Waldemar.", "And how old is he?", "He\tis \\ four."),
        ])
        let path = TinyModel.temporaryPath("taught.jsonl")
        try taught.jsonLines().write(toFile: path, atomically: true, encoding: .utf8)
        defer { TinyModel.remove(path) }
        #expect(TaughtRows(try TrainingData.read([path]).rows).entries == taught.entries)
    }
}
