import Screen

/// Messages written before, newest first, to take one back into the draft.
struct HistoryOverlay: OverlayView {
    private var list: PickList

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
        case .choose:
            guard let entry = list.chosen(entries) else { return .stay() }
            state.editor = Editor(entry)
            return .close()
        }
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        let rows = entries(state).map { [Span($0.replacing("\n", with: " ⏎ "), .text)] }
        list.render(
            titles: [
                "Written before · type to narrow, Enter takes it, Esc closes", "Written before · Enter takes it",
            ], rows: rows, region, into: &frame)
    }
}
