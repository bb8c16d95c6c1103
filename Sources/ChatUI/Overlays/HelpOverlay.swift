import Screen

/// The help's rows, from the tables of actions and commands.
func helpRows(_ keyMap: KeyMap, columns: Int) -> [[Span]] {
    var rows: [[Span]] = []
    func add(_ key: String, _ text: String) {
        let keyColumns = 20
        if columns < 56 {
            rows.append([Span(shortened(key, columns: columns), .keyName)])
            for row in Wrapping.rows(of: [Span(text, .text)], columns: max(columns - 2, 1)) {
                rows.append([Span("  ")] + row)
            }
            return
        }
        // A long name stands on a row of its own.
        let width = TextWidth.columns(of: key)
        if width >= keyColumns { rows.append([Span(key, .keyName)]) }
        let lines = Wrapping.rows(of: [Span(text, .text)], columns: columns - keyColumns)
        for (index, line) in lines.enumerated() {
            let name = index == 0 && width < keyColumns ? key : ""
            let padding = String(repeating: " ", count: keyColumns - TextWidth.columns(of: name))
            rows.append([Span(name, .keyName), Span(padding)] + line)
        }
    }
    for section in Action.Section.allCases {
        if !rows.isEmpty { rows.append([]) }
        rows.append([Span(section.rawValue, .heading)])
        for action in Action.all where action.section == section { add(keyMap.text(of: action), action.help) }
    }
    for overlay in OverlayHelp.all {
        rows += [[], [Span(overlay.title, .heading)]]
        for row in overlay.rows { add(row.keys, row.help) }
    }
    rows += [[], [Span("Commands", .heading)]]
    for form in CommandForm.all { add("/" + form.name + (form.argument.isEmpty ? "" : " " + form.argument), form.help) }
    rows += [[], [Span("Alt-1 … Alt-9 do what F1 … F9 do.", .dim)]]
    return rows
}

/// The help: every key and command.
struct HelpOverlay: OverlayView {
    private var scroll = RowScroll()

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let move: RowScroll.Move
        switch state.keyMap.action(of: key) {
        case .up: move = .up
        case .down: move = .down
        case .pageUp: move = .pageUp
        case .pageDown: move = .pageDown
        case .lineStart: move = .start
        case .lineEndOrNewest: move = .end
        case .stop, .send, .help: return .close()
        case .interrupt where !state.isReplying: return .close()
        case .redraw, .suspend, .theme, .network, .preset, .mode, .priceUp, .priceDown, .panels: return .handOn
        case nil where key == .character("?") || key == .character("q"): return .close()
        default: return .closeAndHandOn()
        }
        let box = helpBox(layout(state.size, state).overlay)
        scroll.move(move, rows: helpRows(state.keyMap, columns: box.columns - 4).count, height: box.rows - 2)
        return .stay()
    }

    func render(_ state: State, _ covered: Region, into frame: inout Frame) {
        frame.fill(covered, role: .text)
        let region = helpBox(covered)
        let inside = region.inset(columns: 2, rows: 1)
        let rows = helpRows(state.keyMap, columns: inside.columns)
        let title = rows.count > inside.rows ? "Help · PgDn goes on, Esc closes" : "Help · Esc closes"
        frame.box(region, title: title, role: .border, titleRole: .title)
        scroll.write(rows, inside, of: region, into: &frame)
    }
}

/// The help's box: no wider than its rows can use, in the middle.
private func helpBox(_ region: Region) -> Region {
    let columns = min(region.columns, 78)
    return Region(
        column: region.column + (region.columns - columns) / 2, row: region.row, columns: columns, rows: region.rows)
}
