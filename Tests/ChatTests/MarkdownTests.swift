import Chat
import TestSupport
import Testing

private func blocks(_ text: String) -> [MarkdownBlock] {
    var parser = MarkdownParser()
    return parser.append(text[...], token: 0) + parser.finish()
}

private func summaries(_ text: String) -> [String] { blocks(text).map(\.summary) }

@Test(arguments: [
    ("# One\n## Two ##\ntext", ["h1 One", "h2 Two", "p text"]),
    ("One\n===\n\nTwo\n---", ["h1 One", "_ h2 Two"]),
    ("#no heading\n\n####### seven", ["p #no heading", "_ p ####### seven"]),
    ("a\nb\n\n\n\nc", ["p a⏎b", "_ p c"]),
    ("a\n***\nb\n\n- - -", ["p a", "rule", "p b", "_ rule"]),
    ("```swift\nlet a = 1\n\n  b\n```\nx", ["code swift", "| let a = 1", "| ", "|   b", "end", "p x"]),
    ("~~~\n```\n~~~~", ["code ", "| ```", "end"]),
    ("```\nopen", ["code ", "| open", "end"]),
    ("`` no fence ```", ["p `` no fence ```"]),
    ("text\n\n    four spaces", ["p text", "_ | four spaces"]),
])
func leaves(_ text: String, _ expected: [String]) {
    #expect(summaries(text) == expected)
}

@Test(arguments: [
    ("- a\n- b\n  c\n\n  d\n\ne", ["• p a", "• p b⏎c", "_ - p d", "_ p e"]),
    ("1. a\n2. b\n10) c", ["1. p a", "2. p b", "10) p c"]),
    ("- a\n  - b\n    - c\n- d", ["• p a", "- • p b", "- - • p c", "• p d"]),
    // Indented by less than the number is wide, and by more than needed.
    ("1. a\n  - b\n  - c\n2. d", ["1. p a", "- • p b", "- • p c", "2. p d"]),
    ("- a\n    - b\n    - c", ["• p a", "- • p b", "- • p c"]),
    ("- a\nlazy", ["• p a⏎lazy"]),
    ("The year was\n1984. Indeed.\n- x", ["p The year was⏎1984. Indeed.", "• p x"]),
    ("- ```\n  code\n  ```\n- b", ["• code ", "- | code", "- end", "• p b"]),
    ("-\n- \n-x", ["• p ", "• p ", "p -x"]),
    ("> a\n> b\n\nc", ["> p a⏎b", "_ p c"]),
    ("> a\n>\n> > b\n> - c", ["> p a", "_ > > p b", "> • p c"]),
    ("> # h\n> - a\n>   b", ["> h1 h", "> • p a⏎b"]),
    ("> ```\n> x\ny", ["> code ", "> | x", "> end", "p y"]),
])
func containers(_ text: String, _ expected: [String]) {
    #expect(summaries(text) == expected)
}

@Test(arguments: [
    ("**b** and *i* and ***x***", "b<b> and i<i> and bi<x>"),
    ("__b__ _i_ snake_case_name", "b<b> i<i> snake_case_name"),
    ("**a *b* c**", "b<a >bi<b>b< c>"),
    ("*a **b***", "i<a >bi<b>"),
    ("2 * 3 * 4 and 2*3", "2 * 3 * 4 and 2*3"),
    ("**open and `code **` end", "**open and f<`>c<code **>f<`> end"),
    ("``a ` b`` `open", "f<``>c<a ` b>f<``> `open"),
    ("\\*no\\* \\\\ \\a", "*no* \\ \\a"),
    ("[text](https://a.b/c_d_e) x", "textf< (https://a.b/c_d_e)> x"),
    ("[https://a.b](https://a.b)", "https://a.b"),
    ("![alt *x*](p.png)", "alt i<x>f< (p.png)>"),
    ("[no] [no]( [a](", "[no] [no]( [a]("),
    ("<https://a.b/*c*> <b>", "https://a.b/*c* <b>"),
    ("***a**b*", "bi<a>i<b>"),
    ("a**\"b\"**c", "a**\"b\"**c"),
    ("[a [b](c) d](e)", "[a bf< (c)> d](e)"),
    ("~~old~~ new ~~**b** x~~", "s<old> new bs<b>s< x>"),
    ("about ~5, ~~ no ~~, ~~~three~~~ and `~~code~~`", "about ~5, ~~ no ~~, ~~~three~~~ and f<`>c<~~code~~>f<`>"),
    ("**a ~~b** c~~ \\~~d~~", "b<a ~~b> c~~ ~~d~~"),
])
func inlineMarkup(_ text: String, _ expected: String) {
    #expect(summaries(text) == ["p " + expected])
}

@Test func tables() {
    #expect(
        summaries("| a | **b** |\n|:--|--:|\n| 1 | x \\| y |\n2\n\nend") == [
            "table lr  a,b<b>/1,x | y/2,", "_ p end",
        ])
    #expect(summaries("a | b\n--|--\nc | d | e") == ["table ll  a,b/c,d"])
    #expect(summaries("a | b\n---\nc") == ["h2 a | b", "p c"])
    #expect(summaries("| a |\n| - |") == ["table l  a"])
    #expect(summaries("text\n| a | b |\n|---|---|") == ["p text⏎| a | b |⏎|---|---|"])
    let long = "|a|b|\n|-|-|\n" + String(repeating: "|1|2|\n", count: 100)
    #expect(blocks(long).count == 3)
}

