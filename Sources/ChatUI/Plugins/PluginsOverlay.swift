import Screen

/// The plugins that are there, to change to another one while chatting.
struct PluginsOverlay: PickOverlay {
    let entries: [PluginEntry]
    var list: PickList

    var keyBar: [(key: String, word: String)] { PickList.bar("uses it") }

    /// Begins at the one in use.
    init(entries: [PluginEntry]) {
        self.entries = entries
        list = PickList(choice: entries.firstIndex(where: \.isUsed) ?? entries.count)
    }

    private var shown: [PluginEntry] { entries.filter { list.fits("\($0.name) \($0.subject) \($0.method)") } }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        pressInList(key, count: shown.count + 1, &state)
    }

    mutating func choose(_ state: inout State) -> OverlayOutcome {
        let shown = shown
        // The row behind the last plugin is none.
        if list.choice == shown.count { return .close(state.usePlugin(nil)) }
        guard let entry = list.chosen(shown) else { return .stay() }
        if let obstacle = entry.obstacle {
            state.say(.warning, obstacle)
            return .stay()
        }
        return .close(entry.isUsed ? [] : state.usePlugin(entry.path))
    }

    func rows(_ state: State, columns: Int) -> [[Span]] {
        var rows = shown.map { entry in
            let facts = "  \(entry.method) · \(entry.rows) rows · \(Meter.bytes(entry.bytes))"
            return [
                Span(entry.isUsed ? "● " : entry.isBeside ? "+ " : "  ", .good),
                Span(entry.name, entry.obstacle == nil ? .text : .dim),
                Span(entry.subject.isEmpty ? "" : "  \(entry.subject)", .dim), Span(facts, .dim),
            ] + (entry.obstacle.map { [Span("  " + $0, .warning)] } ?? [])
        }
        rows.append([Span(entries.contains(where: \.isUsed) ? "  " : "● ", .good), Span("none: the base alone", .text)])
        return rows
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        let rows = rows(state, columns: columns(region))
        list.render(titles: ["Plugins · Enter uses one, Esc closes"], rows: rows, region, into: &frame)
    }
}

extension State {
    /// Changes to another plugin; nil for none. Not while a reply is written.
    mutating func usePlugin(_ path: String?) -> [Effect] {
        if let obstacle = obstacle(to: .plugins) {
            say(.warning, obstacle)
            return []
        }
        return [.usePlugin(path)]
    }
}
