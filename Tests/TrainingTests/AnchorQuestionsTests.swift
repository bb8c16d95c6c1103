import Testing
import Training

@Suite struct AnchorQuestionsTests {
    @Test func thereAre120DifferentOnesAndNoneIsAboutThisProgram() {
        let questions = AnchorQuestions.all
        #expect(questions.count == 120)
        #expect(Set(questions.map { $0.lowercased() }).count == questions.count)
        for question in questions {
            let words = question.lowercased().split { !$0.isLetter }
            #expect(!words.contains("spa") && !words.contains("side"), "\(question)")
        }
    }
}
