import Chat
import Screen

/// The last answer's times on other networks, reckoned from its ledger.
struct RetimeOverlay: OverlayView {
    private var scroll = RowScroll()

    var placement: OverlayPlacement { .beside(rows: 13) }
    var keyBar: [(key: String, word: String)] { RowScroll.keys.bar }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        scroll.press(key, state, rows: rows(state, columns: columns(state)).count)
    }

    private func columns(_ state: State) -> Int { layout(state.size, state).overlay.columns - 4 }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        scroll.render(
            rows(state, columns: region.columns - 4), title: "The last answer on other networks", region, into: &frame)
    }

    private func rows(_ state: State, columns: Int) -> [[Span]] {
        guard let reply = state.lastReply, !reply.tokens.isEmpty else { return [[Span("No answer yet.", .dim)]] }
        var networks: [(String, NetworkFigures?)] = [("off", nil)]
        networks += NetworkFigures.presets.map { ($0.name, Optional($0.figures)) }
        if let own = NetworkFigures(state.lastNetwork), !NetworkFigures.presets.contains(where: { $0.figures == own }) {
            networks.append(("custom", own))
        }
        let heads = columns < 44 ? ["first", "token", "all", "per s"] : ["first", "a token", "all", "a second"]
        var rows = [Self.row("", heads, columns, .dim)]
        for (name, figures) in networks {
            let times = Retiming(reply, on: figures, deadline: state.deadline)
            rows.append(
                Self.row(
                    name,
                    [
                        Meter.time(times.firstTokenMilliseconds), Meter.time(times.medianMilliseconds),
                        Meter.time(times.totalMilliseconds), Meter.speed(times.tokensPerSecond, unit: ""),
                    ], columns, name == state.network.name ? .heading : .text))
        }
        let measured = Metrics(reply)
        rows.append(
            Self.row(
                "as it was",
                [
                    Meter.time(measured.firstTokenMilliseconds), Meter.time(measured.medianMilliseconds),
                    Meter.time(reply.tokens.reduce(0) { $0 + $1.milliseconds.total }),
                    Meter.speed(measured.tokensPerSecond, unit: ""),
                ], columns, .text))
        let crossing = Crossing([reply])
        var note =
            "Computed, not measured: \(crossing.exchanges) exchanges and "
            + "\(Meter.bytes(crossing.bytesDown + crossing.bytesUp)) at each network’s mean delay."
        if let deadline = state.deadline { note += " No token waits longer than \(Meter.time(deadline))." }
        return rows + Wrapping.rows(of: [Span(note, .dim)], columns: max(columns, 1))
    }

    private static func row(_ name: String, _ values: [String], _ columns: Int, _ role: StyleRole) -> [Span] {
        // A time takes up to seven columns and the space before it.
        let name = name.padded(to: columns < 42 ? max(columns - 32, 9) : 10)
        let width = max((columns - name.count) / values.count, 7)
        let cells = values.map { String(repeating: " ", count: max(width - TextWidth.columns(of: $0), 1)) + $0 }
        return [Span(name, role), Span(cells.joined(), role)]
    }
}

/// What kind of data crossed between the two models, and how much of it.
struct LedgerOverlay: OverlayView {
    private var scroll = RowScroll()

    var placement: OverlayPlacement { .beside(rows: 13) }
    var keyBar: [(key: String, word: String)] { RowScroll.keys.bar }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let columns = layout(state.size, state).overlay.columns - 4
        return scroll.press(key, state, rows: rows(state, columns: columns).count)
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        scroll.render(rows(state, columns: region.columns - 4), title: "What crossed the link", region, into: &frame)
    }

    private func rows(_ state: State, columns: Int) -> [[Span]] {
        let answer = Crossing(state.conversation.turns.suffix(1).map(\.reply))
        let all = Crossing(state.conversation.turns.lazy.map(\.reply))
        func row(_ name: String, _ value: (Crossing) -> String, _ role: StyleRole = .text) -> [Span] {
            let width = max((columns - 16) / 2, 8)
            let cells = [answer, all].map { crossing in
                let text = value(crossing)
                return String(repeating: " ", count: max(width - TextWidth.columns(of: text), 1)) + text
            }
            return [Span(name.padded(to: 16), .dim), Span(cells.joined(), role)]
        }
        let width = max((columns - 16) / 2, 8)
        let heads = ["answer", columns < 44 ? "all" : "conversation"].map {
            String(repeating: " ", count: max(width - $0.count, 1)) + $0
        }
        var rows: [[Span]] = [
            [Span("".padded(to: 16)), Span(heads.joined(), .dim)],
            row("to the plugin") { Meter.bytes($0.bytesDown) },
            row("to the base") { Meter.bytes($0.bytesUp) },
        ]
        if all.promptBytes > 0 { rows.append(row("for the question", { Meter.bytes($0.promptBytes) })) }
        rows += [
            row("a token") { $0.bytesPerToken.map { Meter.bytes(Int($0.rounded())) } ?? "–" },
            row("exchanges") { "\($0.exchanges)" },
            row("tokens with any") { "\($0.crossed) of \($0.tokens)" },
        ]
        if all.missed.offline > 0 { rows.append(row("no link", { "\($0.missed.offline)" }, .warning)) }
        if all.missed.late > 0 { rows.append(row("too late", { "\($0.missed.late)" }, .warning)) }
        rows.append([])
        for line in kinds(state) {
            rows += Wrapping.rows(of: [Span(line)], columns: max(columns, 1))
        }
        return rows
    }

    /// What the bytes are.
    private func kinds(_ state: State) -> [String] {
        guard let info = state.engineInfo, info.pluginName != nil else {
            return ["No plugin is loaded: nothing crosses."]
        }
        var lines: [String]
        switch info.pluginPlace {
        case .beside(let taps):
            lines = [
                "Down, for a side token: the base’s final state and \(taps) of its inner states at that place, in half precision.",
                "Up: the token that was chosen, nothing else.",
                "A token of the base moves nothing.",
            ]
        case .inside(let blocks):
            lines = [
                "Down, for every token and the whole question: the states of \(blocks) blocks, in half precision.",
                "Up: what the plugin adds to them.",
            ]
        }
        if info.gateParameters > 0 {
            lines.append(
                "Once: the gate’s \(info.gateParameters) numbers, \(Meter.bytes(4 * info.gateParameters)); the base has to decide before it asks."
            )
        }
        lines.append("Never: the plugin’s own weights, what it was trained on, and its scores for other tokens.")
        return lines
    }
}

