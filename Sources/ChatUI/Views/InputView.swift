import Screen

/// The draft, with the cursor's row in view.
func renderInput(_ state: State, _ regions: Regions, into frame: inout Frame) {
    guard !regions.input.isEmpty else { return }
    let text = regions.inputText
    if regions.inputIsBoxed {
        frame.box(regions.input, title: state.inputTitle, role: .border, titleRole: .dim)
    } else {
        frame.write("›", at: regions.input.origin, role: .user)
    }
    let rows = state.editor.rows(columns: text.columns)
    let (row, column) = state.editor.position(in: rows)
    let first = state.firstInputRow(rows, height: text.rows)
    if state.editor.isEmpty {
        frame.write(state.inputHint(columns: text.columns), at: text.origin, role: .dim, maxColumns: text.columns)
    }
    for offset in 0..<text.rows where first + offset < rows.count {
        frame.write(
            String(state.editor.characters[rows[first + offset]]),
            at: Point(column: text.column, row: text.row + offset), role: .input, maxColumns: text.columns)
    }
    if first > 0 || first + text.rows < rows.count {
        frame.writeRight([Span(" \(row + 1)/\(rows.count) ", .dim)], in: regions.input.splitRight(1).rest)
    }
    if state.overlay == nil {
        frame.cursor = Point(
            column: text.column + min(column, text.columns - 1), row: text.row + min(max(row - first, 0), text.rows - 1)
        )
    }
}

extension State {
    /// The first of the draft's rows that is shown in so many rows.
    func firstInputRow(_ rows: [Range<Int>], height: Int) -> Int {
        min(max(editor.position(in: rows).row - height + 1, 0), max(rows.count - height, 0))
    }

    /// The title of the input's border: what the key that sends does.
    fileprivate var inputTitle: String {
        if isReplay { return "Replay · nothing can be sent" }
        if let edited {
            return "Question \(edited.turn + 1) · \(keyText(.send)) asks it anew · \(keyText(.stop)) leaves it"
        }
        if case .loading = engine { return "Message · \(keyText(.send)) sends it when the model is ready" }
        return isReplying ? "Message · \(keyText(.send)) queues it" : "Message"
    }

    /// What an empty draft shows.
    fileprivate func inputHint(columns: Int) -> String {
        if isReplay {
            let end = "Ctrl-D leaves"
            return fitting(
                [
                    "Space pauses · ← → from question to question · Alt-I walks over the tokens · \(end)",
                    "Space pauses · ← → from question to question · \(end)", "Space pauses · \(end)",
                ], columns: columns)
        }
        return isReplying ? "\(keyText(.stop)) stops the reply" : "Write a message"
    }
}
