import Chat
import Screen

extension InspectorOverlay {
    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        guard let token = state.token(at: place) else { return }
        let count = state.conversation.turns[place.turn].reply.tokens.count
        let title = "Token \(place.token + 1) of \(count) · answer \(place.turn + 1)"
        let details = InspectorDetails(token: token, inspector: self, state: state)
        let inside = region.framed(title: title, into: &frame)
        if region.rows < 8 {
            write(details.brief(columns: inside.columns), inside, into: &frame)
            return
        }
        if inside.rows >= 24 || inside.columns < 70 {
            let figures = details.figures(columns: inside.columns)
            write(figures, inside, into: &frame)
            let rest = inside.splitTop(figures.count + 1).rest
            details.renderCandidates(rest, into: &frame)
        } else {
            let (left, rest) = inside.splitLeft(inside.columns * 9 / 20)
            write(details.figures(columns: left.columns - 2), left, into: &frame)
            details.renderCandidates(rest, into: &frame)
        }
    }

    private func write(_ rows: [[Span]], _ region: Region, into frame: inout Frame) {
        for (offset, row) in rows.prefix(region.rows).enumerated() {
            frame.write(row, at: Point(column: region.column, row: region.row + offset), maxColumns: region.columns)
        }
    }
}

/// What is said of one token.
private struct InspectorDetails {
    let token: TokenRecord
    let inspector: InspectorOverlay
    let state: State

    private var inspection: TokenInspection? {
        inspector.question.flatMap { state.instrument.inspections[$0] }
    }

    private var name: Span { Span("“\(TokenText.shown(token.bytes, id: token.id))”", token.path.role) }

    // MARK: Figures

    /// Label and value at both ends of a row.
    private func row(_ label: String, _ value: [Span], _ columns: Int) -> [Span] {
        let used = TextWidth.columns(of: label)
        let width = value.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
        return [Span(label, .dim), Span(String(repeating: " ", count: max(columns - used - width, 1)))] + value
    }

    private func row(_ label: String, _ value: String, _ columns: Int) -> [Span] {
        row(label, [Span(value, value == "–" ? .dim : .text)], columns)
    }

    /// Every figure, what matters most first.
    func figures(columns: Int) -> [[Span]] {
        let times = token.milliseconds
        var rows = [row(shortened(name.text, columns: columns - 8), who, columns)]
        rows[0][0].role = name.role
        if let (_, reason) = fallback { rows.append([Span(shortened(reason, columns: columns), .warning)]) }
        rows.append(row("gate", decision, columns))
        if token.sigma != nil { rows.append(bar(columns)) }
        rows += [
            row("gain, nats", "\(gain(token.effect)) hoped, \(gain(inspection?.realisedEffect)) real", columns),
            row(
                "price", token.sigma == nil ? "–" : "\(DecimalText.text(Double(token.price), digits: 2)) nats", columns),
            row("about the subject", token.sigma.map { probability($0) } ?? "–", columns),
            row("time", Meter.time(times.total) + (token.simulated ? ", network simulated" : ""), columns),
            row("  base, device", "\(Meter.time(times.base)), \(Meter.time(times.device))", columns),
            row("  up, down", "\(Meter.time(times.uplink)), \(Meter.time(times.downlink))", columns),
            row("sent", sent, columns),
            row("id", "\(token.id)", columns),
        ]
        return rows
    }

    /// The rows of a very small window.
    func brief(columns: Int) -> [[Span]] {
        var rows = [row(shortened(name.text, columns: columns / 2), decision, columns)]
        rows[0][0].role = name.role
        if let (_, reason) = fallback { rows.append([Span(shortened(reason, columns: columns), .warning)]) }
        if let base = inspection?.base.first {
            let half = columns / 2
            var line = candidate(base, columns: half - 1, first: "base ", role: .base) + [Span(" ")]
            if let side = inspection?.side.first {
                line += candidate(side, columns: columns - half, first: "side ", role: .side)
            }
            rows.append(line)
        } else {
            rows.append([Span(shortened(waiting, columns: columns), .dim)])
        }
        rows.append(
            row(
                "gain \(gain(token.effect)), real \(gain(inspection?.realisedEffect))",
                Meter.time(token.milliseconds.total), columns))
        rows.append(row("sent", sent, columns))
        return rows
    }

    private var who: [Span] { [Span(token.path == .side ? "side" : "base", token.path.role)] }

    /// Why the base spoke although the side was to.
    private var fallback: (TokenFallback, String)? {
        token.fallback.map {
            ($0, $0 == .offline ? "No link for the side it wanted." : "Late: the side that it wanted.")
        }
    }

