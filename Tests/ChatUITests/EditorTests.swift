import ChatUI
import TestSupport
import Testing

@Test func writingAndDeletingGraphemes() {
    var editor = Editor("naïve 👩‍👩‍👧")
    #expect(editor.characters.count == 7)
    editor.deleteBackward()
    #expect(editor.text == "naïve ")
    editor.moveLeft()
    editor.deleteForward()
    #expect(editor.text == "naïve")
    editor.deleteForward()
    editor.moveToLineStart()
    editor.deleteBackward()
    #expect(editor.text == "naïve" && editor.cursor == 0)
}

@Test func aMarkJoinsTheLetterBeforeIt() {
    var editor = Editor("e")
    editor.insert("\u{301}")
    #expect(editor.characters == ["e\u{301}"] && editor.cursor == 1)
    editor.insert("x")
    #expect(editor.text == "e\u{301}x" && editor.cursor == 2)
}

@Test func insertingInTheMiddleKeepsTheCursor() {
    var editor = Editor("ab")
    editor.moveLeft()
    editor.insert("XY")
    #expect(editor.text == "aXYb" && editor.cursor == 3)
    editor.insert("b")
    #expect(editor.text == "aXYbb" && editor.cursor == 4)
}

@Test func removingBetweenFlagsJoinsThem() {
    var editor = Editor("🇩x🇪")
    editor.moveLeft()
    editor.deleteBackward()
    #expect(editor.text == "🇩🇪" && editor.characters.count == 1 && editor.cursor <= 1)
}

@Test func pastedTextIsCleaned() {
    #expect(Editor("a\r\nb\rc\td\u{1B}[31m\u{7}").text == "a\nb\nc    d[31m")
}

@Test func words() {
    var editor = Editor("one two_2, three")
    editor.moveWordLeft()
    #expect(editor.cursor == 11)
    editor.moveWordLeft()
    #expect(editor.cursor == 4)
    editor.moveWordRight()
    #expect(editor.cursor == 9)
    editor.deleteWordBackward()
    #expect(editor.text == "one , three")
    editor.deleteToLineStart()
    #expect(editor.text == ", three" && editor.cursor == 0)
}

@Test func deletingToTheStartStaysInTheLine() {
    var editor = Editor("one\ntwo")
    editor.deleteToLineStart()
    #expect(editor.text == "one\n")
    editor.deleteToLineStart()
    #expect(editor.text == "one")
}

@Test func rowsBreakAtWordsAndNeverInsideWideCharacters() {
    let editor = Editor("one two three")
    #expect(editor.rows(columns: 8).map { String(editor.characters[$0]) } == ["one two ", "three"])
    let wide = Editor("世界世界")
    #expect(wide.rows(columns: 5).map { String(wide.characters[$0]) } == ["世界", "世界"])
    let long = Editor("abcdefgh")
    #expect(long.rows(columns: 3).map { String(long.characters[$0]) } == ["abc", "def", "gh"])
    #expect(Editor("").rows(columns: 1) == [0..<0])
    #expect(Editor("abc").rows(columns: 3).count == 2)
    #expect(Editor("abc\n").rows(columns: 10) == [0..<3, 4..<4])
}

@Test func movingBetweenRows() {
    var editor = Editor("first line\nab\nthird line")
    let first = editor.moveUp(columns: 40)
    #expect(first && editor.cursor == 13)
    let second = editor.moveUp(columns: 40)
    #expect(second && editor.cursor == 2)
    let moved = [
        editor.moveUp(columns: 40), editor.moveDown(columns: 40), editor.moveDown(columns: 40),
        editor.moveDown(columns: 40),
    ]
    #expect(moved == [false, true, true, false])
}

@Test func historyKeepsTheDraft() {
    var history = InputHistory(entries: ["one"])
    history.add("two")
    history.add("two")
    history.add("  ")
    #expect(history.entries == ["one", "two"])
    let before = history.newer(draft: "draft")
    let up = [history.older(draft: "draft"), history.older(draft: "two"), history.older(draft: "one")]
    let down = [history.newer(draft: "one"), history.newer(draft: "two"), history.newer(draft: "draft")]
    #expect(before == nil && up == ["two", "one", nil] && down == ["two", "draft", nil])
}

/// What is changed by hand while the history is walked is there again, as is the draft; sending ends it.
@Test func whatIsChangedInTheHistoryStays() {
    var history = InputHistory(entries: ["one", "two"])
    let up = [history.older(draft: "draft"), history.older(draft: "two!")]
    let down = [history.newer(draft: "one"), history.newer(draft: "two!")]
    let again = [history.older(draft: "draft"), history.older(draft: "two!")]
    #expect(up == ["two", "one"] && down == ["two!", "draft"] && again == ["two!", "one"])
    history.add("three")
    let after = [history.older(draft: ""), history.older(draft: "three")]
    #expect(history.entries == ["one", "two", "three"] && after == ["three", "two"])
}

@Test func historyIsBounded() {
    var history = InputHistory()
    for number in 0..<600 { history.add("\(number)") }
    #expect(history.entries.count == InputHistory.limit && history.entries.last == "599")
}

/// Any sequence of edits keeps cursor and rows consistent.
@Test func randomEdits() {
    var random = TestRandom(seed: 5)
    let texts = ["a", " ", "世", "e", "\u{301}", "🇩", "🇪", "\n", "word word", "👩", "\u{200D}", "\t", "\u{0}", "नमस्ते"]
    var editor = Editor()
    for _ in 0..<4000 {
        let columns = 1 + Int(random.next() % 12)
        switch random.next() % 16 {
        case 0: editor.deleteBackward()
        case 1: editor.deleteForward()
        case 2: editor.deleteWordBackward()
        case 3: if random.next() % 8 == 0 { editor.deleteToLineStart() }
        case 4: editor.moveLeft()
        case 5: editor.moveRight()
        case 6: editor.moveWordLeft()
        case 7: editor.moveWordRight()
        case 8: _ = editor.moveUp(columns: columns)
        case 9: _ = editor.moveDown(columns: columns)
        case 10: editor.moveToLineEnd()
        case 11: if random.next() % 100 == 0 { editor.clear() }
        default: editor.insert(texts[Int(random.next() % UInt64(texts.count))])
        }
        #expect((0...editor.characters.count).contains(editor.cursor))
        #expect(editor.characters == Array(editor.text))
        let rows = editor.rows(columns: columns)
        #expect(rows.first?.lowerBound == 0 && rows.last?.upperBound == editor.characters.count)
        for (row, next) in zip(rows, rows.dropFirst()) {
            let gap = next.lowerBound - row.upperBound
            #expect(gap == 0 || gap == 1 && editor.characters[row.upperBound] == "\n")
        }
        #expect(rows.indices.contains(editor.position(in: rows).row))
    }
}
