import Foundation
import Testing
import Tokenizer
import Training

/// A folder that goes when the test ends.
private final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("spa-test-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Data(text.utf8))
    }

    @discardableResult
    func write(_ name: String, _ bytes: Data) throws -> String {
        let file = path + "/" + name
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: file, contents: bytes))
        return file
    }
}

@Suite struct TrainingDataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func readsTheThreeKindsOfRow() throws {
        let file = try folder.write(
            "rows.jsonl",
            """
            \u{feff}{"prompt": "Who?", "response": "Me.", "note": 7}

            {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"},
            """.replacingOccurrences(of: ",\n", with: ", ")
                + #"{"role": "assistant", "content": "Hello"}]}"# + "\r\n" + #"{"text": "Once upon a time."}"#)
        let data = try TrainingData.read([file])
        #expect(
            data.rows.map(\.content) == [
                .conversation([Message(role: .user, content: "Who?"), Message(role: .assistant, content: "Me.")]),
                .conversation([
                    Message(role: .system, content: "Be kind."), Message(role: .user, content: "Hi"),
                    Message(role: .assistant, content: "Hello"),
                ]),
                .passage("Once upon a time."),
            ])
        #expect(data.rows.map(\.source) == ["\(file):1", "\(file):3", "\(file):4"])
        #expect(data.skipped.isEmpty && data.duplicates == 0)
    }

    @Test(
        arguments: [
            ("{", "not valid JSON"), ("[]", "no JSON object"), ("7", "no JSON object"), ("{}", "no \"prompt\""),
            (#"{"prompt": "a"}"#, "without \"response\""), (#"{"prompt": "a", "response": " "}"#, "is empty"),
            (#"{"prompt": 3, "response": "b"}"#, "\"prompt\" is not"), (#"{"text": ""}"#, "\"text\" is empty"),
            (#"{"messages": []}"#, "no turn of the assistant"), (#"{"messages": "x"}"#, "\"messages\" is not"),
            (#"{"messages": [{"role": "robot", "content": "x"}]}"#, "role"),
            (#"{"messages": [{"role": "user"}]}"#, "lacks \"content\""),
            (#"{"prompt": "a", "response": "b"} x"#, "not valid JSON"),
        ])
    func namesBadRowsByFileAndLine(line: String, problem: String) throws {
        let good = #"{"prompt": "Who?", "response": "Me."}"#
        let file = try folder.write("bad.jsonl", good + "\n" + line + "\n")
        let error = #expect(throws: TrainingError.self) { try TrainingData.read([file]) }
        let text = error.map(\.description) ?? ""
        #expect(text.contains("\(file):2: ") && text.contains(problem) && text.contains("--skip-bad-rows"), "\(text)")

        let data = try TrainingData.read([file], skipBadRows: true)
        #expect(data.rows.count == 1 && data.skipped.count == 1 && data.skipped.first?.line == 2)
    }

    @Test func showsTheFirstFewOfManyBadRows() throws {
        let file = try folder.write("bad.jsonl", String(repeating: "{}\n", count: 50))
        guard
            case .badRows(let shown, let total) = #expect(
                throws: TrainingError.self,
                performing: {
                    try TrainingData.read([file])
                })
        else {
            Issue.record("another error")
            return
        }
        #expect(shown.count == 5 && total == 50)
        #expect(throws: TrainingError.noRows(paths: [file])) { try TrainingData.read([file], skipBadRows: true) }
    }

    @Test func readsFoldersByNameAndLeavesOthersOut() throws {
        try folder.write("b.txt", "Second.")
        try folder.write("a/first.md", "# First\n\nText.")
        try folder.write("c.jsonl", #"{"text": "Third."}"#)
        try folder.write(".hidden/d.txt", "Hidden.")
        try folder.write("picture.png", Data([0xff, 0x00]))
        let data = try TrainingData.read([folder.path])
        #expect(data.rows.map(\.content) == [.passage("# First\n\nText."), .passage("Second."), .passage("Third.")])
    }

    @Test func saysWhatCannotBeRead() throws {
        let missing = folder.path + "/missing.jsonl"
        let latin = try folder.write("latin.txt", Data([0x63, 0x61, 0x66, 0xe9]))
        try folder.write("empty/nothing.bin", Data())
        for path in [missing, latin, folder.path + "/empty"] {
            let error = #expect(throws: TrainingError.self) { try TrainingData.read([path]) }
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test func keepsTheFirstOfEqualRows() throws {
        let row = TrainingRow(prompt: "a", response: "b")
        let data = TrainingData(rows: [row, TrainingRow(prompt: "a", response: "c"), row])
        #expect(data.rows.count == 2 && data.duplicates == 1)
    }

    @Test func anyBytesGiveRowsOrAnError() throws {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let seed = Array(#"{"messages": [{"role": "assistant", "content": "é\n"}], "text": null}"#.utf8)
        for _ in 0..<300 {
            var bytes = seed
            for _ in 0...random(6) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
                }
            }
            let file = try folder.write("fuzz.jsonl", Data(bytes))
            do throws(TrainingError) {
                let data = try TrainingData.read([file], skipBadRows: true)
                #expect(!data.rows.isEmpty)
            } catch {
                #expect(error == .noRows(paths: [file]))
            }
        }
    }
}
