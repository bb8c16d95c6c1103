import Screen

/// What was taught, numbered as `/teach forget` takes it.
struct TaughtOverlay: OverlayView {
    let entries: [TaughtEntry]
    private var scroll = RowScroll()

    var keyBar: [(key: String, word: String)] { RowScroll.keys.bar }

    init(entries: [TaughtEntry]) { self.entries = entries }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let columns = layout(state.size, state).overlay.framedInside.columns
        return scroll.press(key, state, rows: rows(columns: columns).count)
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        let title = fitting(
            ["Taught · /teach forget N forgets a row, /teach again learns all", "Taught · /teach forget N", "Taught"],
            columns: region.columns - 4)
        scroll.render(rows(columns: region.framedInside.columns), title: title, region, into: &frame)
    }

    private func rows(columns: Int) -> [[Span]] {
        let width = "\(entries.count)".count + 2
        let room = max(columns - width, 1)
        return entries.enumerated().flatMap { index, entry -> [[Span]] in
            let number = "\(index + 1)"
            var lines: [[Span]] = []
            if !entry.earlier.isEmpty {
                lines += Wrapping.rows(of: [Span("after: " + entry.earlier, .dim)], columns: room)
            }
            if !entry.question.isEmpty { lines += Wrapping.rows(of: [Span(entry.question, .user)], columns: room) }
            lines += Wrapping.rows(of: [Span(entry.answer, .text)], columns: room)
            return lines.enumerated().map { line, spans in
                let start = line == 0 ? number : ""
                return [Span(start + String(repeating: " ", count: width - start.count), .keyName)] + spans
            }
        }
    }
}
