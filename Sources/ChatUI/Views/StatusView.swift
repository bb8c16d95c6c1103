import Chat
import Screen

/// Legend and figures in one line; what does not fit is left out from the end, the legend never.
func renderStatus(_ state: State, _ region: Region, into frame: inout Frame) {
    let metrics = state.lastReply.map(Metrics.init) ?? Metrics()
    let reading = state.isReading ? [[Span("reading: looks off", .system)]] : []
    let parts: [[Span]] = [[Span("base", .base), Span(" ", .text), Span("side", .side)]] + reading + [
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
    for item in state.keyBar(region) {
        let isOpen = state.obstacle(to: item.action) == nil
        let used = frame.write(item.key, at: item.region.origin, role: isOpen ? .keyName : .dim)
        frame.write(
            item.word, at: Point(column: item.region.column + used + 1, row: item.region.row), role: .keyHint)
    }
}

/// A key in the key bar.
struct KeyBarItem {
    let action: ActionID
    let key: String
    let word: String
    let region: Region
}

extension State {
    /// The keys that fit into the key bar.
    func keyBar(_ region: Region) -> [KeyBarItem] {
        var items: [KeyBarItem] = []
        var column = region.column + 1
        for action in Action.all {
            guard let bar = keyMap.bar(of: action), action.id != .stop || isReplying else { continue }
            let width = TextWidth.columns(of: bar.key) + 1 + TextWidth.columns(of: bar.word)
            guard column + width <= region.endColumn else { break }
            items.append(
                KeyBarItem(
                    action: action.id, key: bar.key, word: bar.word,
                    region: Region(column: column, row: region.row, columns: width, rows: 1)))
            column += width + 2
        }
        return items
    }
}
