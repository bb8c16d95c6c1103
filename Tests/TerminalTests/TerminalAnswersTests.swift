import Screen
import Terminal
import TestSupport
import Testing

@Test(arguments: [
    ("\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\", TerminalBackground.light), ("\u{1B}]11;rgb:00/2b/36\u{7}", .dark),
    ("\u{1B}]11;rgb:f/f/f\u{7}", .light), ("\u{1B}]11;rgba:1e1e/1e1e/1e1e/ffff\u{7}", .dark),
])
func backgrounds(_ answer: String, _ expected: TerminalBackground) {
    let answers = TerminalAnswers(Array("x\(answer)y".utf8))
    #expect(answers.background == expected)
    #expect(answers.rest == Array("xy".utf8))
}

@Test func reports() {
    let all = TerminalAnswers(Array("\u{1B}[?2026;2$y\u{1B}[?62;22c".utf8))
    #expect(all.drawsTogether && all.isComplete && all.rest.isEmpty && all.background == nil)
    #expect(!TerminalAnswers(Array("\u{1B}[?2026;0$y".utf8)).drawsTogether)
    #expect(!TerminalAnswers(Array("\u{1B}[?2026;4$y".utf8)).drawsTogether)
    #expect(TerminalAnswers(Array("\u{1B}[?2026;1$".utf8)).rest.count == 10)
    #expect(TerminalAnswers(Array("\u{1B}]11;nonsense\u{7}".utf8)).background == nil)
}

@Test func variableOfColours() {
    #expect(TerminalAnswers.background(colours: "15;0") == .dark)
    #expect(TerminalAnswers.background(colours: "0;default;15") == .light)
    #expect(TerminalAnswers.background(colours: "0;7") == .light)
    #expect(TerminalAnswers.background(colours: "12;8") == .dark)
    #expect(TerminalAnswers.background(colours: "x") == nil)
    #expect(TerminalAnswers.background(colours: nil) == nil)
    #expect(TerminalAnswers.mayAsk("xterm-256color") && !TerminalAnswers.mayAsk("linux") && !TerminalAnswers.mayAsk(""))
}

@Test func answersOfAnyBytes() {
    var random = TestRandom(seed: 9)
    let parts: [[UInt8]] = [
        [0x1B], [0x5D], Array("11;rgb:".utf8), Array("ff/0".utf8), [0x07], Array("[?2026;".utf8), Array("2$y".utf8),
        Array("[?6c".utf8), [0xFF], Array("99999999999999999999".utf8), [0x5C],
    ]
    for _ in 0..<2000 {
        let bytes = (0..<Int(random.next() % 12)).flatMap { _ in random.pick(parts) }
        #expect(TerminalAnswers(bytes).rest.count <= bytes.count)
    }
}

/// Late answers are no keys; Alt-] still is one.
@Test func lateAnswersAreNoKeys() {
    var decoder = InputDecoder()
    let late = "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?2026;2$y\u{1B}]11;rgb:0/0/0\u{7}a"
    #expect(decoder.feed(late.utf8) == [.character("a")])
    for byte in late.utf8 { _ = decoder.feed([byte]) }
    #expect(decoder.pendingMilliseconds == nil)
    #expect(decoder.feed("\u{1B}]".utf8) == [] && decoder.flush() == [.alternate("]")])
    #expect(decoder.feed("\u{1B}]x".utf8) == [.alternate("]"), .character("x")])
    #expect(
        decoder.feed("\u{1B}[<0;3;4M\u{1B}[<0;3;4m\u{1B}[<65;1;1M\u{1B}[<68;2;9M".utf8) == [
            .mouse(MouseInput(.press, at: Point(column: 2, row: 3))), .unknown,
            .mouse(MouseInput(.wheelDown, at: Point(column: 0, row: 0))),
            .mouse(MouseInput(.wheelUp, at: Point(column: 1, row: 8))),
        ])
    #expect(decoder.feed("\u{1B}[<0;0;4M\u{1B}[<0;4M\u{1B}[<2;4;4M".utf8) == [.unknown, .unknown, .unknown])
}
