import Chat
import Screen

/// Legend and figures in one line; what does not fit is left out from the end, the legend never.
func renderStatus(_ state: State, _ region: Region, into frame: inout Frame) {
    let metrics = state.lastReply.map(Metrics.init) ?? Metrics()
    let key = Action.all.first { $0.id == .reading }.map { state.keyMap.text(of: $0) } ?? ""
    let reading = state.isReading ? [[Span("reading view, \(key) ends it", .system)]] : []
    // At times there, and long: what follows may fit where it does not.
    let missed = (state.lastReply?.missed.words).map { [[Span($0, .warning)]] } ?? []
    let isNarrow = region.columns < 60
    let network = isNarrow && state.network.isOffline ? [Span("no link, simulated", .warning)] : state.networkSpans
    let parts: [[Span]] =
        [[Span("base", .base), Span(" ", .text), Span("side", .side)]] + reading + [
            network, [Span("usage \(Meter.percent(metrics.usagePercent))", .text)],
        ] + missed + [
            [Span("speed \(Meter.speed(metrics.tokensPerSecond, unit: "/s"))", .text)],
            [Span("first \(Meter.time(metrics.firstTokenMilliseconds))", .text)],
            [Span("plugin \(state.modeLabel)", .text)],
            [Span(state.lacksGate ? "no gate" : "price \(state.priceText)", .text)],
        ]
    var line: [Span] = [Span(" ", .dim)]
    var used = 1
    for (index, part) in parts.enumerated() {
        let separator = index == 0 ? 0 : 3
        guard used + separator + columns(of: part) <= region.columns else {
            if part == missed.first { continue } else { break }
        }
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

/// A key in the key bar.
struct KeyBarItem {
    let key: String
    let word: String
    /// What it does; nil for a key of the overlay's own.
    var action: ActionID?
    /// Whether it can do something now.
    var isOpen = true
    var region = Region.none

    /// What it takes of the row.
    var columns: Int { TextWidth.columns(of: key) + 1 + TextWidth.columns(of: word) }
}

extension State {
    /// The keys of the open overlay, or else those of the action table, as many as fit. The last one of an overlay, which
    /// leaves it, fits always.
    func keyBar(_ region: Region) -> [KeyBarItem] {
        var wanted = keyBarItems
        let way = overlay.map { $0.keyBar.isEmpty } == false ? wanted.popLast() : nil
        var items: [KeyBarItem] = []
        var column = region.column + 1
        func add(_ item: KeyBarItem) {
            var item = item
            item.region = Region(column: column, row: region.row, columns: item.columns, rows: 1)
            items.append(item)
            column += item.columns + 2
        }
        let end = region.endColumn - (way.map { $0.columns + 2 } ?? 0)
        for item in wanted {
            guard column + item.columns <= end else { break }
            add(item)
        }
        if let way { add(way) }
        return items
    }

    private var keyBarItems: [KeyBarItem] {
        if let keys = overlay?.keyBar, !keys.isEmpty { return keys.map { KeyBarItem(key: $0.key, word: $0.word) } }
        return Action.all.compactMap { action in
            guard let bar = keyMap.bar(of: action), action.id != .stop || isReplying && !isReplay else { return nil }
            // A replay has keys of its own in place of those that would compute something.
            let isOpen = obstacle(to: action.id) == nil
            if !isOpen, isReplay || action.section == .replay { return nil }
            return KeyBarItem(key: bar.key, word: bar.word, action: action.id, isOpen: isOpen)
        }
    }
}

/// The keys, as many as fit.
func renderKeyBar(_ state: State, _ region: Region, into frame: inout Frame) {
    for item in state.keyBar(region) {
        let used = frame.write(item.key, at: item.region.origin, role: item.isOpen ? .keyName : .dim)
        frame.write(
            item.word, at: Point(column: item.region.column + used + 1, row: item.region.row), role: .keyHint)
    }
}
