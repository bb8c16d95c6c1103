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
        // The search key again goes to the next older one.
        let key = state.keyMap.action(of: key) == .searchHistory ? Key.down : key
        return pressInList(key, count: entries(state).count, &state)
    }

    mutating func choose(_ state: inout State) -> OverlayOutcome {
        guard let entry = list.chosen(entries(state)) else { return .stay() }
        state.setAside()
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
