import Chat
import Screen

/// The training in the background: how far it is, then the same question before and after, and the decision.
struct TeachingOverlay: OverlayView {
    private var scroll = RowScroll()

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        guard let teaching = state.teaching else { return .closeAndHandOn() }
        let isDecided = if case .decided = teaching.phase { true } else { false }
        switch (key, state.keyMap.action(of: key)) {
        case (.character("k"), _), (.character("K"), _):
            guard isDecided else { return .stay() }
            state.teaching = nil
            state.markedTurns = []
            return .close([.teaching(.keep)])
        case (.character("d"), _), (.character("D"), _):
            guard isDecided else { return .stay() }
            state.teaching = nil
            state.say(.information, "Discarded; everything is as before.")
            return .close([.teaching(.discard)])
        case (.character("s"), _), (.character("S"), _):
            guard !isDecided else { return .stay() }
            state.teaching = nil
            state.say(.information, "The training was stopped; everything is as before.")
            return .close([.teaching(.stop)])
        case (_, .stop), (_, .interrupt), (_, .send): return .close()
        case (_, .up): move(.up, teaching, state)
        case (_, .down): move(.down, teaching, state)
        case (_, .pageUp): move(.pageUp, teaching, state)
        case (_, .pageDown): move(.pageDown, teaching, state)
        case (_, .redraw), (_, .suspend), (_, .theme), (_, .panels): return .handOn
        default: break
        }
        return .stay()
    }

    private mutating func move(_ move: RowScroll.Move, _ teaching: Teaching, _ state: State) {
        let box = layout(state.size, state).overlay
        scroll.move(move, rows: Self.rows(teaching, state, columns: box.columns - 4).count, height: box.rows - 2)
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        guard let teaching = state.teaching else { return }
        frame.fill(region, role: .text)
        let inside = region.inset(columns: 2, rows: 1)
        let rows = Self.rows(teaching, state, columns: inside.columns)
        let isDecided = if case .decided = teaching.phase { true } else { false }
        let titles =
            isDecided
            ? ["Teaching · K keeps it, D discards it, Esc decides later", "K keeps · D discards · Esc later"]
            : ["Teaching · Esc goes on in the background, S stops it", "Teaching · Esc hides · S stops"]
        let title = fitting(titles, columns: region.columns - 4)
        frame.box(region, title: title, role: .border, titleRole: .title)
        scroll.write(rows, inside, of: region, into: &frame)
    }

    private static func rows(_ teaching: Teaching, _ state: State, columns: Int) -> [[Span]] {
        var rows: [[Span]] = []
        func add(_ spans: [Span]) { rows += Wrapping.rows(of: spans, columns: max(columns, 1)) }
        func figure(_ label: String, _ value: String) {
            let padding = max(1, (columns < 60 ? 16 : 26) - label.count)
            add([Span(label + String(repeating: " ", count: padding), .dim), Span(value, .text)])
        }
        switch teaching.phase {
        case .running(let progress):
            if let subject = Self.subject(teaching.content, columns: columns) { rows.append(subject) }
            let of = progress.epochs > 0 ? ", epoch \(progress.epoch) of \(progress.epochs)" : ""
            add([Span(progress.words + of, .text)])
            let bar = max(min(columns - 8, 40), 1)
            add([
                Span(Meter.bar(progress.fraction, columns: bar), .barDevice),
                Span(" \(progress.percent)", .text),
            ])
            rows.append([])
            figure("loss", Self.nats(progress.loss))
            figure("held-out loss", Self.nats(progress.heldOutLoss))
            figure("usage on it", Meter.percent(progress.usagePercent))
            if let left = progress.secondsLeft { figure("left", "about \(Int(left.rounded())) s") }
        case .decided(let result):
            figure("rows learned", "\(result.rows)")
            if let losses = result.losses {
                figure("held-out loss", "\(Self.nats(losses.base)) before, \(Self.nats(losses.gated)) now")
            }
            figure("usage on it", Meter.percent(result.usagePercent.own))
            figure("in general chat", Meter.percent(result.usagePercent.general))
            Self.unanswered(result.unanswered).forEach(add)
            guard !teaching.question.isEmpty else { break }
            rows.append([])
            add([Span("› ", .user), Span(teaching.question, .user)])
            rows.append([])
            add([Span("before", .heading)])
            let before = Wrapping.rows(of: Self.spans(teaching.before), columns: max(columns, 1))
            // What counts is the new answer: a long old one must not push it away.
            rows += before.count > 4 ? before.prefix(3) + [[Span("…", .dim)]] : before
            rows.append([])
            add([Span("after", .heading)])
            add(Self.spans(result.answer))
        }
        if let wanted = teaching.wanted {
            rows.append([])
            add([Span("wanted", .heading)])
            add([Span(wanted, .text)])
        }
        return rows
    }

    /// What is learned or forgotten, on one row; nil where that is not known yet.
    private static func subject(_ content: TeachingContent, columns: Int) -> [Span]? {
        func row(_ mark: String, _ entry: TaughtEntry, more: String) -> [Span] {
            let name = shortened(
                entry.name.replacing("\n", with: " "), columns: max(columns - mark.count - more.count, 1))
            return [Span(mark + name, .user), Span(more, .dim)]
        }
        if let forgotten = content.forgotten { return row("without ", forgotten, more: "") }
        guard let first = content.learned.first else { return nil }
        let others = content.learned.count - 1
        var more = others > 0 ? " and \(others) more" : ""
        if let rows = content.rows, rows > content.learned.count { more += " · \(rows) in all" }
        return row("› ", first, more: more)
    }

    /// What was not learned, and what to do.
    private static func unanswered(_ questions: [String]) -> [[Span]] {
        if questions.isEmpty { return [] }
        let most = 4
        let more = questions.count > most ? [[Span("  and \(questions.count - most) more", .dim)]] : []
        return [[Span("not answered word for word:", .warning)]]
            + questions.prefix(most).map { [Span("  " + $0, .text)] } + more + [
                [Span("An answer that begins with words of its question is learned better.", .dim)]
            ]
    }

    private static func nats(_ value: Double?) -> String {
        value.map { DecimalText.text($0, digits: 3) + " nats" } ?? "–"
    }

    private static func spans(_ tokens: [TokenRecord]) -> [Span] {
        var reply = Reply()
        for token in tokens { reply.append(token) }
        reply.end(.endOfTurn)
        let spans = reply.text.pieces.map { Span($0.text, reply.path(of: $0).role) }
        return spans.isEmpty ? [Span("nothing", .dim)] : spans
    }
}
