import Screen

/// Messages written before, newest first, to take one back into the draft.
struct HistoryOverlay: PickOverlay {
    var list: PickList

    var keyBar: [(key: String, word: String)] { PickList.bar("takes it") }

    init(query: String) { list = PickList(query: query.contains("\n") ? "" : query) }

    private func entries(_ state: State) -> [String] {
        var seen: Set<String> = []
        return state.history.entries.reversed().filter { list.fits($0) && seen.insert($0).inserted }
    }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        let entries = entries(state)
        // The search key again goes to the next older one.
        let key = state.keyMap.action(of: key) == .searchHistory ? Key.down : key
        let page = max(layout(state.size, state).overlay.rows - 4, 1)
        switch list.press(key, state.keyMap, count: entries.count, page: page) {
        case .stay: return .stay()
        case .close: return .close()
        case .handOn: return .handOn
        case .choose: return choose(&state)
        }
    }

    mutating func choose(_ state: inout State) -> OverlayOutcome {
        guard let entry = list.chosen(entries(state)) else { return .stay() }
        state.editor = Editor(entry)
        return .close()
    }

    func rows(_ state: State, columns: Int) -> [[Span]] {
        entries(state).map { [Span($0.replacing("\n", with: " ⏎ "), .text)] }
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        list.render(
            titles: [
                "Written before · type to narrow, Enter takes it, Esc closes", "Written before · Enter takes it",
            ], rows: rows(state, columns: columns(region)), region, into: &frame)
    }
}