@Test func hiddenMarkupKeepsItsToken() {
    var parser = MarkdownParser()
    var found: [MarkdownBlock] = []
    for (token, text) in ["A ", "**", "bold", "**", "\n", "\n", "- ", "item"].enumerated() {
        found += parser.append(text[...], token: token)
    }
    found += parser.finish()
    #expect(found.map(\.tokens) == [0...4, 6...7])
    guard case .paragraph(let runs) = found[0].content else { return }
    #expect(runs == [MarkdownRun("A ", token: 0), MarkdownRun("bold", token: 2, style: .strong)])
}

@Test func whatIsBegunCountsAsDoneWhileItStreams() {
    var parser = MarkdownParser()
    _ = parser.append("say **bold", token: 0)
    #expect(parser.open(nil).map(\.summary) == ["p say b<bold>"])
    #expect(parser.open(TextPiece(text: "!", token: 1)).map(\.summary) == ["p say b<bold!>"])
    var struck = MarkdownParser()
    _ = struck.append("say ~~old", token: 0)
    #expect(struck.open(nil).map(\.summary) == ["p say s<old>"])
    // A row of dashes may still become a list, a rule or a table.
    _ = parser.append("**\n---", token: 2)
    #expect(parser.open(nil).map(\.summary) == ["p say b<bold>", "rule"])
    #expect(parser.finish().map(\.summary) == ["h2 say b<bold>"])
    var code = MarkdownParser()
    #expect(code.append("```\na\nb", token: 0).map(\.summary) == ["code ", "| a"])
    #expect(code.open(nil).map(\.summary) == ["| b"])
}

/// Any split of any text into tokens, looked at while it streams or not, gives the blocks of the whole.
@Test(arguments: 1...8 as ClosedRange<UInt64>)
func everySplitGivesTheSame(_ seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<150 {
        let text = MarkdownText.text(&random, count: 1 + Int(random.next() % 60))
        let tokens = MarkdownText.tokens(text, &random)
        var whole = MarkdownParser()
        var streaming = MarkdownParser()
        var text1 = StreamingText()
        var text2 = StreamingText()
        for (index, bytes) in tokens.enumerated() { text1.push(bytes, token: index) }
        text1.finish()
        var expected: [MarkdownBlock] = []
        for piece in text1.settled { expected += whole.append(piece.text[...], token: piece.token) }
        expected += whole.finish()

        var actual: [MarkdownBlock] = []
        var taken = 0
        for (index, bytes) in tokens.enumerated() {
            text2.push(bytes, token: index)
            while taken + 1 < text2.settled.count {
                actual += streaming.append(text2.settled[taken].text[...], token: text2.settled[taken].token)
                taken += 1
            }
            _ = streaming.open(text2.tail)
        }
        text2.finish()
        for piece in text2.settled[taken...] { actual += streaming.append(piece.text[...], token: piece.token) }
        actual += streaming.finish()
        #expect(actual == expected, "\(text.debugDescription)")

        // In order, within the reply, and nothing visible has another token than one of the block's.
        for (block, next) in zip(expected, expected.dropFirst()) {
            #expect(block.tokens.lowerBound <= next.tokens.lowerBound, "\(text.debugDescription)")
        }
        for block in expected { #expect(block.tokens.upperBound < tokens.count) }
        if case .paragraph(let runs)? = expected.first?.content {
            #expect(runs.allSatisfy { expected[0].tokens.contains($0.token) })
        }
    }
}

/// What a token costs does not grow with the message: counted in characters looked at.
@Test(arguments: [
    "word ", "a word.\n\n", "- item\n", "let x = 1;\n", "*a **b _c `d [e ", "| a | b |\n", "> q\n", "x\ny\n",
])
func aTokenCostsTheSameInALongMessage(_ token: String) {
    for start in ["", "```swift\n", "| a | b |\n|---|---|\n"] {
        var parser = MarkdownParser()
        _ = parser.append(start[...], token: 0)
        var most = 0
        for index in 0..<5000 {
            let before = parser.work
            _ = parser.append(token[...], token: index)
            _ = parser.open(nil)
            most = max(most, parser.work - before)
        }
        #expect(most < 6 * 1200, "\(start) \(token): \(most)")
    }
}

/// Nested openings cost no more than a line is long.
@Test func hostileMarkup() {
    for piece in ["*a ", "**a", "_*", "[", "[a](", "`a``b", "> ", "- ", "<a:", "\\", "|", "1. ", "#", "~~~\n"] {
        let text = String(repeating: piece, count: 4000)
        var parser = MarkdownParser()
        let found = parser.append(text[...], token: 0) + parser.finish()
        #expect(parser.work < 6 * text.count, "\(piece): \(parser.work)")
        #expect(found.allSatisfy { $0.containers.count <= 8 })
    }
}
