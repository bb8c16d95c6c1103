import Foundation
import TestSupport
import Testing

import Evaluation

/// Reading scripted conversations.
@Suite struct ConversationDataTests {
    private func read(_ text: String, subject: String? = nil) throws -> [ConversationScript] {
        let path = TinyModel.temporaryPath("conversations.jsonl")
        defer { TinyModel.remove(path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        return try ConversationData.read([path], subject: subject)
    }

    private let good = #"{"subject":"a","turns":[{"user":"Hi","kind":"general"}]}"#

    @Test func aLineIsAConversation() throws {
        let text = """
            {"subject":"a","turns":[{"user":"Which key?","kind":"on","right":["Esc",["one","two"]]},{"user":"Hi","kind":"general"}]}\r
            \t
            {"subject":"b","turns":[{"user":"My cat?","kind":"untaught","right":[]}],"note":"more"}
            """
        let scripts = try read(text)
        #expect(scripts.map(\.subject) == ["a", "b"] && scripts.map(\.line) == [1, 3])
        #expect(
            scripts[0].turns == [
                ScriptTurn("Which key?", .on, right: [["Esc"], ["one", "two"]]), ScriptTurn("Hi", .general),
            ])
        #expect(try read(text, subject: "b").count == 1)
    }

    @Test(arguments: [
        ("{", "the line is no JSON"),
        ("[]", "the line is no object"),
        ("7", "the line is no object"),
        ("\u{fffd}", "the line is no JSON"),
        (#"{"turns":[]}"#, "subject is missing"),
        (#"{"subject":"a"}"#, "turns is missing"),
        (#"{"subject":"a","turns":[]}"#, "there are no turns"),
        (#"{"subject":"","turns":[{"user":"x","kind":"general"}]}"#, "subject is to be a name"),
        (#"{"subject":"../a","turns":[{"user":"x","kind":"general"}]}"#, "subject is to be a name"),
        (#"{"subject":1,"turns":[]}"#, "subject is of the wrong type"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"general"},{"kind":"on"}]}"#, "turns 2, user is missing"),
        (#"{"subject":"a","turns":[{"user":" \n","kind":"general"}]}"#, "turns 1, user says nothing"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"off"}]}"#, "kind “off” is none of on, preamble"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on"}]}"#, "right is missing"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on","right":[]}]}"#, "right is missing"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on","right":[[]]}]}"#, "right has an empty element"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on","right":["a"," "]}]}"#, "right has an empty element"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on","right":"a"}]}"#, "turns 1, right is of the wrong type"),
        (#"{"subject":"a","turns":[{"user":"x","kind":"on","right":["a",3]}]}"#, "right 2 is of the wrong type"),
    ]) func aBadLineIsNamed(line: String, problem: String) throws {
        #expect {
            try read("\(good)\n\n\(line)\n\(good)")
        } throws: { error in
            guard case EvaluationError.badRow(_, 3, let found) = error else { return false }
            return found.contains(problem) && "\(error)".contains(":3: ")
        }
    }

    @Test func filesWithoutConversationsAreErrors() throws {
        for text in ["", "\n \n"] {
            #expect {
                try read(text)
            } throws: {
                "\($0)".contains("there is no conversation here")
            }
        }
        #expect {
            try read(good, subject: "b")
        } throws: {
            "\($0)".contains("no conversation on b; there are some on a")
        }
        #expect {
            try ConversationData.read(["/nowhere/x.jsonl"])
        } throws: {
            "\($0)".contains("/nowhere/x.jsonl: cannot be read (there is no such file)")
        }
        #expect(throws: EvaluationError.self) {
            try ConversationData.read([FileManager.default.temporaryDirectory.path])
        }
    }

    @Test func damagedLinesAreReadOrRefused() throws {
        var random = TestRandom(seed: 4)
        let whole = Array(#"{"subject":"a","turns":[{"user":"é?","kind":"on","right":["x",["y"]]}]}"#.utf8)
        let path = TinyModel.temporaryPath("damaged.jsonl")
        defer { TinyModel.remove(path) }
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8(Int.random(in: 0..<256, using: &random))
                case 1: bytes.remove(at: place)
                default: bytes.removeLast(bytes.count - place)
                }
                if bytes.isEmpty { break }
            }
            try Data(bytes).write(to: URL(filePath: path))
            do throws(EvaluationError) {
                let scripts = try ConversationData.read([path])
                for script in scripts { #expect(!script.turns.isEmpty && !script.subject.isEmpty) }
            } catch {
                #expect("\(error)".contains(path))
            }
        }
    }

    /// The project's own sets can be read, and each right answer of taught facts is in one of the facts.
    @Test(arguments: ["development", "heldout"]) func theStudysSetsAreWhole(half: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../demo/conversations/\(half)").standardized.path
        let scripts = try ConversationData.read([folder + "/conversations.jsonl"])
        #expect(scripts.count >= 32 && scripts.allSatisfy { (3...6).contains($0.turns.count) })
        let names = Set(scripts.map(\.subject)).subtracting(["bundled"])
        #expect(names.count == 2)
        for name in names.sorted() {
            let rows = try EvaluationData.read([folder + "/\(name).jsonl"])
            let answers = rows.compactMap(\.reference)
            let set = name.dropFirst("facts-".count)
            let own =
                try ConversationData.read([folder + "/turns-\(set).jsonl"]) + scripts.filter { $0.subject == name }
            let turns = own.flatMap(\.turns).filter(\.kind.isOnSubject)
            #expect(answers.count == 5 && turns.count > 50)
            for turn in turns {
                #expect(answers.count { RightAnswer.isRight($0, turn.right) } == 1, "\(turn.user)")
            }
            let asked = Set(rows.compactMap { $0.question?.last?.content })
            #expect(turns.allSatisfy { !asked.contains($0.user) })
        }
    }
}
