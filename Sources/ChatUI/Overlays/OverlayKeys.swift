import Screen

/// The table of an overlay's own keys: it drives what they do, the key bar while the overlay is open, and the help.
struct OverlayKeys<ID: Sendable & Equatable>: Sendable {
    /// One thing that the overlay can do.
    struct Row: Sendable {
        let id: ID
        let keys: [Key]
        /// The keys as the help names them.
        let name: String
        /// The word in the key bar; empty for none.
        let word: String
        /// What it does.
        let help: String

        init(_ id: ID, _ keys: [Key], _ name: String, _ word: String, _ help: String) {
            (self.id, self.keys, self.name, self.word, self.help) = (id, keys, name, word, help)
        }
    }

    /// The heading in the help.
    let title: String
    let rows: [Row]

    /// What a key does; nil where it is none of the table's.
    func id(of key: Key) -> ID? { rows.first { $0.keys.contains(key) }?.id }

    /// Keys and words for the key bar.
    var bar: [(key: String, word: String)] { rows.filter { !$0.word.isEmpty }.map { ($0.name, $0.word) } }

    /// Keys and what they do, for the help.
    var help: OverlayHelp { OverlayHelp(title: title, rows: rows.map { ($0.name, $0.help) }) }
}

/// The keys of an overlay as the help lists them.
struct OverlayHelp: Sendable {
    let title: String
    let rows: [(keys: String, help: String)]

    /// Every overlay that has keys of its own.
    static var all: [OverlayHelp] {
        [
            InspectorOverlay.keys.help, ExplorerOverlay.keys.help, NetworkOverlay.keys.help,
            ComparisonOverlay.keys.help,
            MinimapOverlay.keys.help, RowScroll.keys.help,
        ]
    }
}

extension State {
    /// What a key does that an overlay over the conversation has no use for: settings and the window stay in reach, Ctrl-C
    /// stops a reply or closes the overlay, and text goes nowhere.
    func outcomeBeside(_ key: Key) -> OverlayOutcome {
        switch keyMap.action(of: key) {
        case .redraw, .suspend, .theme, .network, .preset, .mode, .priceUp, .priceDown, .panels: .handOn
        case .interrupt: isReplying ? .handOn : .close()
        case .help, .palette: .closeAndHandOn()
        default: .stay()
        }
    }
}
