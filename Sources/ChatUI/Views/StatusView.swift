import Chat
import Screen

/// Legend and figures in one line; what does not fit is left out from the end, the legend never.
func renderStatus(_ state: State, _ region: Region, into frame: inout Frame) {
    let metrics = state.lastReply.map(Metrics.init) ?? Metrics()
    let parts: [[Span]] = [
        [Span("base", .base), Span(" ", .text), Span("side", .side)],
        state.networkSpans,
        [Span("usage \(Meter.percent(metrics.usagePercent))", .text)],
        [Span("speed \(Meter.speed(metrics.tokensPerSecond, unit: "/s"))", .text)],
        [Span("first \(Meter.time(metrics.firstTokenMilliseconds))", .text)],
        [Span("plugin \(state.mode.label)", .text)],
        [Span("price \(state.priceText)", .text)],
    ]
    var line: [Span] = [Span(" ", .dim)]
    var used = 1
    for (index, part) in parts.enumerated() {
        let separator = index == 0 ? 0 : 3
        guard used + separator + columns(of: part) <= region.columns else { break }
        if index > 0 { line.append(Span(" │ ", .border)) }
        line += part
        used += separator + columns(of: part)
    }
    frame.write(line, at: region.origin, maxColumns: region.columns)
}

extension State {
    /// The network in a few words, always with "simulated" where it is.
    var networkSpans: [Span] {
        if network.isOff { return [Span("network off", .dim)] }
        return [Span(network.name + (network.simulated ? " simulated" : ""), .network)]
    }

    /// The price, or a dash before it is known.
    var priceText: String { price.map { DecimalText.text($0, digits: 2) } ?? "–" }
}

/// The keys, as many as fit, from the action table.
func renderKeyBar(_ state: State, _ region: Region, into frame: inout Frame) {
    var column = region.column + 1
    for action in Action.all {
        guard let bar = state.keyMap.bar(of: action), action.id != .stop || state.isReplying else { continue }
        let width = TextWidth.columns(of: bar.key) + 1 + TextWidth.columns(of: bar.word)
        guard column + width <= region.endColumn else { break }
        let isOpen = state.obstacle(to: action.id) == nil
        frame.write(bar.key, at: Point(column: column, row: region.row), role: isOpen ? .keyName : .dim)
        frame.write(
            bar.word, at: Point(column: column + TextWidth.columns(of: bar.key) + 1, row: region.row), role: .keyHint)
        column += width + 2
    }
}
