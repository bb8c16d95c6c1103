import Chat
import Screen

/// The network between the two models: presets, free values, no link, and how long to wait for a side token. What is
/// changed applies at once, also while a reply is written.
struct NetworkOverlay: OverlayView {
    /// One row of the panel.
    enum Field: Int, Sendable, CaseIterable {
        case preset, roundTrip, jitter, loss, bandwidth, seed, deadline

        var label: String {
            switch self {
            case .preset: "network"
            case .roundTrip: "round trip, ms"
            case .jitter: "jitter, ms"
            case .loss: "lost, %"
            case .bandwidth: "bandwidth, Mbit/s"
            case .seed: "seed"
            case .deadline: "deadline, ms"
            }
        }

        /// What an empty value means.
        var absent: String {
            switch self {
            case .bandwidth: "unlimited"
            case .seed: "other delays each time"
            case .deadline: "waits as long as it takes"
            case .preset, .roundTrip, .jitter, .loss: "0"
            }
        }
    }

    private(set) var field = Field.preset
    /// What is being typed into the field; nil while its value stands.
    private(set) var typed: String?

    /// The values; those of the last network while there is none.
    private func figures(_ state: State) -> NetworkFigures {
        NetworkFigures(state.lastNetwork) ?? NetworkFigures(roundTripMilliseconds: 50)
    }

    enum Move: Sendable, Equatable { case up, down, less, more, apply, erase, offline, off, close }

    static let keys = OverlayKeys<Move>(
        title: "In the network panel",
        rows: [
            .init(.up, [.up, .backTab], "↑", "", "value above"),
            .init(.down, [.down, .tab], "↓", "choose", "value below"),
            .init(.less, [.left], "←", "", "less, or the preset before"),
            .init(.more, [.right], "→", "change", "more, or the next preset"),
            .init(.apply, [.enter], "Enter", "take", "take what was typed: digits and a point"),
            .init(.erase, [.backspace, .delete], "Backspace", "", "erase; an empty value is none"),
            .init(.offline, [.character("o")], "o", "no link", "no link, or the link again"),
            .init(.off, [.character("x")], "x", "off", "no network at all"),
            .init(.close, [.escape, .character("q")], "Esc", "close", "back to the conversation"),
        ])

    var placement: OverlayPlacement { .beside(rows: 12) }
    var keyBar: [(key: String, word: String)] { Self.keys.bar }

