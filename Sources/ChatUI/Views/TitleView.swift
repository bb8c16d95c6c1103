import Chat
import Screen

/// Who answers at the left, what happens at the right.
func renderTitle(_ state: State, _ region: Region, into frame: inout Frame) {
    let line = Region(column: region.column + 1, row: region.row, columns: region.columns - 2, rows: region.rows)
    let word = state.statusWord
    var right = [Span(word.text, word.role)]
    if let teaching = state.teaching {
        let room = line.columns - TextWidth.columns(of: word.text) - 7
        right = [Span(fitting(teaching.summaries, columns: room) + "  ", .system)] + right
    }
    let used = frame.writeRight(right, in: line)
    let room = line.columns - used - 2
    var column = frame.write("spa", at: line.origin, role: .title, maxColumns: room)
    var names = ""
    if let info = state.engineInfo {
        names = ([info.modelName] + [info.pluginName, info.taughtName].compactMap(\.self)).joined(separator: " + ")
    } else if case .loading(let what) = state.engine {
        names = what
    }
    if !names.isEmpty, room - column > 4 {
        column += 2
        frame.write(
            shortened(names, columns: room - column), at: Point(column: line.column + column, row: line.row),
            role: .dim)
    }
}

extension State {
    /// One or two words on what happens.
    var statusWord: (text: String, role: StyleRole) {
        if isReplay { return (playback.words, .warning) }
        switch engine {
        case .loading: return ("loading", .dim)
        case .failed: return ("no engine", .error)
        case .ready: break
        }
        switch phase {
        case .idle: return ("ready", .good)
        case .reading: return ("reading", .text)
        case .writing: return ("writing", .text)
        case .stopping: return ("stopping", .warning)
        }
    }

    /// What the notice line says: a notice, or hints on the command being written.
    var noticeLine: [Span]? {
        if let notice {
            let role: StyleRole =
                switch notice.kind {
                case .information: .system
                case .warning: .warning
                case .error: .error
                }
            return [Span(notice.text, role)]
        }
        let forms = CommandForm.matching(editor.text)
        if forms.isEmpty {
            return editor.text.hasPrefix("/") && !editor.text.hasPrefix("//") && !editor.text.contains("\n")
                ? [Span("No such command; /help lists them, // sends a slash.", .dim)] : nil
        }
        if let form = forms.first, forms.count == 1 {
            let argument = form.argument.isEmpty ? "" : " " + form.argument
            return [Span("/" + form.name + argument, .keyName), Span("  " + form.help, .dim)]
        }
        return [Span(forms.map { "/" + $0.name }.joined(separator: "  "), .keyName)]
    }
}

extension State {
    /// The notice line wrapped at a width.
    func noticeRows(columns: Int) -> [[Span]] {
        noticeLine.map { Wrapping.rows(of: $0, columns: max(columns, 1)) } ?? []
    }
}

/// The rows above the input.
func renderNotice(_ state: State, _ region: Region, into frame: inout Frame) {
    let columns = region.columns - Regions.gutter - 1
    let rows = state.noticeRows(columns: columns)
    for (offset, row) in rows.prefix(region.rows).enumerated() {
        let place = Point(column: region.column + Regions.gutter, row: region.row + offset)
        let used = frame.write(row, at: place, maxColumns: columns)
        if offset == region.rows - 1, rows.count > region.rows, let role = row.last?.role {
            frame.write("…", at: Point(column: place.column + used, row: place.row), role: role)
        }
    }
}