    private var decision: [Span] {
        guard token.sigma != nil else {
            let text = token.path == .side || token.fallback != nil ? "none: always the side" : "not asked"
            return [Span(text, .dim)]
        }
        let above = token.probability > token.threshold
        return [
            Span("\(compared.probability) \(above ? ">" : "≤") \(compared.threshold)"),
            Span(above ? " → side" : " → base", above ? .side : .base),
        ]
    }

    /// Probability and threshold, with a third digit where two do not tell them apart.
    private var compared: (probability: String, threshold: String) {
        let texts = (probability(token.probability), probability(token.threshold))
        guard texts.0 == texts.1, token.probability != token.threshold else { return texts }
        return (
            DecimalText.text(Double(token.probability), digits: 3), DecimalText.text(Double(token.threshold), digits: 3)
        )
    }

    /// The probability as a bar, the threshold as a mark on it.
    private func bar(_ columns: Int) -> [Span] {
        let filled = Meter.bar(Double(token.probability), columns: columns)
        let mark = min(Int((min(max(0, token.threshold), 1) * Float(columns)).rounded()), columns - 1)
        var cells = Array(filled.padded(to: columns))
        cells[mark] = "┃"
        return [
            Span(String(cells[..<mark]), .barDevice), Span("┃", .heading),
            Span(String(cells[(mark + 1)...]), .barDevice),
        ]
    }

    private var sent: String {
        guard token.transmissions > 0 || token.bytesDown > 0 else { return "nothing" }
        let exchanges = token.transmissions > 1 ? " in \(token.transmissions)" : ""
        return "\(Meter.bytes(token.bytesUp)) up, \(Meter.bytes(token.bytesDown)) down\(exchanges)"
    }

    private func probability(_ value: Float) -> String { DecimalText.text(Double(value), digits: 2) }

    private func gain(_ value: Float?) -> String {
        guard let value, value.isFinite else { return "–" }
        return (value > 0 ? "+" : "") + DecimalText.text(Double(value), digits: 2)
    }

    // MARK: Candidates

    /// Why there are no candidates (yet).
    private var waiting: String {
        if let failed = state.instrument.failed, failed.question == inspector.question { return failed.reason }
        if state.isReplying { return "Candidates come when the answer has ended: the engine writes it." }
        return state.engineInfo == nil ? "Candidates come when the model is ready." : "Asking both paths…"
    }

    func renderCandidates(_ region: Region, into frame: inout Frame) {
        guard region.rows > 1 else { return }
        guard let inspection else {
            for (offset, row) in Wrapping.rows(of: [Span(waiting, .dim)], columns: max(region.columns, 1)).enumerated()
            where offset < region.rows {
                frame.write(row, at: Point(column: region.column, row: region.row + offset), maxColumns: region.columns)
            }
            return
        }
        let (left, rest) = region.splitLeft(inspection.side.isEmpty ? region.columns : (region.columns - 2) / 2)
        list("base would say", inspection.base, .base, left, into: &frame)
        if !inspection.side.isEmpty {
            list("side would say", inspection.side, .side, rest.splitLeft(2).rest, into: &frame)
        }
    }

    private func list(
        _ title: String, _ candidates: [TokenCandidate], _ role: StyleRole, _ region: Region, into frame: inout Frame
    ) {
        frame.write(title, at: region.origin, role: role, maxColumns: region.columns)
        for (offset, entry) in candidates.prefix(region.rows - 1).enumerated() {
            let mark = entry.id == token.id ? "▸" : " "
            frame.write(
                candidate(entry, columns: region.columns, first: mark, role: .text),
                at: Point(column: region.column, row: region.row + 1 + offset), maxColumns: region.columns)
        }
    }

    private func candidate(
        _ candidate: TokenCandidate, columns: Int, first: String, role: StyleRole
    ) -> [Span] {
        let percent = Meter.percent(Double(candidate.probability) * 100)
        let room = columns - TextWidth.columns(of: first) - TextWidth.columns(of: percent) - 1
        let text = shortened(TokenText.shown(candidate.bytes, id: candidate.id), columns: max(room, 1))
        let space = String(repeating: " ", count: max(room - TextWidth.columns(of: text), 0) + 1)
        return [Span(first, role == .text ? .keyName : role), Span(text), Span(space + percent, .dim)]
    }
}

extension String {
    /// Spaces up to a number of characters, or as it is.
    func padded(to count: Int) -> String { self + String(repeating: " ", count: max(count - self.count, 0)) }
}
