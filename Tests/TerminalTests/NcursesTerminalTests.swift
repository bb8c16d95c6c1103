import CTerminal
import Glibc
import Screen
import Terminal
import Testing

/// Everything that opens ncurses runs here, one test after the other: its state is global.
@Suite(.serialized) struct NcursesTerminalTests {
    let theme = Theme(
        name: "test",
        styles: [
            .side: CellStyle(foreground: .rgb(255, 135, 0), attributes: .underline),
            .warning: CellStyle(foreground: .indexed(11), background: .indexed(4), attributes: .bold),
        ])

    func open(_ pseudo: PseudoTerminal, type: String = "xterm-256color", log: String? = nil) throws -> NcursesTerminal {
        try NcursesTerminal(
            input: pseudo.device, output: pseudo.device, type: type, log: log, theme: theme, stopProcess: {})
    }

    func cell(_ column: Int, _ row: Int) -> (text: String, attributes: UInt8, pair: Int32) {
        var scalars = [UInt32](repeating: 0, count: 6)
        var attributes: UInt8 = 0
        var pair: Int32 = 0
        _ = spa_screen_read(Int32(row), Int32(column), &scalars, &attributes, &pair)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.prefix { $0 != 0 }.compactMap(Unicode.Scalar.init))
        return (String(text), attributes, pair)
    }

    func row(_ row: Int, _ columns: Int) -> [String] { (0..<columns).map { cell($0, row).text } }

    @Test func drawsCells() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        #expect(terminal.size == Size(columns: 20, rows: 4))
        var frame = Frame(size: terminal.size)
        frame.write("hello", at: Point(column: 0, row: 0), role: .text)
        frame.write("side", at: Point(column: 6, row: 0), role: .side)
        frame.write("漢e\u{301}🇩🇪👍🏽\u{1B}[m", at: Point(column: 0, row: 1), role: .warning, extra: .italic)
        frame.write("x", at: Point(column: 19, row: 3))
        frame.cursor = Point(column: 3, row: 2)
        terminal.present(frame)
        let output = pseudo.output()
        #expect(output.contains("\u{1B}[?1049h") && output.contains("\u{1B}[?2004h"))
        #expect(output.contains("hello") && output.contains("漢e\u{301}DE👍\u{FFFD}[m"))
        #expect(output.contains("38;5;208"))
        #expect(row(0, 10).joined() == "hello side")
        #expect(cell(6, 0).attributes == UInt8(SPA_UNDERLINE))
        #expect(cell(6, 0).pair != 0 && cell(0, 0).pair == 0)
        #expect(cell(0, 1).attributes == UInt8(SPA_BOLD | SPA_ITALIC))
        #expect(
            cell(0, 1).text == "漢" && cell(2, 1).text == "e\u{301}" && cell(3, 1).text == "D" && cell(4, 1).text == "E")
        #expect(cell(19, 3).text == "x")
    }

    @Test func sendsOnlyWhatChanged() throws {
        let pseudo = try #require(PseudoTerminal(columns: 40, rows: 5))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        var frame = Frame(size: terminal.size)
        frame.write("a long line that stays", at: Point(column: 0, row: 0))
        terminal.present(frame)
        _ = pseudo.output()
        terminal.present(frame)
        #expect(pseudo.output() == "")
        frame.write("Z", at: Point(column: 30, row: 0))
        terminal.present(frame)
        let change = pseudo.output()
        #expect(change.contains("Z") && !change.contains("long") && change.utf8.count < 20)
        terminal.redraw()
        terminal.present(frame)
        #expect(pseudo.output().contains("a long line that stays"))
    }

    /// Any frame after any other shows what the frame alone would.
    @Test func changesNeverLeaveRemains() throws {
        let pseudo = try #require(PseudoTerminal(columns: 9, rows: 2))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        var seed: UInt64 = 7
        func random(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        let pieces = ["a", "漢", "👍🏽", "e\u{301}", "  ", "นำ", "\t", "🇩🇪", "x"]
        for _ in 0..<400 {
            var frame = Frame(size: terminal.size)
            for row in 0..<2 {
                let text = (0..<6).map { _ in pieces[random(pieces.count)] }.joined()
                frame.write(text, at: Point(column: random(4) - 1, row: row), role: random(2) == 0 ? .side : .text)
            }
            terminal.present(frame)
            for row in 0..<2 {
                var column = 0
                while column < 9 {
                    let wanted = frame[column: column, row: row]
                    let text = (column..<column + Int(wanted.width)).map { cell($0, row).text }.joined()
                    // ncurses reports the character in both columns of a wide one.
                    let single = cell(column, row).text
                    #expect(text == wanted.text || single == wanted.text || text.hasPrefix(wanted.text))
                    column += max(1, Int(wanted.width))
                }
            }
            _ = pseudo.output()
        }
    }

    @Test func readsKeys() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        terminal.present(Frame(size: terminal.size))
        pseudo.type("hé\r\n\u{3}\u{1A}\u{1B}[A\u{1B}OP\u{1B}b\u{13}")
        let expected: [Key] = [
            .character("h"), .character("é"), .enter, .newline, .control("c"), .control("z"), .up, .function(1),
            .alternate("b"), .control("s"),
        ]
        #expect(terminal.nextInput(timeoutMilliseconds: 5000) == expected.map(TerminalInput.key))
        pseudo.type("\u{1B}")
        #expect(terminal.nextInput(timeoutMilliseconds: 5000) == [.key(.escape)])
        pseudo.type("\u{1B}[200~a\rb\u{1B}[201~")
        #expect(terminal.nextInput(timeoutMilliseconds: 5000) == [.key(.paste("a\nb"))])
        #expect(terminal.nextInput(timeoutMilliseconds: 0) == [])
    }

    @Test func wakesFromAnotherThread() async throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        let waker = terminal.waker
        let thread = Task.detached { waker.wake() }
        #expect(terminal.nextInput(timeoutMilliseconds: -1) == [])
        await thread.value
    }

    @Test(arguments: [(1, 1), (2, 1), (1, 3), (200, 60)]) func resizes(columns: Int, rows: Int) throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        var frame = Frame(size: terminal.size)
        frame.write("漢字 text that is long", at: Point(column: 0, row: 0))
        terminal.present(frame)
        pseudo.resize(columns: columns, rows: rows)
        kill(getpid(), SIGWINCH)
        let size = Size(columns: columns, rows: rows)
        #expect(terminal.nextInput(timeoutMilliseconds: 5000) == [.resize(size)])
        #expect(terminal.size == size)
        // The old frame is cut, a new one fits.
        terminal.present(frame)
        frame = Frame(size: size)
        frame.fill(Region(size), with: "#")
        frame.cursor = Point(column: columns - 1, row: rows - 1)
        terminal.present(frame)
        #expect(cell(columns - 1, rows - 1).text == "#")
    }

    @Test func opensAtOneByOne() throws {
        let pseudo = try #require(PseudoTerminal(columns: 1, rows: 1))
        let terminal = try open(pseudo)
        defer { terminal.close() }
        #expect(terminal.size == Size(columns: 1, rows: 1))
        var frame = Frame(size: terminal.size)
        frame.write("漢x", at: Point(column: 0, row: 0))
        terminal.present(frame)
        terminal.present(Frame(size: Size(columns: 0, rows: 0)))
        terminal.present(Frame(size: Size(columns: 80, rows: 24)))
    }

    @Test func closingRestores() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let before = pseudo.localModes
        let terminal = try open(pseudo)
        terminal.present(Frame(size: terminal.size))
        #expect(pseudo.localModes & tcflag_t(ICANON | ECHO | ISIG) == 0)
        _ = pseudo.output()
        terminal.close()
        let output = pseudo.output()
        #expect(output.contains("\u{1B}[?1049l") && output.contains("\u{1B}[?2004l"))
        #expect(pseudo.localModes == before)
        #expect(output.contains("\u{1B}[?25h") || output.contains("\u{1B}[?12l"))
        terminal.close()
        terminal.present(Frame(size: terminal.size))
        terminal.suspend()
        #expect(terminal.nextInput(timeoutMilliseconds: 0) == [.hangUp])
        #expect(pseudo.output() == "")
    }

    @Test func suspends() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let before = pseudo.localModes
        var outside = ""
        var modes: tcflag_t = 0
        let terminal = try NcursesTerminal(
            input: pseudo.device, output: pseudo.device, type: "xterm-256color", log: nil, theme: theme,
            stopProcess: {
                outside = pseudo.output()
                modes = pseudo.localModes
            })
        defer { terminal.close() }
        var frame = Frame(size: terminal.size)
        frame.write("back again", at: Point(column: 0, row: 0))
        terminal.present(frame)
        _ = pseudo.output()
        terminal.suspend()
        #expect(outside.contains("\u{1B}[?1049l") && outside.contains("\u{1B}[?2004l") && modes == before)
        terminal.present(frame)
        let output = pseudo.output()
        #expect(output.contains("\u{1B}[?1049h") && output.contains("\u{1B}[?2004h") && output.contains("back again"))
        #expect(pseudo.localModes & tcflag_t(ICANON | ECHO | ISIG) == 0)
        // SIGTSTP from outside does the same and asks for a frame.
        outside = ""
        kill(getpid(), SIGTSTP)
        #expect(terminal.nextInput(timeoutMilliseconds: 5000) == [.resize(terminal.size)])
        #expect(outside.contains("\u{1B}[?1049l"))
    }

    @Test func hangUpIsReportedOnce() throws {
        var pseudo = PseudoTerminal(columns: 20, rows: 4)
        let device = try #require(pseudo.map { dup($0.device) })
        let terminal = try NcursesTerminal(
            input: device, output: device, type: "xterm-256color", log: nil, theme: theme, stopProcess: {})
        terminal.present(Frame(size: terminal.size))
        pseudo = nil
        #expect(terminal.nextInput(timeoutMilliseconds: -1) == [.hangUp])
        #expect(terminal.nextInput(timeoutMilliseconds: -1) == [.hangUp])
        terminal.present(Frame(size: terminal.size))
        terminal.close()
        close(device)
    }

    @Test func standardErrorGoesToTheLog() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        var name = Array("/tmp/spa-terminal-XXXXXX".utf8CString)
        close(mkstemp(&name))
        let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { unlink(path) }
        var before = stat()
        fstat(2, &before)
        let terminal = try open(pseudo, log: path)
        _ = write(2, "noise\n", 6)
        terminal.close()
        var after = stat()
        fstat(2, &after)
        #expect(before.st_ino == after.st_ino && before.st_dev == after.st_dev)
        var text = [UInt8](repeating: 0, count: 64)
        let file = Glibc.open(path, O_RDONLY)
        let count = read(file, &text, 64)
        close(file)
        #expect(String(decoding: text.prefix(max(0, count)), as: UTF8.self) == "noise\n")
        #expect(throws: TerminalError.log("/nowhere/at/all")) { try open(pseudo, log: "/nowhere/at/all") }
    }

    @Test(arguments: [
        "xterm", "linux", "vt100", "screen-256color", "tmux-256color", "xterm-direct", "rxvt-unicode-256color",
    ])
    func terminals(type: String) throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let terminal: NcursesTerminal
        do { terminal = try open(pseudo, type: type) } catch TerminalError.unknownTerminal { return }
        defer { terminal.close() }
        var frame = Frame(size: terminal.size)
        frame.write("side", at: Point(column: 0, row: 0), role: .side)
        frame.write("warn", at: Point(column: 5, row: 0), role: .warning)
        frame.write("漢", at: Point(column: 18, row: 3), role: .warning)
        terminal.present(frame)
        let output = pseudo.output()
        #expect(output.contains("side") && output.contains("warn"))
        #expect(row(0, 9).joined() == "side warn")
        #expect(cell(0, 0).attributes & UInt8(SPA_UNDERLINE) != 0)
    }

    @Test func refusals() throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        #expect(throws: TerminalError.unknownTerminal("no-such-terminal")) {
            try open(pseudo, type: "no-such-terminal")
        }
        #expect(throws: TerminalError.tooSimple("dumb")) { try open(pseudo, type: "dumb") }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(throws: TerminalError.notATerminal) {
            try NcursesTerminal(input: ends[0], output: ends[1], type: "xterm")
        }
        close(ends[0])
        close(ends[1])
        let terminal = try open(pseudo)
        #expect(throws: TerminalError.busy) { try open(pseudo) }
        terminal.close()
        try open(pseudo).close()
    }

    /// The signals that end a program, and a trap of Swift's, each in a child process: the terminal comes back, the status says
    /// why. SIGTERM and SIGHUP leave time for an end in order, which the alarm cuts short and further ones do not.
    @Test(
        arguments: [
            (SIGTERM, 0), (SIGHUP, 0), (SIGTERM, SIGTERM), (SIGHUP, SIGALRM), (SIGINT, 0), (SIGSEGV, 0), (SIGILL, 0),
            (SIGTRAP, 0), (SIGABRT, 0), (SIGBUS, 0), (SIGFPE, 0),
        ] as [(Int32, Int32)])
    func signalsRestore(number: Int32, second: Int32) throws {
        let pseudo = try #require(PseudoTerminal(columns: 20, rows: 4))
        let before = pseudo.localModes
        var status: Int32 = 0
        #expect(spa_test_child(pseudo.device, number, second, &status))
        let output = pseudo.output()
        #expect(output.contains("drawn"))
        #expect(output.contains("\u{1B}[?2004l") && output.contains("\u{1B}[?1049l"))
        #expect(pseudo.localModes == before)
        #expect(status & 0x7F == number)
    }

    /// The screen's widths are those the C library draws with.
    @Test func widthsAgreeWithTheSystem() {
        #expect(spa_use_utf8_locale())
        for value in UInt32(0x20)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let (shown, columns) = TextWidth.displayed(Character(scalar))
            let system = shown.unicodeScalars.reduce(0) { $0 + Int(spa_scalar_columns($1.value)) }
            if system != columns { Issue.record("U+\(String(value, radix: 16)): \(columns) here, \(system) there") }
        }
    }
}
