import Screen

/// The conversation, or what to do with an empty one.
func renderTranscript(_ state: State, _ region: Region, into frame: inout Frame) {
    guard !region.isEmpty else { return }
    if state.transcript.count == 0 {
        renderWelcome(state, region, into: &frame)
        return
    }
    let first = state.transcript.firstRow(height: region.rows)
    for (offset, row) in state.transcript.rows(from: first, count: region.rows).enumerated() {
        let place = Point(column: region.column, row: region.row + offset)
        switch row.mark {
        case .none: break
        case .question: frame.write("›", at: place, role: .user)
        case .queued: frame.write("…", at: place, role: .system)
        }
        frame.write(
            row.spans, at: Point(column: place.column + Regions.gutter, row: place.row),
            maxColumns: region.columns - Regions.gutter)
    }
    if !state.transcript.isFollowing {
        let count = state.transcript.newTokens
        let text = count > 0 ? " ↓ \(count) new · End " : " ↓ more below · End "
        frame.writeRight([Span(text, .scrollMark)], in: region.splitRight(1).rest, row: region.rows - 1)
    }
}

private func renderWelcome(_ state: State, _ region: Region, into frame: inout Frame) {
    var lines: [[Span]] = [
        [Span("Ask anything. Every word shows who wrote it:", .text)],
        [Span("  "), Span("the base model", .base), Span("       plain", .dim)],
        [Span("  "), Span("the side plugin", .side), Span("      coloured and underlined", .dim)],
        [],
        [Span("Enter sends · F1 or ? shows the keys · / gives commands", .dim)],
    ]
    switch state.engine {
    case .loading(let what): lines += [[], [Span("Loading \(what). You can write already.", .system)]]
    case .failed(let reason): lines += [[], [Span(reason, .error)]]
    case .ready(let info):
        if info.pluginName == nil {
            lines += [[], [Span("No plugin is loaded: the base writes every word.", .warning)]]
        }
    }
    var row = region.row + (region.rows > lines.count + 1 ? 1 : 0)
    for line in lines {
        for spans in line.isEmpty ? [[]] : Wrapping.rows(of: line, columns: max(region.columns - 3, 1)) {
            guard row < region.endRow else { return }
            frame.write(
                spans, at: Point(column: region.column + Regions.gutter, row: row),
                maxColumns: region.columns - Regions.gutter)
            row += 1
        }
    }
}
