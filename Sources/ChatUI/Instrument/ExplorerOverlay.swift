import Chat
import Screen

/// Usage against threshold or price, from what was recorded with every token; the value in use is moved on the curve and
/// applies at the next token, also while a reply is written.
struct ExplorerOverlay: OverlayView {
    /// What runs along the curve.
    private var axis = Axis.threshold
    /// Whether the tokens of all answers count, or those of the last one.
    private var isConversation = false

    enum Axis: Sendable, Equatable {
        case threshold, price

        var range: ClosedRange<Double> { self == .threshold ? 0...1 : -2...2 }
        var step: Double { self == .threshold ? 0.01 : 0.05 }
    }

    enum Move: Sendable, Equatable { case lower, higher, muchLower, muchHigher, axis, scope, close }

    static let keys = OverlayKeys<Move>(
        title: "In the curve of usage",
        rows: [
            .init(.lower, [.left], "←", "", "lower by a little"),
            .init(.higher, [.right], "→", "move", "higher by a little"),
            .init(.muchLower, [.pageDown, .wordLeft], "PgDn", "", "lower by a tenth of the curve"),
            .init(.muchHigher, [.pageUp, .wordRight], "PgUp", "more", "higher by a tenth of the curve"),
            .init(.axis, [.tab], "Tab", "price or threshold", "threshold or price"),
            .init(.scope, [.character("c")], "c", "whole conversation", "the last answer or the whole conversation"),
            .init(.close, [.escape, .character("q"), .enter], "Esc", "close", "back to the conversation"),
        ])

    var placement: OverlayPlacement { .beside(rows: 12) }
    var keyBar: [(key: String, word: String)] { Self.keys.bar }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        switch Self.keys.id(of: key) {
        case nil: return state.outcomeBeside(key)
        case .close: return .close()
        case .lower: return .stay(move(by: -axis.step, &state))
        case .higher: return .stay(move(by: axis.step, &state))
        case .muchLower: return .stay(move(by: -10 * axis.step, &state))
        case .muchHigher: return .stay(move(by: 10 * axis.step, &state))
        case .scope: isConversation.toggle()
        case .axis:
            // Only a gate that predicts an effect knows a price.
            guard axis == .price || tokens(state).contains(where: { $0.sigma != nil && $0.effect != nil }) else {
                state.say(.warning, "This gate predicts no gain, so there is no price to move.")
                return .stay()
            }
            axis = axis == .threshold ? .price : .threshold
        }
        return .stay()
    }

    /// Without a line above the input: the curve says it.
    private func move(by step: Double, _ state: inout State) -> [Effect] {
        let value = (((value(state) + step) * 100).rounded() / 100)
        let moved = min(max(value, axis.range.lowerBound), axis.range.upperBound)
        switch axis {
        case .threshold:
            state.threshold = moved
            return [.setThreshold(moved)]
        case .price:
            guard state.mayHavePlugin else { return [] }
            state.price = moved
            return [.setPrice(moved)]
        }
    }

    private func value(_ state: State) -> Double { axis == .threshold ? state.threshold : state.price ?? 0 }

    private func tokens(_ state: State) -> some Sequence<TokenRecord> {
        state.conversation.turns.suffix(isConversation ? .max : 1).lazy.flatMap(\.reply.tokens)
    }

    private func curve(_ state: State) -> GateCurve {
        axis == .threshold
            ? GateCurve(overThresholdOf: tokens(state), price: state.price ?? 0)
            : GateCurve(overPriceOf: tokens(state), threshold: state.threshold)
    }

    // MARK: Drawing

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        let name = axis == .threshold ? "threshold" : "price"
        let area = region.framed(title: "Usage against the \(name)", into: &frame)
        let curve = curve(state)
        let value = value(state)
        let scope = isConversation ? "this conversation" : "the last answer"
        guard let now = curve.usagePercent(at: value) else {
            frame.write(
                shortened("No gate was asked in \(scope).", columns: area.columns), at: area.origin, role: .dim)
            return
        }
        let unit = axis == .price ? " nats" : ""
        var said = [
            Span("\(name) \(DecimalText.text(value, digits: 2))\(unit)", .heading), Span("  side would write "),
            Span(Meter.percent(now), .side), Span(" of \(curve.count) tokens", .dim),
        ]
        if columns(of: said) > area.columns { said.removeLast() }
        frame.write(said, at: area.origin, maxColumns: area.columns)
        // Large windows do not make it better.
        let rest = area.splitTop(1).rest.splitTop(16).top
        draw(curve, value, rest.splitBottom(min(2, rest.rows - 1)).rest, into: &frame)
        guard rest.rows > 2 else { return }
        let axisRow = rest.endRow - 2
        let (low, high) = (Self.label(axis.range.lowerBound), Self.label(axis.range.upperBound))
        let marker = column(of: value, rest.columns - 6)
        frame.write(low, at: Point(column: rest.column + 6, row: axisRow), role: .dim)
        frame.writeRight([Span(high, .dim)], in: rest, row: rest.rows - 2)
        frame.write("▲", at: Point(column: rest.column + 6 + marker, row: axisRow), role: .heading)
        let note = "From \(scope) as it stands; another word would have led elsewhere."
        let below = Region(
            column: rest.column, row: axisRow + 1, columns: rest.columns, rows: area.endRow - axisRow - 1)
        for (offset, row) in Wrapping.rows(of: [Span(note, .dim)], columns: below.columns).enumerated()
        where offset < below.rows {
            frame.write(row, at: Point(column: below.column, row: below.row + offset))
        }
    }

    private static func label(_ value: Double) -> String { DecimalText.text(value, digits: 0) }

    private func column(of value: Double, _ columns: Int) -> Int {
        let share = (value - axis.range.lowerBound) / (axis.range.upperBound - axis.range.lowerBound)
        return Int((min(max(share, 0), 1) * Double(max(columns - 1, 0))).rounded())
    }

    /// A column of cells for each value, in eighths of a row; the one in use is marked.
    private func draw(_ curve: GateCurve, _ value: Double, _ region: Region, into frame: inout Frame) {
        let columns = region.columns - 6
        guard columns > 1, region.rows > 0 else { return }
        frame.write("100 %", at: region.origin, role: .dim, maxColumns: 5)
        if region.rows > 1 {
            frame.write("  0 %", at: Point(column: region.column, row: region.endRow - 1), role: .dim, maxColumns: 5)
        }
        let marked = column(of: value, columns)
        for column in 0..<columns {
            let share = Double(column) / Double(columns - 1)
            let at =
                column == marked
                ? value : axis.range.lowerBound + share * (axis.range.upperBound - axis.range.lowerBound)
            let percent = curve.usagePercent(at: at) ?? 0
            let role: StyleRole = column == marked ? .side : .barBase
            for (row, cell) in Meter.column(percent / 100, rows: region.rows).enumerated() {
                let text = column == marked && cell == " " ? "┊" : String(cell)
                frame.write(
                    text, at: Point(column: region.column + 6 + column, row: region.row + row), role: role)
            }
        }
    }
}
