import Chat
import Screen

extension TokenColouring {
    /// The five levels: a look, and a shade that tells it without colour.
    private static let levels: [(role: StyleRole, shade: String)] = [
        (.heat1, " "), (.heat2, "░"), (.heat3, "▒"), (.heat4, "▓"), (.heat5, "█"),
    ]

    /// Where the second to fifth level begin.
    private var bounds: [Double] {
        switch self {
        case .gate: []
        case .probability: [0.2, 0.4, 0.6, 0.8]
        case .effect: [-0.5, 0, 0.5, 1]
        case .latency: [10, 30, 100, 300]
        }
    }

    /// The value that is shown; nil where the token has none.
    private func value(of token: TokenRecord) -> Double? {
        switch self {
        case .gate: nil
        case .probability: token.sigma.map { _ in Double(token.probability) }
        case .effect: token.effect.map(Double.init)
        case .latency: token.milliseconds.total
        }
    }

    /// The level of a token, from 0 to 4; nil where it has no value.
    package func level(of token: TokenRecord) -> Int? {
        guard let value = value(of: token), value.isFinite else { return nil }
        return bounds.count { value >= $0 }
    }

    /// How a piece of a token looks. Foreground and underline stay the gate's but for the heat, which is in the background;
    /// the space before a word shows the level without colour.
    func dress(_ text: inout String, _ role: inout StyleRole, _ extra: inout Attributes, as token: TokenRecord) {
        role = token.path.role
        guard let level = level(of: token) else { return }
        role = Self.levels[level].role
        if token.path == .side { extra.insert(.underline) }
        if text.hasPrefix(" ") { text = Self.levels[level].shade + text.dropFirst() }
    }

    /// What the heat says.
    var title: String {
        switch self {
        case .gate: "Who wrote it"
        case .probability: "Gate’s probability"
        case .effect: "Expected gain, nats"
        case .latency: "Time, ms"
        }
    }

    /// The scale in one row, the title left out where there is no room.
    func legend(columns: Int) -> [Span] {
        let numbers = bounds.map { Self.short($0) }
        var scale: [Span] = []
        for (index, level) in Self.levels.enumerated() {
            let text = index == 0 ? "below \(numbers[0])" : numbers[index - 1]
            scale += [Span(level.shade + text, level.role), Span(" ")]
        }
        let width = scale.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
        let title = title + "  "
        return TextWidth.columns(of: title) + width <= columns ? [Span(title, .heading)] + scale : scale
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? DecimalText.text(value, digits: 0) : DecimalText.text(value, digits: 1)
    }

    /// The colouring that the key turns to.
    var next: TokenColouring {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}

extension State {
    /// Colours tokens by something else.
    mutating func setColouring(_ colouring: TokenColouring) -> [Effect] {
        decoration.colouring = colouring
        if colouring == .gate { say(.information, "Colours say who wrote each word.") }
        return []
    }
}

/// What the heat's colours mean, above the input.
func renderHeatLegend(_ state: State, _ region: Region, into frame: inout Frame) {
    frame.write(
        state.decoration.colouring.legend(columns: region.columns - Regions.gutter),
        at: Point(column: region.column + Regions.gutter, row: region.row), maxColumns: region.columns - Regions.gutter)
}
