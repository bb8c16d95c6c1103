import Foundation
import Testing
import Training

@Suite struct AnchorQuestionsTests {
    @Test func thereAre200DifferentOnesAndNoneIsAboutThisProgram() {
        let questions = AnchorQuestions.all
        #expect(questions.count == 200)
        #expect(Set(questions.map { $0.lowercased() }).count == questions.count)
        for question in questions {
            let words = question.lowercased().split { !$0.isLetter }
            #expect(!words.contains("spa") && !words.contains("side"), "\(question)")
        }
    }

    /// What general chat is measured on must be new to every gate, the bundled plugin's further anchors included.
    @Test func theGeneralQuestionsAre200OthersThanTheAnchors() throws {
        let questions = try prompts("general.jsonl")
        #expect(questions.count == 200 && Set(questions).count == 200)
        #expect(Set(questions).isDisjoint(with: AnchorQuestions.all.map { $0.lowercased() }))
        let further = try prompts("plugin/anchors.jsonl")
        #expect(Set(further).count == further.count && Set(further).isDisjoint(with: questions))
        #expect(Set(further).isDisjoint(with: AnchorQuestions.all.map { $0.lowercased() }))
    }

    private func prompts(_ name: String) throws -> [String] {
        struct Row: Decodable { let prompt: String }
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "demo/" + name)
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Row.self, from: Data($0)).prompt.lowercased() }
    }
}
