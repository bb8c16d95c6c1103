import Screen
import TestSupport
import Testing

@Suite struct WrappingTests {
    func rows(_ text: String, _ columns: Int) -> [String] {
        Wrapping.rows(of: [Span(text)], columns: columns).map { $0.map(\.text).joined() }
    }

    @Test func breaksAtWords() {
        #expect(rows("the quick brown fox", 10) == ["the quick", "brown fox"])
        #expect(rows("the quick brown fox", 9) == ["the quick", "brown fox"])
        #expect(rows("the  quick", 5) == ["the", "quick"])
        #expect(rows("abcdefgh", 3) == ["abc", "def", "gh"])
        #expect(rows("a bcdefgh", 4) == ["a", "bcde", "fgh"])
        #expect(rows("well-known", 6) == ["well-", "known"])
        #expect(rows("--option x", 8) == ["--option", "x"])
        #expect(rows("  indented text", 10) == ["  indented", "text"])
    }

    @Test func newlinesEndRows() {
        #expect(rows("", 5) == [""])
        #expect(rows("a\n", 5) == ["a", ""])
        #expect(rows("\n\n", 5) == ["", "", ""])
        #expect(rows("abc\nd", 3) == ["abc", "d"])
        #expect(rows("abc \nd", 3) == ["abc", "d"])
        #expect(rows("abc ", 3) == ["abc"])
        #expect(rows("abc \n", 3) == ["abc", ""])
        #expect(rows("a\r\nb", 3) == ["a", "b"])
    }

    @Test func wideCharacters() {
        #expect(rows("漢字漢字", 5) == ["漢字", "漢字"])
        #expect(rows("漢字。漢", 4) == ["漢", "字。", "漢"])
        #expect(rows("漢", 1) == ["\u{FFFD}"])
        #expect(rows("漢字", 0) == ["\u{FFFD}", "\u{FFFD}"])
        #expect(rows("a👩‍👩‍👧b", 2) == ["a", "👩‍👩‍👧", "b"])
    }

    @Test func rolesFollowTheText() {
        let spans = [Span("one t", .base), Span("wo ", .side), Span("three", .base, extra: .bold)]
        #expect(
            Wrapping.rows(of: spans, columns: 7) == [
                [Span("one t", .base), Span("wo", .side)], [Span("three", .base, extra: .bold)],
            ])
    }

    @Test func aGraphemeBelongsToTheSpanThatCompletesIt() {
        let rows = Wrapping.rows(of: [Span("ae", .base), Span("\u{301}b", .side)], columns: 9)
        #expect(rows == [[Span("a", .base), Span("e\u{301}b", .side)]])
    }

    @Test func cursorPlaces() {
        #expect(Wrapping.point(ofCharacter: 0, in: "", columns: 4) == Point(column: 0, row: 0))
        #expect(Wrapping.point(ofCharacter: 3, in: "ab\nc", columns: 4) == Point(column: 0, row: 1))
        #expect(Wrapping.point(ofCharacter: 4, in: "abcd", columns: 4) == Point(column: 3, row: 0))
        #expect(Wrapping.point(ofCharacter: 6, in: "abcd ef", columns: 4) == Point(column: 1, row: 1))
        #expect(Wrapping.point(ofCharacter: 99, in: "漢字", columns: 9) == Point(column: 4, row: 0))
        #expect(Wrapping.character(at: Point(column: 1, row: 1), in: "abcd ef", columns: 4) == 6)
        #expect(Wrapping.character(at: Point(column: 9, row: 0), in: "ab\nc", columns: 4) == 2)
        #expect(Wrapping.character(at: Point(column: 3, row: 0), in: "漢字", columns: 9) == 1)
        #expect(Wrapping.character(at: Point(column: 0, row: 9), in: "ab\nc", columns: 4) == 3)
    }

    /// No row is too wide, nothing but spaces and newlines gets lost, and growing gives what wrapping at once gives.
    @Test func properties() {
        var generator = TestRandom(seed: 3)
        for _ in 0..<2000 {
            let columns = Int.random(in: 1...14, using: &generator)
            let spans = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                Span(
                    HardText.text(&generator, count: Int.random(in: 0...4, using: &generator)),
                    StyleRole.allCases.randomElement(using: &generator) ?? .text)
            }
            let rows = Wrapping.rows(of: spans, columns: columns)
            #expect(!rows.isEmpty)
            for row in rows { #expect(TextWidth.columns(of: row.map(\.text).joined()) <= columns) }
            let whole = spans.map(\.text).joined()
            // Row by row: joined rows could grow together into other graphemes.
            let kept = { (text: String) in text.count { !$0.isWhitespace } }
            if columns >= TextWidth.tabColumns {
                #expect(rows.reduce(0) { $0 + kept($1.map(\.text).joined()) } == kept(whole))
            }

            let ranges = Wrapping.ranges(of: whole, columns: columns)
            #expect(ranges.count == rows.count)
            for offset in 0...whole.count {
                let point = Wrapping.point(ofCharacter: offset, in: whole, columns: columns)
                #expect(point.column < columns && point.row < rows.count && point.row >= 0)
            }
        }
    }
}
