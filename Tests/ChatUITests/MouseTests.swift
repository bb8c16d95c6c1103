import Chat
import ChatUI
import Screen
import Testing

private func talking(_ size: Size = Size(columns: 80, rows: 24)) -> State {
    var state = State(settings: ChatSettings(size: size, panels: false))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    for _ in 0..<4 {
        for key in [Key.character("q"), .enter] { _ = update(&state, .key(key)) }
        for index in 0..<30 {
            let token = TokenRecord(index: index, id: 1, bytes: Array("line\(index) end\n".utf8), path: .base)
            _ = update(&state, .token(token))
        }
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    return state
}

private func mouse(_ kind: MouseInput.Kind, _ column: Int = 0, _ row: Int = 0) -> Event {
    .key(.mouse(MouseInput(kind, at: Point(column: column, row: row))))
}

@Test func theWheelScrolls() {
    var state = talking()
    let newest = state.frame()
    _ = update(&state, mouse(.wheelUp))
    #expect(state.frame().textPlane().contains("more below"))
    _ = update(&state, mouse(.wheelDown))
    #expect(state.frame() == newest)
    for _ in 0..<200 { _ = update(&state, mouse(.wheelUp)) }
    #expect(state.frame().textPlane().contains("› q\n\n  line0 end"))
}

/// The release that follows a click does nothing, wherever the click has led.
@Test(arguments: [Key.function(1), .alternate("g"), .control("p")]) func aReleaseDoesNothing(_ key: Key) {
    var state = talking()
    _ = update(&state, .key(key))
    let shown = state.frame()
    #expect(update(&state, .key(.unknown)).isEmpty && state.frame() == shown)
}

@Test func aClickSetsTheCursor() {
    var state = talking()
    _ = update(&state, .key(.paste("one two\nth漢ee")))
    let regions = layout(state.size, state)
    let text = regions.inputText
    _ = update(&state, mouse(.press, text.column + 4, text.row))
    #expect(state.editor.cursor == 4)
    _ = update(&state, mouse(.press, text.column + 4, text.row + 1))
    #expect(state.editor.cursor == 8 + 3)
    _ = update(&state, mouse(.press, text.column + 40, text.row + 1))
    #expect(state.editor.cursor == 8 + 5)
    let frame = state.frame()
    #expect(frame.cursor == Point(column: text.column + 6, row: text.row + 1))
}

@Test func aClickOnAKeyDoesIt() throws {
    var state = talking()
    let bar = state.frame().textPlane().split(separator: "\n").last ?? ""
    let place = try #require(bar.range(of: "F2 network"))
    let column = bar.distance(from: bar.startIndex, to: place.lowerBound)
    let row = state.size.rows - 1
    #expect(update(&state, mouse(.press, column + 5, row)) == [.setNetwork("4g")])
    #expect(update(&state, mouse(.press, 79, 0)) == [])
}

/// A click marks the token that is drawn there, and the mark is in the gutter too.
@Test func aClickOnATokenOpensTheInspector() throws {
    var state = talking(Size(columns: 120, rows: 40))
    let rows = state.frame().textPlane().split(separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(rows.lastIndex { $0.contains("line7 end") })
    _ = update(&state, mouse(.press, 4, row))
    #expect(state.decoration.marked == TokenPlace(turn: 3, token: 7))
    let frame = state.frame()
    let marked = frame.textPlane().split(separator: "\n", omittingEmptySubsequences: false).first { $0.hasPrefix("▸") }
    #expect(marked?.contains("line7 end") == true)
    #expect(frame.attributePlane().contains("rrrrr"))
}

/// In every window a click on a row of the map shows that answer; a click beside the rows does nothing.
@Test(arguments: [Size(columns: 120, rows: 40), Size(columns: 80, rows: 24), Size(columns: 40, rows: 10)])
func aClickInTheMapGoesToTheAnswer(_ size: Size) throws {
    var state = talking(size)
    _ = update(&state, .key(.alternate("g")))
    let region = layout(size, state).overlay
    let rows = state.frame().textPlane().split(separator: "\n", omittingEmptySubsequences: false)
    // Four answers, the last one chosen; three rows in the smallest window.
    let wanted = size.rows == 10 ? "2" : "1"
    let row = try #require(rows.indices.first { $0 >= region.row && rows[$0].contains(" \(wanted)    ·") })
    #expect(update(&state, mouse(.press, region.column + 4, row)) == [])
    let shown = state.frame().textPlane()
    #expect(shown.contains("▸\(wanted)"))
    #expect(shown.contains("line0 end") && shown.contains("more below"))
    _ = update(&state, mouse(.press, region.column, region.row))
    #expect(state.frame().textPlane() == shown)
}

/// Arrows, letters and named keys of an overlay's key bar can be clicked too.
@Test(arguments: [("→ move", "threshold 0.51"), ("Tab price", "against the price"), ("Esc close", "Message")])
func aClickOnAKeyOfAnOverlayPressesIt(_ key: String, _ shown: String) throws {
    var state = talking()
    _ = update(&state, .key(.character("w")))
    _ = update(&state, .key(.enter))
    let token = TokenRecord(
        index: 0, id: 1, bytes: [65], path: .side, probability: 0.7, effect: 0.4, price: 0.2, sigma: 0.9)
    _ = update(&state, .token(token))
    _ = update(&state, .replyEnded(.endOfTurn))
    _ = update(&state, .key(.alternate("t")))
    let bar = state.frame().textPlane().split(separator: "\n").last ?? ""
    let place = try #require(bar.range(of: key))
    let column = bar.distance(from: bar.startIndex, to: place.lowerBound)
    _ = update(&state, mouse(.press, column, state.size.rows - 1))
    #expect(state.frame().textPlane().contains(shown))
}

/// In a list a click chooses, and a click on what is chosen does what Enter does; all lines of a long row are one row.
@Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 40, rows: 10)])
func clicksInAListChooseAndTake(_ size: Size) throws {
    var state = talking(size)
    let long = String(repeating: "wrapped ", count: size.columns / 5)
    for text in ["oldest", long, "newest"] {
        for key in [Key.paste(text), .enter] { _ = update(&state, .key(key)) }
        _ = update(&state, .replyEnded(.endOfTurn))
    }
    _ = update(&state, .key(.control("r")))
    func row(of text: String) throws -> Int {
        let rows = state.frame().textPlane().split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(rows.firstIndex { $0.contains(text) })
    }
    let list = layout(size, state).overlay
    let column = list.column + 6
    _ = update(&state, mouse(.press, column, try row(of: "wrapped")))
    #expect(state.frame().textPlane().contains("▸ wrapped"))
    // Below the chosen row's lines comes the next one.
    _ = update(&state, mouse(.press, column, try row(of: "oldest")))
    #expect(state.frame().textPlane().contains("▸ oldest"))
    let shown = state.frame()
    // Title, query and the empty rows below the list are none of it.
    for place in [list.row, list.row + 1, list.endRow - 1] { _ = update(&state, mouse(.press, column, place)) }
    #expect(state.frame() == shown)
    _ = update(&state, mouse(.press, column, try row(of: "newest")))
    _ = update(&state, mouse(.press, column, try row(of: "newest")))
    #expect(state.editor.text == "newest")
    #expect(state.frame().textPlane().contains("› newest"))
}