/// One row an answer: the share of side tokens along it. Up and down choose, Enter goes there.
struct MinimapOverlay: OverlayView {
    private var choice: Int

    init(_ state: State) { choice = max(state.conversation.turns.count - 1, 0) }

    enum Move: Sendable, Equatable { case up, down, first, last, pageUp, pageDown, inspect, go }

    static let keys = OverlayKeys<Move>(
        title: "In the map of answers",
        rows: [
            .init(.up, [.up], "↑", "", "answer before"),
            .init(.down, [.down], "↓", "choose", "next answer"),
            .init(.pageUp, [.pageUp], "PgUp", "", "ten answers back"),
            .init(.pageDown, [.pageDown], "PgDn", "", "ten answers on"),
            .init(.first, [.home], "Home", "", "first answer"),
            .init(.last, [.end], "End", "", "last answer"),
            .init(.inspect, [.character("i")], "i", "inspect", "walk over its tokens"),
            .init(.go, [.enter, .escape, .character("q")], "Enter", "go there", "to the answer that was chosen"),
        ])

    var placement: OverlayPlacement { .beside(rows: 10) }
    var keyBar: [(key: String, word: String)] { Self.keys.bar }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let last = max(state.conversation.turns.count - 1, 0)
        switch Self.keys.id(of: key) {
        case nil: return state.outcomeBeside(key)
        case .go: return .close()
        case .up: choice -= 1
        case .down: choice += 1
        case .pageUp: choice -= 10
        case .pageDown: choice += 10
        case .first: choice = 0
        case .last: choice = last
        case .inspect:
            let place = TokenPlace(turn: choice, token: 0)
            guard state.token(at: place) != nil else { return .stay() }
            let effects = state.openInspector(at: place)
            return state.overlay.map { .open($0, effects) } ?? .close(effects)
        }
        choice = min(max(choice, 0), last)
        state.reveal(turn: choice)
        return .stay()
    }

    mutating func click(_ point: Point, _ region: Region, _ state: inout State) -> OverlayOutcome {
        let inside = region.framedInside
        let count = state.conversation.turns.count
        let index = firstRow(of: count, height: inside.rows) + point.row - inside.row
        guard inside.contains(point), index < count else { return .stay() }
        choice = index
        state.reveal(turn: index)
        return .stay()
    }

    /// The answer in the first row: the chosen one is in the middle where there are more than rows.
    private func firstRow(of count: Int, height: Int) -> Int {
        min(max(min(choice, count - 1) - height / 2, 0), max(count - height, 0))
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        let inside = region.framed(title: "Side words along each answer", into: &frame)
        let turns = state.conversation.turns
        guard !turns.isEmpty else {
            frame.write("No answer yet.", at: inside.origin, role: .dim, maxColumns: inside.columns)
            return
        }
        let chosen = min(choice, turns.count - 1)
        let first = firstRow(of: turns.count, height: inside.rows)
        let columns = max(inside.columns - 13, 1)
        for (offset, turn) in turns[first...].prefix(inside.rows).enumerated() {
            let row = inside.row + offset
            let index = first + offset
            frame.write(index == chosen ? "▸" : " ", at: Point(column: inside.column, row: row), role: .keyName)
            frame.write("\(index + 1)", at: Point(column: inside.column + 1, row: row), role: .dim, maxColumns: 4)
            let usage = Meter.percent(Metrics(turn.reply).usagePercent)
            frame.writeRight([Span(usage, .text)], in: inside, row: offset)
            let shares = turn.reply.sideShares(stretches: columns)
            for (column, share) in shares.enumerated() {
                let text = share == 0 ? "·" : String(Meter.height(Float(share)))
                frame.write(
                    text, at: Point(column: inside.column + 6 + column, row: row), role: share == 0 ? .dim : .side)
            }
        }
    }
}
