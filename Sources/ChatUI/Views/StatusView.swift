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
        if network.isOffline { return [Span("offline simulated: base alone", .warning)] }
        return [Span(network.name + (network.simulated ? " simulated" : ""), .network)]
    }

    /// The price, or a dash before it is known.
    var priceText: String { price.map { DecimalText.text($0, digits: 2) } ?? "–" }
}

extension State {
    /// The keys of the open overlay, or else those of the action table, and whether each can do something now.
    fileprivate var keyBar: [(key: String, word: String, isOpen: Bool)] {
        if let keys = overlay?.keyBar, !keys.isEmpty { return keys.map { ($0.key, $0.word, true) } }
        return Action.all.compactMap { action in
            guard let bar = keyMap.bar(of: action), action.id != .stop || isReplying else { return nil }
            return (bar.key, bar.word, obstacle(to: action.id) == nil)
        }
    }
}

/// The keys, as many as fit.
func renderKeyBar(_ state: State, _ region: Region, into frame: inout Frame) {
    var column = region.column + 1
    for (key, word, isOpen) in state.keyBar {
        let width = TextWidth.columns(of: key) + 1 + TextWidth.columns(of: word)
        guard column + width <= region.endColumn else { break }
        frame.write(key, at: Point(column: column, row: region.row), role: isOpen ? .keyName : .dim)
        frame.write(
            word, at: Point(column: column + TextWidth.columns(of: key) + 1, row: region.row), role: .keyHint)
        column += width + 2
    }
}
