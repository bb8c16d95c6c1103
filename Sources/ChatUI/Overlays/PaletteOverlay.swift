import Screen

/// Every action and command by name; what can do nothing now says why.
struct PaletteOverlay: PickOverlay {
    var list = PickList()

    var keyBar: [(key: String, word: String)] { PickList.bar("does it") }

    private enum Entry {
        case action(Action)
        case command(CommandForm)

        /// Its row, to search in.
        var text: String {
            switch self {
            case .action(let action): action.help
            case .command(let form): "/\(form.name) \(form.argument) \(form.help)"
            }
        }

        /// The words in which people ask for it.
        var asked: String {
            switch self {
            case .action(let action): action.id.purpose.words
            case .command(let form): form.purpose?.purpose.words ?? ""
            }
        }
    }

    /// Actions that only move in the draft are left out: nobody looks for them by name.
    private func entries(_ state: State) -> [Entry] {
        let actions = Action.all.filter { action in
            switch action.section {
            case .editing: [.searchHistory, .editOutside].contains(action.id)
            case .replay: state.isReplay
            case .conversation, .paths, .instrument, .view: true
            }
        }
        let all = actions.filter { $0.id != .palette }.map(Entry.action) + CommandForm.all.map(Entry.command)
        let fitting = all.filter { list.fits($0.text) }
        // "hide" and "leave" are in no row, and still find what is meant.
        return fitting.isEmpty ? all.filter { list.fits($0.asked) } : fitting
    }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        pressInList(key, count: entries(state).count, &state)
    }

    mutating func choose(_ state: inout State) -> OverlayOutcome {
        switch list.chosen(entries(state)) {
        case nil: return .stay()
        case .action(let action):
            state.overlay = nil
            let effects = state.perform(action.id)
            return state.overlay.map { .open($0, effects) } ?? .close(effects)
        case .command(let form):
            guard form.argument.isEmpty else {
                state.setAside()
                state.editor = Editor("/\(form.name) ")
                return .close()
            }
            state.overlay = nil
            let effects = (try? Command.parse("/\(form.name)")).map { state.run($0) } ?? []
            return state.overlay.map { .open($0, effects) } ?? .close(effects)
        }
    }

    func rows(_ state: State, columns: Int) -> [[Span]] {
        entries(state).map { entry in
            switch entry {
            case .action(let action):
                let keys = state.keyMap.text(of: action)
                guard let obstacle = state.obstacle(to: action.id) else {
                    return [Span(action.help, .text), Span("  " + keys, .keyName)]
                }
                return [Span(action.help, .dim), Span("  " + obstacle, .warning)]
            case .command(let form):
                return [
                    Span("/" + form.name, .keyName), Span(" " + form.argument + "  ", .dim), Span(form.help, .text),
                ]
            }
        }
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        list.render(
            titles: ["Actions · type to narrow, Enter does it, Esc closes", "Actions · Enter does it, Esc closes"],
            rows: rows(state, columns: columns(region)), region, into: &frame)
    }
}
