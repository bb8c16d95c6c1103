import Chat
import Screen

/// The last question answered by the base alone, the side always, and gated: in columns, or below each other where the
/// window is narrow. The first token that differs is marked.
struct ComparisonOverlay: OverlayView {
    private var scroll = RowScroll()

    enum Move: Sendable, Equatable { case up, down, pageUp, pageDown, again, close }

    static let keys = OverlayKeys<Move>(
        title: "In the comparison",
        rows: [
            .init(.up, [.up], "↑", "", "row up"),
            .init(.down, [.down], "↓", "scroll", "row down"),
            .init(.pageUp, [.pageUp], "PgUp", "", "page up"),
            .init(.pageDown, [.pageDown], "PgDn", "page", "page down"),
            .init(.again, [.character("r")], "r", "again", "answer again"),
            .init(.close, [.escape, .character("q"), .enter], "Esc", "close", "stop and go back to the conversation"),
        ])

    var keyBar: [(key: String, word: String)] { Self.keys.bar }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let move: RowScroll.Move
        switch Self.keys.id(of: key) {
        case nil: return state.outcomeBeside(key)
        case .close:
            let effects = state.endComparison()
            return .close(effects)
        case .again:
            scroll = RowScroll()
            return .stay(state.beginComparison())
        case .up: move = .up
        case .down: move = .down
        case .pageUp: move = .pageUp
        case .pageDown: move = .pageDown
        }
        let region = layout(state.size, state).overlay
        // Columns have a head that stays.
        let height = region.framedInside.rows - (Self.isWide(region) ? 1 : 0)
        scroll.move(move, rows: Self.height(state, region), height: height)
        return .stay()
    }

    // MARK: Drawing

    private static func isWide(_ region: Region) -> Bool { region.columns >= 90 }

    /// Of the text of one answer.
    private static func columns(of region: Region) -> Int {
        let inside = region.framedInside.columns
        return isWide(region) ? (inside - 4) / 3 : inside
    }

    private static func height(_ state: State, _ region: Region) -> Int {
        guard let comparison = state.instrument.comparison else { return 0 }
        let columns = columns(of: region)
        let rows = ComparisonColumn.allCases.map { Self.rows(comparison, $0, columns: columns).count }
        // Below each other: three heads and two rows between.
        return isWide(region) ? rows.max() ?? 0 : rows.reduce(0, +) + 5
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        guard let comparison = state.instrument.comparison else { return }
        let question = (comparison.question.messages.last?.text ?? "").replacing("\n", with: " ")
        let title = shortened("“\(question)” three ways, without a network", columns: max(region.columns - 6, 1))
        let inside = region.framed(title: title, into: &frame)
        if Self.isWide(region) {
            let width = Self.columns(of: region)
            for column in ComparisonColumn.allCases {
                let place = Region(
                    column: inside.column + column.rawValue * (width + 2), row: inside.row, columns: width,
                    rows: inside.rows)
                frame.write(Self.head(comparison, column, state, columns: width), at: place.origin, maxColumns: width)
                let rows = Self.rows(comparison, column, columns: width)
                scroll.write(rows, place.splitTop(1).rest, into: &frame)
            }
            return
        }
        var rows: [[Span]] = []
        for column in ComparisonColumn.allCases {
            if column != .base { rows.append([]) }
            rows.append(Self.head(comparison, column, state, columns: inside.columns))
            rows += Self.rows(comparison, column, columns: inside.columns)
        }
        scroll.write(rows, inside, of: region, into: &frame)
    }

    private static func head(
        _ comparison: Comparison, _ column: ComparisonColumn, _ state: State, columns: Int
    ) -> [Span] {
        let reply = comparison[column]
        let name =
            switch column {
            case .base: "base alone"
            case .side: "side always"
            case .gated: state.lacksGate ? "no gate: as the side" : "gated"
            }
        let metrics = Metrics(reply)
        var figures: [String] = []
        if reply.isStreaming {
            figures.append(comparison.current == column ? "writing" : "waits")
        }
        if metrics.tokens > 0 {
            figures.append("\(metrics.tokens) \(metrics.tokens == 1 ? "token" : "tokens")")
            figures.append(Meter.percent(metrics.usagePercent) + " side")
            figures.append(Meter.time(metrics.medianMilliseconds))
        }
        let role: StyleRole = column == .side ? .side : column == .base ? .base : .heading
        let rest = shortened("  " + figures.joined(separator: " · "), columns: max(columns - name.count, 0))
        return [Span(name, role), Span(rest, .dim)]
    }

    /// The text of a column; the first token that differs is reversed.
    private static func rows(_ comparison: Comparison, _ column: ComparisonColumn, columns: Int) -> [[Span]] {
        let reply = comparison[column]
        let divergence = comparison.divergence(column)
        var spans: [Span] = []
        for piece in reply.text.pieces {
            let isFirst = piece.token == divergence
            spans.append(Span(piece.text, reply.path(of: piece).role, extra: isFirst ? .reverse : []))
        }
        if divergence == reply.tokens.count, !reply.isStreaming { spans.append(Span("▌", .warning)) }
        var rows = spans.isEmpty ? [] : Wrapping.rows(of: spans, columns: max(columns, 1))
        if let failure = comparison.failures[column] {
            rows += Wrapping.rows(of: [Span(failure, .error)], columns: max(columns, 1))
        }
        return rows
    }
}

extension State {
    /// Opens the comparison and has the last question answered three ways.
    mutating func openComparison() -> [Effect] {
        overlay = ComparisonOverlay()
        return beginComparison()
    }

    mutating func beginComparison() -> [Effect] {
        let effects = endComparison()
        instrument.comparisons += 1
        let question = ComparisonQuestion(run: instrument.comparisons, messages: conversation.prompt)
        instrument.comparison = Comparison(question)
        return effects + [.instrument(.compare(question))]
    }

    mutating func endComparison() -> [Effect] {
        let isRunning = instrument.comparison?.isRunning ?? false
        instrument.comparison = nil
        return isRunning ? [.instrument(.stop)] : []
    }

    /// Takes what the engine says to the comparison.
    mutating func comparisonChanged(_ event: InstrumentEvent) {
        switch event {
        case .compared(let question, let column, let token) where instrument.comparison?.question == question:
            instrument.comparison?.append(token, to: column)
        case .comparisonRetracted(let question, let column, let count)
        where instrument.comparison?.question == question:
            instrument.comparison?.retract(count, from: column)
        case .comparisonEnded(let question, let column, let reason, let failure)
        where instrument.comparison?.question == question:
            instrument.comparison?.end(column, reason, failure: failure)
        default: break
        }
    }
}
