import Screen
import Terminal
import Testing

/// What a terminal says of itself, and the modes that follow from it.
extension NcursesTerminalTests {
    private static let answers = "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?2026;2$yk\u{1B}[?62;22c"

    @Test func framesAreShownAtOnceWhereTheTerminalCan() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        pseudo.type(Self.answers)
        terminal.ask(patience: 5000)
        #expect(terminal.background == .light)
        // A key that came between the answers is not lost.
        #expect(terminal.nextInput(timeoutMilliseconds: 0) == [.key(.character("k"))])
        #expect(pseudo.output().contains("\u{1B}]11;?"))
        var frame = Frame(size: terminal.size)
        frame.write("hello", at: Point(column: 0, row: 0))
        terminal.present(frame)
        let output = pseudo.output()
        #expect(output.hasPrefix("\u{1B}[?2026h") && output.hasSuffix("\u{1B}[?2026l") && output.contains("hello"))
        terminal.present(frame)
        #expect(pseudo.output() == "")
    }

    @Test func aSilentTerminalIsNotWaitedForLong() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        terminal.ask(patience: 1)
        #expect(terminal.background == nil)
        _ = pseudo.output()
        terminal.present(Frame(size: terminal.size))
        #expect(!pseudo.output().contains("2026"))
        // Its late answers are no keys.
        pseudo.type(Self.answers)
        #expect(
            terminal.nextInput(timeoutMilliseconds: 1000).filter { $0 != .key(.unknown) } == [.key(.character("k"))])
    }

    @Test func theMouseIsGivenBack() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try NcursesTerminal(
            input: pseudo.device, output: pseudo.device, type: "xterm-256color", asks: false, usesMouse: true)
        #expect(pseudo.output().contains("\u{1B}[?1000h\u{1B}[?1006h"))
        terminal.lend { #expect(pseudo.output().contains("\u{1B}[?1006l\u{1B}[?1000l")) }
        #expect(pseudo.output().contains("\u{1B}[?1000h"))
        pseudo.type("\u{1B}[<64;3;2M")
        #expect(
            terminal.nextInput(timeoutMilliseconds: 1000)
                .contains(.key(.mouse(MouseInput(.wheelUp, at: Point(column: 2, row: 1))))))
        terminal.close()
        #expect(pseudo.output().contains("\u{1B}[?1006l\u{1B}[?1000l"))
    }
}
