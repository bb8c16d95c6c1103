import Chat
import Testing

@Suite struct CodeBlocksTests {
    @Test(arguments: [
        ("no code", nil), ("```\na\n```", "a"),
        ("a\n```swift\nlet x = 1\n\nlet y = 2\n```\nb", "let x = 1\n\nlet y = 2"),
        ("```\none\n```\n~~~\ntwo\n~~~~", "two"), ("```\nopen\nstill", "open\nstill"), ("````\n```\n````", "```"),
        ("```", ""), ("``not a fence``", nil),
    ])
    func theLastBlockIsFound(text: String, block: String?) { #expect(CodeBlocks.last(in: text) == block) }
}
