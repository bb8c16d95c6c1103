import Chat
import Testing

@Suite struct CodeBlocksTests {
    @Test(arguments: [
        ("no code", nil), ("```\na\n```", "a"),
        ("a\n```swift\nlet x = 1\n\nlet y = 2\n```\nb", "let x = 1\n\nlet y = 2"),
        ("```\none\n```\n~~~\ntwo\n~~~~", "two"), ("```\nopen\nstill", "open\nstill"), ("````\n```\n````", "```"),
        ("```", ""), ("``not a fence``", nil),
        // As the parsed Markdown has it: in lists and quotations, without a fence, with tabs.
        ("1. Run:\n\n   ```sh\n   make\n     all\n   ```", "make\n  all"),
        ("> ```\n> quoted\n> ```\nno code", "quoted"), ("text\n\n    one\n\n    two\n\nmore", "one\n\ntwo"),
        ("```make\nall:\n\tcc\tx.c\n```", "all:\n\tcc\tx.c"), ("- a\n\n  ```\n\tb\n  ```", "  b"),
        ("```\na\n\t```\n```", "a\n\t```"), ("inline `code` only", nil), ("```\na\n```\n\n    b", "b"),
    ])
    func theLastBlockIsFound(text: String, block: String?) { #expect(CodeBlocks.last(in: text) == block) }

    @Test(arguments: ["", "> "])
    func aLineThatIsCutForDrawingStaysOneLine(mark: String) {
        let long = String(repeating: "word and ", count: 400)
        let text = ["```", "first", long, "last", "```"].map { mark + $0 }.joined(separator: "\n")
        #expect(CodeBlocks.last(in: text) == "first\n\(long)\nlast")
    }
}
