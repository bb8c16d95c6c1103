import Screen

/// The conversation, or what to do with an empty one.
func renderTranscript(_ state: State, _ region: Region, into frame: inout Frame) {
    guard !region.isEmpty else { return }
    if state.conversation.turns.isEmpty, state.queued == nil {
        renderWelcome(state, region, into: &frame)
        return
    }
    for (offset, visible) in state.transcript.visible.prefix(region.rows).enumerated() {
        let place = Point(column: region.column, row: region.row + offset)
        switch visible.row.mark {
        case .none: break
        case .question: frame.write("›", at: place, role: .user)
        case .queued: frame.write("…", at: place, role: .system)
        case .ghost: frame.write("┆", at: place, role: .dim)
        }
        if visible.isMarked { frame.write("▸", at: place, role: .keyName) }
        var column = place.column + Regions.gutter
        for run in visible.row.runs {
            var (role, extra, text) = (run.role, run.extra, run.text)
            if let token = run.token {
                if !state.isReading,
                    let record = state.token(at: TokenPlace(turn: visible.place.turn, token: Int(token)))
                {
                    state.decoration.colouring.dress(&text, &role, &extra, as: record)
                }
                let marked = state.decoration.marked
                if marked?.token == Int(token), marked?.turn == visible.place.turn { extra.insert(.reverse) }
            }
            column += frame.write(
                text, at: Point(column: column, row: place.row), role: role, extra: extra,
                maxColumns: region.endColumn - column)
        }
    }
    if !state.transcript.isFollowing {
        let count = state.transcript.newTokens
        let text = count > 0 ? " ↓ \(count) new · End " : " ↓ more below · End "
        frame.writeRight([Span(text, .scrollMark)], in: region.splitRight(1).rest, row: region.rows - 1)
    }
}

private func renderWelcome(_ state: State, _ region: Region, into frame: inout Frame) {
    var lines: [[Span]] = [
        [Span(state.isReplay ? "A recorded session is played." : "Ask anything.", .text)]
            + [Span(" Every word shows who wrote it:", .text)],
        [Span("  "), Span("the base model", .base), Span("       plain", .dim)],
        [Span("  "), Span("the side plugin", .side), Span("      coloured and underlined", .dim)],
        [],
        [
            Span(state.isReplay ? "" : "\(state.keyText(.send)) sends · ", .dim),
            Span("\(state.keyText(.help)) shows the keys · / gives commands", .dim),
        ],
    ]
    switch state.engine {
    case .loading where state.isReplay: break
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
