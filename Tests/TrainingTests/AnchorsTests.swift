import Compute
import Foundation
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

@Suite struct AnchorsTests {
    private let base: BaseModel
    private let tokenizer: Tokenizer

    init() throws {
        let file = try TinyModel.file()
        base = try BaseModel(file: file, team: ThreadTeam(threads: 1))
        tokenizer = try Tokenizer(file: file)
    }

    private func make(_ questions: [String], folder: String?, asked: inout [Int]) throws -> Anchors {
        try Anchors.make(
            questions: questions, base: base, tokenizer: tokenizer, template: .chatML, longest: 5, folder: folder
        ) {
            asked.append($0)
            return true
        }
    }

    /// A question is asked once, whichever trainings ask it, and answers come in the order of the questions.
    @Test func answersAreKeptForAllTrainings() throws {
        let folder = TinyModel.temporaryPath("anchors")
        defer { TinyModel.remove(folder) }
        var asked: [Int] = []
        let few = try make(["Hello", "you"], folder: folder, asked: &asked)
        #expect(asked == [0, 1] && few.anchors.count == 2)
        asked = []
        let more = try make(["you", "other", "Hello"], folder: folder, asked: &asked)
        #expect(asked == [1] && more.anchors[0] == few.anchors[1] && more.anchors[2] == few.anchors[0])
        asked = []
        #expect(try make(["Hello", "you"], folder: folder, asked: &asked) == few)
        #expect(try make(["other"], folder: folder, asked: &asked).anchors == [more.anchors[1]])
        #expect(asked.isEmpty)
        #expect(try make(["you", "other", "Hello"], folder: nil, asked: &asked) == more)
    }

    @Test func whatWasAnsweredIsKeptWhereTheWorkEnds() throws {
        let folder = TinyModel.temporaryPath("anchors")
        defer { TinyModel.remove(folder) }
        #expect(throws: TrainingError.cancelled) {
            try Anchors.make(
                questions: ["Hello", "you", "other"], base: base, tokenizer: tokenizer, template: .chatML, longest: 5,
                folder: folder
            ) { $0 < 2 }
        }
        var asked: [Int] = []
        _ = try make(["Hello", "you", "other"], folder: folder, asked: &asked)
        #expect(asked == [2])
    }
}
