import Screen
import TestSupport
import Testing

private let theme = Theme(
    name: "t",
    styles: [
        .side: CellStyle(foreground: .rgb(0x5F, 0xD7, 0xFF), attributes: .underline),
        .error: CellStyle(foreground: .indexed(196), attributes: [.bold, .reverse]),
    ])

/// Elements that open and close as XML wants it, as far as these pictures use it.
private func isBalanced(_ svg: String) -> Bool {
    // By scalars: a mark behind a bracket makes one grapheme of both.
    var open: [String] = []
    var rest = svg.unicodeScalars[...]
    while let start = rest.firstIndex(of: "<") {
        guard let end = rest[start...].firstIndex(of: ">") else { return false }
        let tag = String(rest[rest.index(after: start)..<end])
        if tag.hasPrefix("/") {
            guard open.popLast() == String(tag.dropFirst()) else { return false }
        } else if !tag.hasSuffix("/") {
            open.append(String(tag.prefix { $0 != " " }))
        }
        rest = rest[rest.index(after: end)...]
    }
    return open.isEmpty
}

@Test func everyCharacterStandsInItsCell() {
    var frame = Frame(size: Size(columns: 10, rows: 2))
    frame.write("a <b>", at: Point(column: 0, row: 0))
    frame.write("漢x", at: Point(column: 0, row: 1), role: .side)
    let svg = frame.svg(theme: theme, title: "\"A\" & b")
    #expect(svg.contains("<title>&quot;A&quot; &amp; b</title>"))
    #expect(svg.contains("x=\"0 9 18 27 36\">a &lt;b&gt;</text>"))
    #expect(svg.contains("x=\"0\" textLength=\"18\" lengthAdjust=\"spacingAndGlyphs\">漢</text>"))
    #expect(svg.contains("fill=\"#5fd7ff\" x=\"18\">x</text>"))
    // The underline goes below both columns of the wide character and the letter.
    #expect(svg.contains("H27\" stroke=\"#5fd7ff\"/>"))
    #expect(isBalanced(svg))
}

@Test func boxesJoinAndBlocksFill() {
    var frame = Frame(size: Size(columns: 6, rows: 3))
    frame.box(Region(frame.size))
    frame.write("█▄", at: Point(column: 1, row: 1))
    let svg = frame.svg(theme: theme, title: "")
    // Neighbours meet at the edge of their cells.
    #expect(svg.contains("M4.5 9.5H9M4.5 9.5V19"))
    #expect(svg.contains("M9 9.5H18"))
    #expect(svg.contains("width=\"9.0\" height=\"19.0\"") && svg.contains("height=\"9.5\""))
    #expect(!svg.contains("─") && !svg.contains("█"))
}

@Test func looksBecomeAttributes() {
    var frame = Frame(size: Size(columns: 4, rows: 1))
    frame.write("ab", at: Point(column: 0, row: 0), role: .error)
    frame.write("c", at: Point(column: 2, row: 0), extra: [.italic, .dim])
    let svg = frame.svg(theme: theme, title: "")
    #expect(svg.contains("<rect x=\"0\" y=\"0\" width=\"18\" height=\"19\" fill=\"#ff0000\"/>"))
    #expect(svg.contains("fill=\"#14171a\" font-weight=\"bold\" x=\"0 9\">ab</text>"))
    #expect(svg.contains("font-style=\"italic\" opacity=\"0.6\" x=\"18\">c</text>"))
}

/// Whatever a frame holds, the picture is well-formed and has no character that XML forbids.
@Test func picturesOfHardText() {
    var random = TestRandom(seed: 5)
    for _ in 0..<200 {
        var frame = Frame(
            size: Size(columns: Int(random.next() % 30), rows: Int(random.next() % 4)))
        for row in 0..<frame.size.rows {
            frame.write(
                HardText.text(&random, count: 12) + "<&>\"", at: Point(column: Int(random.next() % 5) - 1, row: row),
                role: random.pick(StyleRole.allCases), extra: Attributes(rawValue: UInt8(random.next() % 32)))
        }
        let svg = frame.svg(theme: theme, title: HardText.text(&random, count: 3))
        #expect(isBalanced(svg))
        #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
    }
}
