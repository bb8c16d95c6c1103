import Screen
import TestSupport
import Testing

@Suite struct InputDecoderTests {
    func keys(_ text: String) -> [Key] {
        var decoder = InputDecoder()
        return decoder.feed(text.utf8) + decoder.flush()
    }

    @Test func typedText() {
        #expect(keys("aé漢") == [.character("a"), .character("é"), .character("漢")])
        #expect(keys("👩‍👩‍👧") == [.character("👩‍👩‍👧")])
        #expect(keys("e\u{301}x") == [.character("e\u{301}"), .character("x")])
        #expect(keys("a\rb\nc\t") == [.character("a"), .enter, .character("b"), .newline, .character("c"), .tab])
        #expect(
            keys("\u{3}\u{4}\u{1A}\0\u{1F}") == [
                .control("c"), .control("d"), .control("z"), .control(" "), .control("_"),
            ])
        #expect(keys("\u{7F}\u{8}") == [.backspace, .backspace])
    }

    @Test func brokenText() {
        var decoder = InputDecoder()
        #expect(decoder.feed([0xE6]) == [])
        #expect(decoder.pendingMilliseconds == 30)
        #expect(decoder.feed([0xBC, 0xA2]) == [.character("漢")])
        #expect(decoder.pendingMilliseconds == nil)
        let broken = Key.character("\u{FFFD}")
        #expect(decoder.feed([0xFF, 0x61, 0x80]) == [broken, .character("a"), broken])
        #expect(decoder.feed([0xE6, 0x61]) == [broken, .character("a")])
        #expect(decoder.feed([0xC0, 0xAF]) == [broken, broken])
        #expect(decoder.feed([0xED, 0xA0, 0x80]) == [broken, broken, broken])
        #expect(decoder.feed([0xF0, 0x9F]) == [])
        #expect(decoder.flush() == [broken])
        #expect(decoder.feed([0xC2, 0x9B, 0x41]) == [.character("A")])
    }

    @Test(arguments: [
        // xterm, tmux
        ("[A", Key.up), ("[B", .down), ("[C", .right), ("[D", .left), ("OA", .up), ("OD", .left), ("[H", .home),
        ("[F", .end),
        ("OH", .home), ("OF", .end), ("[1~", .home), ("[4~", .end), ("[3~", .delete), ("[5~", .pageUp),
        ("[6~", .pageDown),
        ("OP", .function(1)), ("OQ", .function(2)), ("OR", .function(3)), ("OS", .function(4)), ("[15~", .function(5)),
        ("[17~", .function(6)), ("[18~", .function(7)), ("[19~", .function(8)), ("[20~", .function(9)),
        ("[21~", .function(10)),
        ("[23~", .function(11)), ("[24~", .function(12)), ("[Z", .backTab), ("[1;2P", .function(1)),
        ("[15;2~", .function(5)),
        ("[1;5D", .wordLeft), ("[1;5C", .wordRight), ("[1;3D", .wordLeft), ("[1;3C", .wordRight), ("[1;2D", .left),
        ("[1;5H", .home), ("[3;5~", .delete), ("OM", .enter),
        // Linux console
        ("[[A", .function(1)), ("[[E", .function(5)),
        // rxvt
        ("[7~", .home), ("[8~", .end), ("[11~", .function(1)), ("[14~", .function(4)), ("Oc", .wordRight),
        ("Od", .wordLeft),
        ("[d", .left), ("[7$", .home), ("[5^", .pageUp), ("\u{1B}[D", .wordLeft), ("\u{1B}[C", .wordRight),
        ("[2~", .unknown),
        // CSI u and modifyOtherKeys
        ("[13;2u", .newline), ("[27;2;13~", .newline), ("[13u", .enter), ("[27u", .escape), ("[99;5u", .control("c")),
        ("[98;3u", .alternate("b")), ("[97u", .character("a")), ("[1114112u", .unknown),
        ("[99999999999999999999u", .unknown),
        // Alt
        ("b", .alternate("b")), ("1", .alternate("1")), ("é", .alternate("é")), ("\r", .newline), ("\n", .newline),
        ("\u{7F}", .control("w")), ("\u{3}", .control("c")), ("[", .alternate("[")), ("O", .alternate("O")),
        ("", .escape),
        ("\u{1B}x", .escape), ("[<0;1;2M", .mouse(MouseInput(.press, at: Point(column: 0, row: 1)))),
        ("[M !!", .unknown), ("[I", .unknown), ("[1;", .unknown),
    ])
    func sequences(text: String, key: Key) {
        let result = keys("\u{1B}" + text)
        #expect(result.first == key)
        // Byte by byte gives the same.
        var decoder = InputDecoder()
        var single: [Key] = []
        for byte in ("\u{1B}" + text).utf8 { single += decoder.feed([byte]) }
        #expect(single + decoder.flush() == result)
        // Nothing is left over.
        #expect(decoder.pendingMilliseconds == nil)
        #expect(decoder.feed("x".utf8) == [.character("x")])
    }

    @Test func aLoneEscapeWaits() {
        var decoder = InputDecoder()
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.pendingMilliseconds == 30)
        #expect(decoder.flush() == [.escape])
        #expect(decoder.feed([0x1B, 0x1B]) == [])
        #expect(decoder.flush() == [.escape, .escape])
        #expect(decoder.flush() == [])
    }

    @Test func pastes() {
        #expect(
            keys("\u{1B}[200~a\r\nb\rc\td\u{1B}[31m\u{7}\u{1B}[201~x") == [.paste("a\nb\nc\td[31m"), .character("x")])
        #expect(keys("\u{1B}[200~\u{1B}[201~x") == [.character("x")])
        var decoder = InputDecoder()
        var result: [Key] = []
        for byte in "\u{1B}[200~h漢\u{1B}[20".utf8 { result += decoder.feed([byte]) }
        #expect(result == [])
        #expect(decoder.pendingMilliseconds == 1000)
        #expect(decoder.feed("1~q".utf8) == [.paste("h漢"), .character("q")])
        #expect(decoder.feed("\u{1B}[200~open\u{1B}".utf8) == [])
        #expect(decoder.flush() == [.paste("open")])
        #expect(decoder.pendingMilliseconds == nil)
    }

    @Test func longPastesComeInParts() {
        var decoder = InputDecoder()
        let long = String(repeating: "漢", count: 500_000)
        var text = ""
        for case .paste(let part) in decoder.feed("\u{1B}[200~".utf8) + decoder.feed(long.utf8)
            + decoder.feed("\u{1B}[201~".utf8)
        {
            text += part
        }
        #expect(text == long)
    }

    /// Random bytes never trap, never stay for ever, and do not depend on how they are cut.
    @Test(arguments: 0..<4) func fuzz(seed: Int) {
        var generator = TestRandom(seed: UInt64(seed))
        let common: [UInt8] = [
            0x1B, 0x1B, 0x5B, 0x4F, 0x3B, 0x30, 0x31, 0x32, 0x7E, 0x24, 0x41, 0x4D, 0x75, 0xE6, 0xBC, 0xF0, 0x0D,
        ]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? common.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            var whole = InputDecoder()
            let once = whole.feed(bytes) + whole.flush()
            #expect(whole.pendingMilliseconds == nil)
            #expect(once.count <= bytes.count + 1)
            var split = InputDecoder()
            var parts: [Key] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &generator)
                parts += split.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            parts += split.flush()
            #expect(split.pendingMilliseconds == nil)
            // Graphemes may be cut between feeds, so characters are compared by scalar.
            #expect(scalars(parts) == scalars(once))
        }
    }

    /// What terminals send, and the keys that it is.
    private static let pieces: [(bytes: String, keys: [Key])] = [
        ("a", [.character("a")]), ("漢", [.character("漢")]), ("\r", [.enter]), ("\u{3}", [.control("c")]),
        ("\u{1B}[A", [.up]), ("\u{1B}OP", [.function(1)]), ("\u{1B}[13;2u", [.newline]), ("\u{1B}x", [.alternate("x")]),
        // The mouse: press, wheel, release, a button that means nothing, the old report.
        ("\u{1B}[<0;12;7M", [.mouse(MouseInput(.press, at: Point(column: 11, row: 6)))]),
        ("\u{1B}[<65;1;1M", [.mouse(MouseInput(.wheelDown, at: Point(column: 0, row: 0)))]),
        ("\u{1B}[<0;12;7m", [.unknown]), ("\u{1B}[<35;999999;7M", [.unknown]), ("\u{1B}[M !!", [.unknown]),
        // Pastes, with what looks like keys in them.
        ("\u{1B}[200~one\r\ntwo\u{1B}[201~", [.paste("one\ntwo")]), ("\u{1B}[200~\u{1B}[201~", []),
        ("\u{1B}[200~\u{1B}[<0;1;1M\u{1B}]11;x\u{7}漢\u{1B}[201~", [.paste("[<0;1;1M]11;x漢")]),
        // Late answers: colours of the background, modes, what the terminal is.
        ("\u{1B}]11;rgb:1e1e/1e1e/2e2e\u{1B}\\", []), ("\u{1B}]11;rgb:ffff/ffff/ffff\u{7}", []),
        ("\u{1B}]10;?\u{7}", []), ("\u{1B}[?2026;2$y", []), ("\u{1B}[?64;1;2c", [.unknown]), ("\u{1B}[I", [.unknown]),
    ]

    /// Everything that a terminal sends, in any order and cut anywhere, is what it is alone.
    @Test(arguments: 0..<4) func whatTerminalsSendMayBeCutAnywhere(seed: Int) {
        var generator = TestRandom(seed: UInt64(100 + seed))
        for _ in 0..<2000 {
            let chosen = (0..<8).map { _ in generator.pick(Self.pieces) }
            var rest = Array(chosen.map(\.bytes).joined().utf8)[...]
            var decoder = InputDecoder()
            var keys: [Key] = []
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(rest.count, 12), using: &generator)
                keys += decoder.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(decoder.pendingMilliseconds == nil)
            #expect(keys + decoder.flush() == chosen.flatMap(\.keys), "\(chosen.map(\.bytes))")
        }
    }

    /// The same with bytes lost, changed and put in, and pauses at which what is pending is all there is: no trap, nothing
    /// that stays, and whoever types afterwards is heard.
    @Test(arguments: 0..<4) func brokenReportsPastesAndAnswers(seed: Int) {
        var generator = TestRandom(seed: UInt64(200 + seed))
        for _ in 0..<2000 {
            var bytes = (0..<6).flatMap { _ in Array(generator.pick(Self.pieces).bytes.utf8) }
            for _ in 0..<3 {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
                default: bytes.remove(at: place)
                }
            }
            var decoder = InputDecoder()
            var count = 0
            var rest = bytes[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...rest.count, using: &generator)
                count += decoder.feed(rest.prefix(length)).count
                if generator.next() % 4 == 0 { count += decoder.flush().count }
                rest = rest.dropFirst(length)
            }
            count += decoder.flush().count
            #expect(count <= bytes.count && decoder.pendingMilliseconds == nil)
            #expect(decoder.feed("x".utf8) == [.character("x")])
        }
    }

    @Test func answersWaitLongerThanKeys() {
        var decoder = InputDecoder()
        #expect(decoder.feed("\u{1B}]".utf8) == [] && decoder.pendingMilliseconds == 30)
        #expect(decoder.feed("11;rgb:00".utf8) == [] && decoder.pendingMilliseconds == 300)
        #expect(decoder.feed("00/0000/0000\u{7}y".utf8) == [.character("y")] && decoder.pendingMilliseconds == nil)
    }

    private func scalars(_ keys: [Key]) -> [String] {
        keys.flatMap { key -> [String] in
            if case .character(let character) = key { return character.unicodeScalars.map { "\($0)" } }
            return ["\(key)"]
        }
    }
}
