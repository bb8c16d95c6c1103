import Screen
import TestSupport
import Testing

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("a", "a", 1), ("é", "é", 1), ("e\u{301}", "e\u{301}", 1), ("漢", "漢", 2), ("Ａ", "Ａ", 2), ("각", "각", 2),
        ("⚡", "⚡", 2),
        ("👍🏽", "👍", 2), ("👩‍👩‍👧", "👩", 2), ("❤️", "❤", 1), ("❤️‍🔥", "❤", 1), ("🇩🇪", "DE", 2), ("1️⃣", "1", 1),
        ("\u{1F3FD}", "\u{1F3FD}", 2),
        ("\u{301}", "\u{25CC}\u{301}", 1), ("\u{200B}", "", 0), ("\u{FEFF}", "", 0), ("\u{202E}", "", 0),
        ("\u{AD}", "", 0),
        ("\u{1B}", "\u{FFFD}", 1), ("\u{7F}", "\u{FFFD}", 1), ("\u{9B}", "\u{FFFD}", 1), ("\0", "\u{FFFD}", 1),
        ("\n", " ", 1),
        ("\r\n", " ", 1), ("\u{2028}", " ", 1), ("\t", "    ", 4), ("\u{1FAE8}", "\u{FFFD}", 1),
        ("\u{E000}", "\u{E000}", 1),
        ("\u{FFFF}", "\u{FFFD}", 1), ("นำ", "นำ", 2), ("कि", "कि", 2),
    ])
    func showsWhatACellCanHold(text: String, shown: String, columns: Int) {
        for character in text {
            let displayed = TextWidth.displayed(character)
            #expect(Array(displayed.0.unicodeScalars) == Array(shown.unicodeScalars))
            #expect(displayed.1 == columns)
        }
        #expect(text.count == 1)
        #expect(TextWidth.columns(of: text) == columns)
    }

    @Test func stackedMarksAreCut() {
        let zalgo = Character("a" + String(repeating: "\u{300}", count: 100))
        let (shown, columns) = TextWidth.displayed(zalgo)
        #expect(shown.unicodeScalars.count == 5)
        #expect(columns == 1)
    }

    @Test func everyScalarIsBounded() {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 1) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let (shown, columns) = TextWidth.displayed(Character(scalar))
            if !(0...4).contains(columns) || (columns == 0) != shown.isEmpty {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }

    /// Nothing that is displayed may command a terminal.
    @Test func displayedTextIsFreeOfControls() {
        var generator = TestRandom(seed: 1)
        for _ in 0..<20_000 {
            let scalars = (0..<Int.random(in: 1...6, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x3100, using: &generator))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            for character in String(text) {
                let (shown, columns) = TextWidth.displayed(character)
                #expect((0...4).contains(columns))
                #expect(!shown.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
            }
        }
    }
}

/// The short way gives what the long one gives: the same character with a dropped selector behind it goes the long way.
@Test func commonCharactersTakeTheShortWay() {
    var count = 0
    for value in UInt32(0)...0xFFFF {
        guard let scalar = Unicode.Scalar(value), let columns = TextWidth.plainColumns(Character(scalar)) else {
            continue
        }
        let long = Character(String.init(String.UnicodeScalarView([scalar, "\u{FE0E}"])))
        #expect(TextWidth.plainColumns(long) == nil)
        let shown = TextWidth.displayed(long)
        #expect(shown.0 == String(scalar) && shown.1 == columns, "U+\(String(value, radix: 16))")
        count += 1
    }
    #expect(count > 30_000)
}
