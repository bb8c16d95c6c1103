import Chat
import Testing

/// One letter a character: `.` text, `k` keyword, `s` string, `n` number, `c` comment.
private func kinds(_ language: String, _ lines: [String]) -> [String] {
    var highlighter = CodeHighlighter(language: language)
    return lines.map { line in
        highlighter.kinds(of: Array(line)).map { kind in
            switch kind {
            case .text: "."
            case .keyword: "k"
            case .string: "s"
            case .number: "n"
            case .comment: "c"
            }
        }.joined()
    }
}

@Test func bracesFamily() {
    #expect(kinds("swift", ["let x = 12 // no"]) == ["kkk.....nn.ccccc"])
    #expect(kinds("js", ["f(\"a\\\"b\", 'c')"]) == ["..ssssss..sss."])
    #expect(kinds("c", ["a /* b", "c */ int x"]) == ["..cccc", "cccc.kkk.."])
    #expect(kinds("swift", ["\"\"\"", "let", "\"\"\" let"]) == ["sss", "sss", "sss.kkk"])
    #expect(kinds("rust", ["it's x"]) == ["......"])
}

@Test func hashAndOtherFamilies() {
    #expect(kinds("python", ["def f(): # c", "x = a#b"]) == ["kkk......ccc", "......."])
    #expect(kinds("Python", ["'''doc", "def'''+1"]) == ["ssssss", "ssssss.n"])
    #expect(kinds("bash", ["if [ $# -gt 0 ]"]) == ["kk..........n.."])
    #expect(kinds("sql", ["SELECT a -- c"]) == ["kkkkkk...cccc"])
    #expect(kinds("html", ["<p class=\"x\"> <!-- c", "-->a"]) == [".........sss..cccccc", "ccc."])
    #expect(kinds("text", ["let x = 1"]) == ["........."])
    #expect(kinds("c", ["\"open", "int", ""]) == ["sssss", "kkk", ""])
}
