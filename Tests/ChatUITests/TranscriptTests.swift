import Chat
import ChatUI
import Screen
import TestSupport
import Testing

private func token(_ index: Int, _ bytes: [UInt8], _ path: TokenPath) -> Event {
    .token(TokenRecord(index: index, id: 1, bytes: bytes, path: path, milliseconds: PartTimes(base: 8)))
}

private func asked(_ size: Size) -> State {
    var state = State(settings: ChatSettings(size: size, panels: false))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    for key in [Key.character("q"), .enter] { _ = update(&state, .key(key)) }
    return state
}

private let pieces = [
    "# ", "## ", "word ", " ", "\n", "\n\n", "**", "*", "`", "```\n", "```c\n", "- ", "1. ", "> ",
    "| a | b |\n|---|:-:|\n| c | d |\n",
    "|", "[t](https://a.b)", "漢字。", "e", "\u{301}", "👩‍🚀", "\u{200B}", "नमस्ते", "longer-than-most-words-are", "\t", "~",
]

/// Random Markdown in random tokens at a random width: no row is too wide, streaming ends as the whole begins, resizing
/// gives what starting at that width gives, and every visible character has the path of the token that completed it.
@Test(arguments: 1...6 as ClosedRange<UInt64>)
func streamedMarkdownIsThatOfTheWhole(_ seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<25 {
        let size = Size(columns: 40 + Int(random.next() % 80), rows: 40)
        var streaming = asked(size)
        var whole = asked(Size(columns: 40 + Int(random.next() % 160), rows: 30))
        let text = (0..<Int(random.next() % 90)).map { _ in random.pick(pieces) }.joined()
        var rest = Array(text.utf8)[...]
        var index = 0
        while !rest.isEmpty {
            let bytes = Array(rest.prefix(1 + Int(random.next() % 7)))
            rest = rest.dropFirst(bytes.count)
            let event = token(index, bytes, random.next() % 3 == 0 ? .side : .base)
            _ = update(&streaming, event)
            _ = update(&whole, event)
            if random.next() % 2 == 0 { _ = streaming.frame() }
            if random.next() % 9 == 0 { _ = whole.frame() }
            index += 1
        }
        for event in [Event.replyEnded(.endOfTurn), .resize(size)] {
            _ = update(&streaming, event)
            _ = update(&whole, event)
        }
        let difference = Frame.difference(streaming.frame(), whole.frame())
        #expect(difference == "", "\(text.debugDescription)")
    }
}

@Test func everyCharacterKeepsItsPath() {
    var state = asked(Size(columns: 60, rows: 30))
    let tokens: [(String, TokenPath)] = [
        ("**", .base), ("bold", .side), ("**", .base), (" `", .side), ("code", .base), ("` ", .side), ("[te", .base),
        ("xt](", .side), ("u", .base), (")\n", .side), ("- ", .side), ("item", .base),
    ]
    for (index, one) in tokens.enumerated() { _ = update(&state, token(index, Array(one.0.utf8), one.1)) }
    _ = update(&state, .replyEnded(.endOfTurn))
    let frame = state.frame()
    let text = frame.textPlane().split(separator: "\n", omittingEmptySubsequences: false)
    let style = frame.stylePlane().split(separator: "\n", omittingEmptySubsequences: false)
    let row = text.firstIndex { $0.hasPrefix("  bold") } ?? 0
    #expect(text[row] == "  bold `code` text (u)")
    #expect(style[row].hasPrefix("..SSSSSSbbbbSSbbSSSSbS"))
    #expect(text[row + 1] == "  • item")
    #expect(style[row + 1].hasPrefix("..S.bbbb"))
}

@Test func aTableFitsEveryWidth() {
    let table = "| Name | What it says |\n|---|---|\n| gate | chooses, token by token, who writes |\n| 你好 | é |\n"
    for columns in 40...100 {
        var state = asked(Size(columns: columns, rows: 40))
        _ = update(&state, token(0, Array(table.utf8), .base))
        _ = update(&state, .replyEnded(.endOfTurn))
        let text = state.frame().textPlane()
        #expect(text.contains("│ Name │ What it says"), "\(columns): \(text)")
        #expect(text.contains("│ 你好 │ é"), "\(columns)")
    }
    // Six columns have no room in 40: each row becomes lines.
    var state = asked(Size(columns: 40, rows: 40))
    let wide =
        "|One|Two|Three|Four|Five|Six|\n|-|-|-|-|-|-|\n" + "|aaaaaaaaa|bbbbbbbbb|ccccccccc|ddddddddd|eeeeeeeee|f|"
    _ = update(&state, token(0, Array(wide.utf8), .base))
    _ = update(&state, .replyEnded(.endOfTurn))
    #expect(state.frame().textPlane().contains("  One: aaaaaaaaa\n  Two: bbbbbbbbb\n"))
}

/// Keys and resizes at random in a long conversation: the window is always full and never shows a row twice.
@Test(arguments: 1...3 as ClosedRange<UInt64>)
func scrollingKeepsTheOrder(_ seed: UInt64) {
    var random = TestRandom(seed: seed)
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24), panels: false))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    var line = 0
    for _ in 0..<12 {
        for key in [Key.character("q"), .enter] { _ = update(&state, .key(key)) }
        for index in 0..<40 {
            _ = update(&state, token(index, Array("line \(line).\n".utf8), .base))
            line += 1
        }
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    for _ in 0..<300 {
        switch random.next() % 5 {
        case 0: _ = update(&state, .key(.pageDown))
        case 1: _ = update(&state, .key(.end))
        case 2:
            _ = update(&state, .resize(Size(columns: 40 + Int(random.next() % 80), rows: 10 + Int(random.next() % 30))))
        default: _ = update(&state, .key(.pageUp))
        }
        let shown = state.frame().textPlane().split(separator: "\n").compactMap { row -> Int? in
            row.hasPrefix("  line ") ? Int(row.dropFirst(7).prefix { $0.isNumber }) : nil
        }
        #expect(!shown.isEmpty)
        for (one, next) in zip(shown, shown.dropFirst()) { #expect(next == one + 1) }
    }
}
