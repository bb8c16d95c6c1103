import Chat
import Screen

/// The side panels, neighbours sharing a border.
func renderPanels(_ state: State, _ placements: [Regions.Placement], into frame: inout Frame) {
    let metrics = state.lastReply.map(Metrics.init) ?? Metrics()
    for (index, placement) in placements.enumerated() {
        let region = placement.region
        frame.box(region, title: placement.panel.title, role: .border, titleRole: .title)
        if index > 0 {
            frame.write("├", at: region.origin, role: .border)
            frame.write("┤", at: Point(column: region.endColumn - 1, row: region.row), role: .border)
        }
        let inside = region.inset(columns: 2, rows: 1)
        switch placement.panel {
        case .legend: renderLegend(inside, into: &frame)
        case .latency: renderLatency(metrics, inside, into: &frame)
        case .usage: renderUsage(state, metrics, inside, into: &frame)
        case .network: renderNetwork(state, metrics, inside, into: &frame)
        case .plugin: renderPlugin(state, inside, into: &frame)
        case .model: renderModel(state, inside, into: &frame)
        }
    }
}

private func renderLegend(_ region: Region, into frame: inout Frame) {
    frame.write("words of the base model", at: region.origin, role: .base, maxColumns: region.columns)
    frame.write(
        "words of the side plugin", at: Point(column: region.column, row: region.row + 1), role: .side,
        maxColumns: region.columns)
}

/// First token, time a token, speed, and where the reply's time went.
private func renderLatency(_ metrics: Metrics, _ region: Region, into frame: inout Frame) {
    func value(_ text: String) -> [Span] { [Span(text, text == "–" ? .dim : .text)] }
    frame.writeRow("first token", value(Meter.time(metrics.firstTokenMilliseconds)), in: region, row: 0)
    frame.writeRow("a token, median", value(Meter.time(metrics.medianMilliseconds)), in: region, row: 1)
    frame.writeRow("95 % of them below", value(Meter.time(metrics.percentile95Milliseconds)), in: region, row: 2)
    frame.writeRow("speed", value(Meter.speed(metrics.tokensPerSecond)), in: region, row: 3)
    let parts: [(String, Double, StyleRole)] = [
        ("base", metrics.sums.base, .barBase), ("device", metrics.sums.device, .barDevice),
        ("uplink", metrics.sums.uplink, .barUplink), ("downlink", metrics.sums.downlink, .barDownlink),
    ]
    let most = parts.map(\.1).max() ?? 0
    let barColumns = max(region.columns - 19, 0)
    for (index, (label, milliseconds, role)) in parts.enumerated() {
        let row = 4 + index
        let text = metrics.tokens == 0 ? "–" : Meter.time(milliseconds)
        let left = region.splitLeft(18).left
        frame.writeRow(label, value(text), in: left, row: row)
        guard most > 0, region.columns > 19 else { continue }
        frame.write(
            Meter.bar(milliseconds / most, columns: barColumns),
            at: Point(column: region.column + 19, row: region.row + row), role: role, maxColumns: barColumns)
    }
}

/// Share of side tokens in the reply and the session, context, and the last tokens.
private func renderUsage(_ state: State, _ metrics: Metrics, _ region: Region, into frame: inout Frame) {
    let shares = [("this reply", metrics.usagePercent), ("session", state.totals.usagePercent)]
    let barColumns = max(region.columns - 19, 0)
    for (row, (label, percent)) in shares.enumerated() {
        let text = Meter.percent(percent)
        frame.writeRow(label, [Span(text, percent == nil ? .dim : .text)], in: region.splitLeft(18).left, row: row)
        frame.write(
            Meter.bar((percent ?? 0) / 100, columns: barColumns),
            at: Point(column: region.column + 19, row: region.row + row), role: .barDevice, maxColumns: barColumns)
    }
    var context = [Span("–", .dim)]
    if let (used, limit) = state.context {
        context = [Span("\(used) of \(limit) tokens", used * 10 >= limit * 9 ? .warning : .text)]
    }
    frame.writeRow("context", context, in: region, row: 2)
    let missed = state.missedRows
    for (offset, (label, value)) in missed.enumerated() {
        frame.writeRow(label, [Span(value, .warning)], in: region, row: 3 + offset)
    }
    let line = state.lastReply?.sparkline(last: min(32, region.columns)) ?? []
    let place = Point(column: region.column, row: region.row + 3 + missed.count)
    if line.isEmpty {
        frame.write("the last 32 tokens’ probability", at: place, role: .dim, maxColumns: region.columns)
    } else {
        frame.write(line.map { Span(String(Meter.height($0.probability)), $0.path.role) }, at: place)
    }
}

extension State {
    /// Words of the side that the base spoke in the last reply: what kept the side from them, and how many there are.
    /// Empty where nothing did, so that the rows are there only when they say something.
    var missedRows: [(label: String, value: String)] {
        guard let missed = lastReply?.missed, missed.count > 0 else { return [] }
        let end = missed.isSimulated ? " simulated" : ""
        return [("past the deadline", missed.late), ("without a link", missed.offline)].filter { $0.1 > 0 }
            .map { ($0.0, "\($0.1)\(end)") }
    }
}

private func renderNetwork(_ state: State, _ metrics: Metrics, _ region: Region, into frame: inout Frame) {
    frame.write(state.networkSpans, at: region.origin, maxColumns: region.columns)
    let detail = state.network.isOff ? "both models in this process" : state.network.detail
    frame.write(
        shortened(detail, columns: region.columns), at: Point(column: region.column, row: region.row + 1), role: .dim,
        maxColumns: region.columns)
    let moved =
        metrics.tokens == 0
        ? "–" : "\(Meter.bytes(metrics.bytesUp)) up, \(Meter.bytes(metrics.bytesDown)) down"
    frame.writeRow("sent", [Span(moved, metrics.tokens == 0 ? .dim : .text)], in: region, row: 2)
}

private func renderPlugin(_ state: State, _ region: Region, into frame: inout Frame) {
    let name = state.engineInfo.map { $0.pluginName ?? "none" } ?? "–"
    frame.writeRow(
        state.modeLabel, [Span(shortened(name, columns: region.columns - 9), name == "–" ? .dim : .text)], in: region,
        row: 0)
    if state.lacksGate {
        frame.writeRow("price, threshold", [Span("no gate", .dim)], in: region, row: 1)
        return
    }
    frame.writeRow(
        "price", [Span(state.price.map { _ in "\(state.priceText) nats" } ?? "–", .text)], in: region, row: 1)
    frame.writeRow(
        "threshold", [Span(DecimalText.text(state.threshold, digits: 2), .text)], in: region, row: 2)
}

private func renderModel(_ state: State, _ region: Region, into frame: inout Frame) {
    guard let info = state.engineInfo else {
        frame.write("–", at: region.origin, role: .dim, maxColumns: region.columns)
        return
    }
    frame.write(shortened(info.modelName, columns: region.columns), at: region.origin, role: .text)
    frame.write(
        "\(info.threads) \(info.threads == 1 ? "thread" : "threads")",
        at: Point(column: region.column, row: region.row + 1), role: .dim, maxColumns: region.columns)
}
