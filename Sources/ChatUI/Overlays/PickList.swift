import Screen

/// Rows to choose from, narrowed by what is typed: palette, history search, and other pickers.
struct PickList: Sendable, Equatable {
    /// What was typed.
    private(set) var query: Editor
    /// The chosen row among those that fit.
    private(set) var choice = 0

    init(query: String = "", choice: Int = 0) {
        self.query = Editor(query)
        self.choice = choice
    }

    /// What a key did.
    enum Outcome { case stay, choose, close, handOn }

    /// Applies a key.
    /// - Parameter count: rows that fit the query now.
    mutating func press(_ key: Key, _ map: KeyMap, count: Int, page: Int) -> Outcome {
        let last = max(count - 1, 0)
        switch map.action(of: key) {
        case .up: choice = max(choice - 1, 0)
        case .down: choice = min(choice + 1, last)
        case .pageUp: choice = max(choice - page, 0)
        case .pageDown: choice = min(choice + page, last)
        case .send: return .choose
        case .stop, .interrupt, .endOfInput: return .close
        case .deleteBackward: change { $0.deleteBackward() }
        case .deleteWord: change { $0.deleteWordBackward() }
        case .deleteToStart: change { $0.deleteToLineStart() }
        case .redraw, .suspend: return .handOn
        default:
            switch key {
            case .character(let character): change { $0.insert(String(character)) }
            case .paste(let text): change { $0.insert(text.replacing("\n", with: " ")) }
            // Whatever stops a reply.
            case .escape: return .close
            default: break
            }
        }
        return .stay
    }

    private mutating func change(_ edit: (inout Editor) -> Void) {
        edit(&query)
        choice = 0
    }

    /// Whether every word of the query is somewhere in a text, whatever the case.
    func fits(_ text: String) -> Bool {
        let text = text.lowercased()
        return query.text.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
    }

    /// Draws title, query and rows; the chosen one has a mark, not only a colour, and shows all that it says, on more rows
    /// where one is not enough.
    /// - Parameter titles: the first one that fits is shown.
    func render(titles: [String], rows: [[Span]], _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        frame.box(region, title: fitting(titles, columns: region.columns - 4), role: .border, titleRole: .title)
        let inside = region.inset(columns: 2, rows: 1)
        guard inside.rows > 1 else { return }
        let used = frame.write(
            [Span("› ", .user), Span(query.text, .input)], at: inside.origin, maxColumns: inside.columns)
        frame.cursor = Point(column: inside.column + min(used, inside.columns - 1), row: inside.row)
        let height = inside.rows - 1
        let view = view(of: rows, inside)
        var lines = rows.dropFirst(view.first).prefix(height).map { [Span("  ")] + $0 }
        if lines.indices.contains(view.chosen - view.first) {
            let shown = view.whole.prefix(height).enumerated().map { [Span($0 == 0 ? "▸ " : "  ", .keyName)] + $1 }
            lines.replaceSubrange(view.chosen - view.first...view.chosen - view.first, with: shown)
        }
        for (offset, line) in lines.prefix(height).enumerated() {
            frame.write(
                shortened(line, columns: inside.columns),
                at: Point(column: inside.column, row: inside.row + 1 + offset))
        }
        if rows.isEmpty {
            frame.write(
                "  Nothing fits.", at: Point(column: inside.column, row: inside.row + 1), role: .dim,
                maxColumns: inside.columns)
        }
        frame.markMore(rows.count, from: view.first, height: height - max(view.more, 0), of: region)
    }

    /// Which rows are in view: the first one, the chosen one with all of its lines, and how many of these are more than one.
    private func view(
        of rows: [[Span]], _ inside: Region
    ) -> (first: Int, chosen: Int, whole: [[Span]], more: Int) {
        let height = inside.rows - 1
        let chosen = min(choice, max(rows.count - 1, 0))
        let whole = rows.isEmpty ? [] : Wrapping.rows(of: rows[chosen], columns: max(inside.columns - 2, 1))
        let more = min(whole.count, height) - 1
        let first = min(max(chosen + more - height + 1, 0), max(rows.count + more - height, 0))
        return (first, chosen, whole, more)
    }

    /// Chooses the row that was clicked; true where it was the chosen one already, whose click is what Enter is.
    mutating func click(_ point: Point, rows: [[Span]], _ region: Region) -> Bool {
        let inside = region.inset(columns: 2, rows: 1)
        let line = point.row - inside.row - 1
        guard inside.contains(point), line >= 0 else { return false }
        let view = view(of: rows, inside)
        let after = view.chosen - view.first
        let row = view.first + (line <= after ? line : max(after, line - max(view.more, 0)))
        guard rows.indices.contains(row) else { return false }
        defer { choice = row }
        return row == view.chosen
    }

    /// The keys for the key bar of a list whose Enter does this.
    static func bar(_ word: String) -> [(key: String, word: String)] {
        [("↓", "choose"), ("Enter", word), ("Esc", "close")]
    }

    /// The row that Enter takes.
    func chosen<Row>(_ rows: [Row]) -> Row? { rows.indices.contains(choice) ? rows[choice] : nil }
}

/// An overlay that is a list to choose from.
protocol PickOverlay: OverlayView {
    var list: PickList { get set }

    /// The rows that fit what was typed.
    /// - Parameter columns: what a row has room for.
    func rows(_ state: State, columns: Int) -> [[Span]]

    /// Does what Enter does with the chosen row.
    mutating func choose(_ state: inout State) -> OverlayOutcome
}

extension PickOverlay {
    /// What a row has room for beside its mark, in the overlay's region.
    func columns(_ region: Region) -> Int { max(region.columns - 6, 1) }

    /// Gives the list a key, and does what Enter does where it was that.
    mutating func pressInList(_ key: Key, count: Int, _ state: inout State) -> OverlayOutcome {
        let page = max(layout(state.size, state).overlay.rows - 4, 1)
        switch list.press(key, state.keyMap, count: count, page: page) {
        case .stay: return .stay()
        case .close: return .close()
        case .handOn: return .handOn
        case .choose: return choose(&state)
        }
    }

    mutating func click(_ point: Point, _ region: Region, _ state: inout State) -> OverlayOutcome {
        let rows = rows(state, columns: columns(region))
        return list.click(point, rows: rows, region) ? choose(&state) : .stay()
    }
}
