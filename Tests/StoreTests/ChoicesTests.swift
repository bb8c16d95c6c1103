import Foundation
import Store
import TestSupport
import Testing

@Suite struct ChoicesTests {
    private var all: Choices {
        var choices = Choices()
        choices.plugin = "/p/with \"quotes\" and 世界.gguf"
        choices.taught = "/p/personal.gguf"
        choices.theme = "light"
        choices.mode = "side"
        return choices
    }

    private func read(_ text: String) throws -> Choices { try Choices(reading: Array(text.utf8)) }

    @Test func whatIsWrittenIsRead() throws {
        for choices in [all, Choices()] { #expect(try read(choices.text()) == choices) }
    }

    @Test func otherKeysAreIgnoredAndEmptyTextsAreNothing() throws {
        let choices = try read("{\"theme\": \"light\", \"mode\": \"\", \"colour\": 7}")
        #expect(choices.theme == "light" && choices.mode == nil && choices.plugin == nil)
    }

    @Test(arguments: ["", "{", "[]", "null", "7", "{\"theme\": 7}", "{\"plugin\": [\"a\"]}", "\u{0}\u{1}"])
    func whatWasNotWrittenSoIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try read(text) }
    }

    /// Whatever becomes of the bytes of a file, it is read or refused, and what is read can be written.
    @Test func damagedFilesDoNoHarm() throws {
        let whole = Array(try all.text().utf8)
        for seed in 0..<500 as Range<UInt64> {
            var random = TestRandom(seed: seed)
            var bytes = whole
            for _ in 0...Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if seed % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            guard let choices = try? Choices(reading: bytes) else { continue }
            #expect(try Choices(reading: Array(choices.text().utf8)) == choices)
        }
    }

    @Test func whatIsNotThereAnyMoreIsSaidAndForgotten() {
        var choices = all
        #expect(choices.forgetMissing { _ in true }.isEmpty && choices == all)
        let notes = choices.forgetMissing { $0.hasSuffix("personal.gguf") }
        #expect(notes.count == 1 && notes[0].contains("世界") && choices.plugin == nil)
        #expect(choices.taught == "/p/personal.gguf" && choices.theme == "light" && choices.mode == "side")
        #expect(choices.forgetMissing { _ in false }.count == 1 && choices.taught == nil)
        choices.plugin = "off"
        #expect(choices.forgetMissing { _ in false }.isEmpty && choices.plugin == "off")
    }
}