    // MARK: Keys

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        guard let move = Self.keys.id(of: key) else {
            if case .character(let character) = key, field != .preset, character.isASCII,
                character.isNumber || character == "." || character == ","
            {
                if (typed ?? "").count < 20 { typed = (typed ?? "") + (character == "," ? "." : String(character)) }
                return .stay()
            }
            return state.outcomeBeside(key)
        }
        switch move {
        case .up, .down:
            let effects = take(&state)
            let all = Field.allCases
            let index = field.rawValue + (move == .up ? all.count - 1 : 1)
            field = all[index % all.count]
            return .stay(effects)
        case .less, .more:
            if typed != nil { return .stay(take(&state)) }
            return .stay(step(move == .more ? 1 : -1, &state))
        case .apply: return .stay(take(&state))
        case .erase:
            if field != .preset { typed = String((typed ?? text(of: field, state)).dropLast()) }
            return .stay()
        case .offline:
            typed = nil
            return .stay(use(state.network.isOffline ? state.lastNetwork : "offline", &state))
        case .off:
            typed = nil
            return .stay(use("off", &state))
        case .close: return .close(take(&state))
        }
    }

    private func use(_ name: String, _ state: inout State) -> [Effect] {
        state.network = State.network(named: name)
        if !state.network.isOff, !state.network.isOffline { state.lastNetwork = name }
        return [.setNetwork(name)]
    }

    /// Takes what was typed; what makes no network stays out, and a line says why.
    private mutating func take(_ state: inout State) -> [Effect] {
        guard let text = typed else { return [] }
        typed = nil
        let number = text.isEmpty ? nil : Double(text)
        guard text.isEmpty || number != nil else {
            state.say(.warning, "“\(text)” is no number.")
            return []
        }
        if field == .deadline { return setDeadline(number, &state) }
        var wanted = figures(state)
        switch field {
        case .roundTrip: wanted.roundTripMilliseconds = number ?? 0
        case .jitter: wanted.jitterMilliseconds = number ?? 0
        case .loss: wanted.loss = (number ?? 0) / 100
        case .bandwidth: wanted.bitsPerSecond = number.map { $0 * 1e6 } ?? .infinity
        case .seed:
            guard let seed = UInt64(text), !text.isEmpty else {
                if text.isEmpty { wanted.seed = nil } else { state.say(.warning, "A seed is a whole number.") }
                break
            }
            wanted.seed = seed
        case .preset, .deadline: break
        }
        return accept(wanted, &state)
    }

    private func accept(_ wanted: NetworkFigures, _ state: inout State) -> [Effect] {
        if let fault = wanted.fault {
            state.say(.warning, fault)
            return []
        }
        let preset = NetworkFigures.presets.first { $0.figures == wanted }
        return use(preset?.name ?? wanted.description, &state)
    }

    private func setDeadline(_ milliseconds: Double?, _ state: inout State) -> [Effect] {
        if let milliseconds, !State.deadlineRange.contains(milliseconds) {
            state.say(.warning, "A deadline is 1 to 60000 milliseconds, or empty for none.")
            return []
        }
        state.deadline = milliseconds
        return [.instrument(.setDeadline(milliseconds))]
    }

    /// The next or previous round number of the field.
    private func step(_ direction: Int, _ state: inout State) -> [Effect] {
        var wanted = figures(state)
        switch field {
        case .preset:
            let names = ["off"] + NetworkFigures.presets.map(\.name) + ["offline"]
            let index = names.firstIndex(of: state.network.name).map { $0 + direction } ?? (direction > 0 ? 1 : 0)
            return use(names[(index + names.count) % names.count], &state)
        case .roundTrip: wanted.roundTripMilliseconds = Self.round(wanted.roundTripMilliseconds, direction, 60_000)
        case .jitter: wanted.jitterMilliseconds = Self.round(wanted.jitterMilliseconds, direction, 30_000)
        case .loss: wanted.loss = Self.round(wanted.loss * 100, direction, 90) / 100
        case .bandwidth:
            let next = Self.round(
                wanted.bitsPerSecond.isFinite ? wanted.bitsPerSecond / 1e6 : 20_000, direction, 20_000)
            wanted.bitsPerSecond = next >= 20_000 ? .infinity : max(next, 0.001) * 1e6
        case .seed:
            wanted.seed = direction > 0 ? (wanted.seed ?? 0) &+ 1 : wanted.seed.flatMap { $0 > 1 ? $0 - 1 : nil }
        case .deadline:
            let next = Self.round(state.deadline ?? 0, direction, 60_000)
            return setDeadline(next < 1 ? nil : next, &state)
        }
        if wanted.jitterMilliseconds > wanted.roundTripMilliseconds / 2, field == .roundTrip {
            wanted.jitterMilliseconds = wanted.roundTripMilliseconds / 2
        }
        return accept(wanted, &state)
    }

    /// The next of 1, 2, 5, 10, 20, … above or below; 0 below a tenth.
    private static func round(_ value: Double, _ direction: Int, _ limit: Double) -> Double {
        let next = direction > 0 ? ladder.first { $0 > value * 1.0001 } : ladder.last { $0 < value * 0.9999 }
        return min(next ?? (direction > 0 ? limit : 0), limit)
    }

    private static let ladder = [
        0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 60_000,
    ]

    // MARK: Drawing

    /// The value of a field as it can be typed; empty for none.
    private func text(of field: Field, _ state: State) -> String {
        switch field {
        case .preset: state.network.name
        case .roundTrip: Self.short(figures(state).roundTripMilliseconds)
        case .jitter: Self.short(figures(state).jitterMilliseconds)
        case .loss: Self.short(figures(state).loss * 100)
        case .bandwidth: figures(state).bitsPerSecond.isFinite ? Self.short(figures(state).bitsPerSecond / 1e6) : ""
        case .seed: figures(state).seed.map { "\($0)" } ?? ""
        case .deadline: state.deadline.map(Self.short) ?? ""
        }
    }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        frame.fill(region, role: .text)
        let inside = region.framed(title: "Network (simulated)", into: &frame)
        let fields = Field.allCases
        // A small window shows the rows around the chosen one.
        let height = min(inside.rows, fields.count)
        let first = min(max(field.rawValue - height / 2, 0), fields.count - height)
        for (offset, entry) in fields[first..<first + height].enumerated() {
            let row = inside.row + offset
            let isChosen = entry == field
            frame.write(isChosen ? "▸" : " ", at: Point(column: inside.column, row: row), role: .keyName)
            frame.write(entry.label, at: Point(column: inside.column + 2, row: row), role: isChosen ? .text : .dim)
            let value = Point(column: inside.column + 21, row: row)
            let room = inside.endColumn - value.column
            let text = isChosen ? typed ?? self.text(of: entry, state) : self.text(of: entry, state)
            let isIdle = entry != .preset && entry != .deadline && (state.network.isOff || state.network.isOffline)
            let used = frame.write(text, at: value, role: isIdle ? .dim : .input, maxColumns: room)
            if isChosen, typed != nil, used < room {
                frame.write(" ", at: Point(column: value.column + used, row: row), role: .cursor)
            } else if text.isEmpty {
                frame.write(shortened(entry.absent, columns: room), at: value, role: .dim)
            }
        }
        let said = Wrapping.rows(of: [explanation(state)], columns: max(inside.columns, 1))
        for (offset, line) in said.enumerated() where fields.count + 1 + offset < inside.rows {
            frame.write(line, at: Point(column: inside.column, row: inside.row + fields.count + 1 + offset))
        }
    }

    private func explanation(_ state: State) -> Span {
        let missed = state.lastReply?.missed.count ?? 0
        if state.network.isOffline {
            return Span("No link: the base answers alone; the plugin returns with it.", .warning)
        }
        if missed > 0 {
            return Span(
                "\(missed) side \(missed == 1 ? "token" : "tokens") of the last answer came from the base.", .warning)
        }
        if state.deadline != nil, case .inside? = state.engineInfo?.pluginPlace {
            return Span("This plugin works inside of the base: it is waited for whatever the deadline.", .warning)
        }
        if state.network.isOff { return Span("Both models are in this process; nothing is waited for.", .dim) }
        return Span("\(state.network.detail), from the next side token on", .dim)
    }
}
