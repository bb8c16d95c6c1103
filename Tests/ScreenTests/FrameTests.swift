import Screen
import TestSupport
import Testing

@Suite struct FrameTests {
    @Test func writesAndCuts() {
        var frame = Frame(size: Size(columns: 6, rows: 2))
        #expect(frame.write("ab漢c", at: Point(column: 0, row: 0), role: .side) == 5)
        #expect(frame.write("xyz", at: Point(column: 4, row: 1), role: .base) == 2)
        #expect(frame.textPlane() == "ab漢c\n    xy")
        #expect(frame.stylePlane() == "SSSSS.\n....bb")
        #expect(frame[column: 2, row: 0].width == 2)
        #expect(frame[column: 3, row: 0].isContinuation)
        #expect(frame.write("漢字", at: Point(column: 0, row: 1), maxColumns: 3) == 2)
        #expect(frame.write("漢", at: Point(column: 5, row: 0)) == 0)
        #expect(frame.write("a", at: Point(column: 0, row: 2)) == 0)
        #expect(frame.write("a", at: Point(column: 0, row: -1)) == 0)
        #expect(frame.write("a", at: Point(column: 6, row: 0)) == 0)
    }

    @Test func halfOfAWideCharacterIsBlanked() {
        for (column, expected) in [(0, " x漢b"), (1, "ax b"), (2, "a xb")] {
            var frame = Frame(size: Size(columns: 4, rows: 1))
            frame.write(column == 0 ? "漢漢" : "a漢b", at: Point(column: 0, row: 0))
            frame.write("x", at: Point(column: column == 0 ? 1 : column, row: 0))
            let result = column == 0 ? " x漢" : expected
            #expect(frame.textPlane() == result)
        }
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.write("漢漢", at: Point(column: 0, row: 0))
        frame.write("字", at: Point(column: 1, row: 0))
        #expect(frame.textPlane() == " 字")
        #expect(frame[column: 3, row: 0] == Cell())
    }

    @Test func leftOfTheFrameIsCut() {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        #expect(frame.write("a漢bcdef", at: Point(column: -2, row: 0)) == 6)
        #expect(frame.textPlane() == " bcd")
    }

    @Test func boxesAndRegions() {
        var frame = Frame(size: Size(columns: 12, rows: 4))
        frame.box(Region(frame.size), title: "latency")
        frame.fill(Region(frame.size).inset(columns: 1, rows: 1), role: .dim, with: "x")
        #expect(frame.textPlane() == "┌ latency ─┐\n│xxxxxxxxxx│\n│xxxxxxxxxx│\n└──────────┘")
        #expect(frame.stylePlane().hasPrefix("|ttttttttt||\n|dddddddddd|"))
        frame.box(Region(column: 0, row: 0, columns: 1, rows: 1))
        frame.box(Region(column: -5, row: -5, columns: 100, rows: 100), title: "out")
        let (left, rest) = Region(frame.size).splitLeft(5)
        #expect(left.columns == 5 && rest.column == 5 && rest.columns == 7)
        #expect(Region(frame.size).splitBottom(9).rest.isEmpty)
        #expect(Region(frame.size).inset(columns: 9, rows: 9).isEmpty)
    }

    @Test func lettersAreUnique() {
        #expect(Set(StyleRole.allCases.map(\.letter)).count == StyleRole.allCases.count)
        #expect(Set(StyleRole.allCases.map(\.name)).count == StyleRole.allCases.count)
    }

    @Test func differencesAreReadable() {
        var one = Frame(size: Size(columns: 3, rows: 2))
        let two = one
        #expect(Frame.difference(one, two) == "")
        one.write("b", at: Point(column: 1, row: 1), role: .side)
        one.cursor = Point(column: 0, row: 0)
        let text = Frame.difference(one, two)
        #expect(text.contains("cursor: column 0, row 0, expected hidden"))
        #expect(text.contains("row 1, columns 1") && text.contains("| b |") && text.contains("|.S.|"))
        #expect(Frame.difference(one, Frame(size: Size(columns: 1, rows: 1))).contains("size: 3 x 2, expected 1 x 1"))
    }

    /// Whatever is written, every row's widths add up and continuations follow their cell.
    @Test func cellsStayWhole() {
        var generator = TestRandom(seed: 2)
        for _ in 0..<300 {
            let size = Size(
                columns: Int.random(in: 0...12, using: &generator), rows: Int.random(in: 0...4, using: &generator))
            var frame = Frame(size: size)
            for _ in 0..<12 {
                let place = Point(
                    column: Int.random(in: -5...14, using: &generator), row: Int.random(in: -1...5, using: &generator))
                let limit = Int.random(in: -2...14, using: &generator)
                let used = frame.write(
                    HardText.text(&generator, count: 4), at: place, role: .side, maxColumns: limit)
                #expect(used >= 0 && used <= max(0, limit))
                frame.fill(Region(column: place.column, row: place.row, columns: 1, rows: 2), with: "漢")
            }
            for row in 0..<size.rows {
                var column = 0
                while column < size.columns {
                    let cell = frame[column: column, row: row]
                    #expect(cell.width >= 1)
                    for covered in column + 1..<max(column + 1, column + Int(cell.width)) {
                        #expect(frame[column: covered, row: row].isContinuation)
                    }
                    column += max(1, Int(cell.width))
                }
                #expect(column == size.columns)
            }
        }
    }
}
