import Chat
import Screen

/// Every kept conversation, the one changed last first. What is typed narrows the titles and searches all questions and
/// answers. A deleted conversation stays in the list until the program ends, so that the same key brings it back.
struct ConversationPicker: PickOverlay {
    var list: PickList
    /// nil until the store has answered.
    private var conversations: [ConversationSummary]?
    private var hits: [SearchHit] = []
    private var renamed: (id: ConversationID, title: Editor)?
    /// Why the last key did nothing, or the store cannot answer: the line for notices is covered.
    var message: String?

    init(query: String = "") { list = PickList(query: query) }

    var keyBar: [(key: String, word: String)] {
        if renamed != nil { return [("Enter", "keeps it"), ("Esc", "leaves it")] }
        if case .hit = list.chosen(entries) { return PickList.bar("opens") }
        return [("↓", "choose"), ("Enter", "opens"), ("Tab", "renames"), ("Delete", "deletes"), ("Esc", "close")]
    }

    private enum Entry {
        case conversation(ConversationSummary)
        case hit(SearchHit)
    }

    private var entries: [Entry] {
        (conversations ?? []).filter { list.fits($0.title) }.map(Entry.conversation) + hits.map(Entry.hit)
    }

    // MARK: What the store says

    mutating func take(_ listed: [ConversationSummary], deleted: [ConversationSummary]) {
        let gone = deleted.filter { row in !listed.contains { $0.id == row.id } }
        conversations = (listed + gone).sorted { $0.changed > $1.changed }
    }

    mutating func take(_ found: [SearchHit], for query: String) {
        if query == list.query.text { hits = found }
    }

    // MARK: Keys

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        message = nil
        if renamed != nil { return .stay(rename(key, state)) }
        let entries = entries
        switch state.keyMap.action(of: key) {
        case .deleteForward: return .stay(delete(list.chosen(entries), &state))
        case .complete:
            if case .conversation(let row) = list.chosen(entries) { renamed = (row.id, Editor(row.title)) }
            return .stay()
        default: break
        }
        let before = list.query.text
        let outcome = pressInList(key, count: entries.count, &state)
        let query = list.query.text
        if query == before { return outcome }
        hits = []
        return .stay(query.allSatisfy(\.isWhitespace) ? [] : state.keep(.search(query)))
    }

    mutating func click(_ point: Point, _ region: Region, _ state: inout State) -> OverlayOutcome {
        message = nil
        guard renamed == nil else { return .stay() }
        return list.click(point, rows: rows(state, columns: columns(region)), region) ? choose(&state) : .stay()
    }

    mutating func choose(_ state: inout State) -> OverlayOutcome {
        guard let entry = list.chosen(entries) else { return .stay() }
        if state.isReplying {
            message = "Esc, Esc stops the reply; then open another conversation."
            return .stay()
        }
        switch entry {
        case .conversation(let row):
            if row.id == state.conversation.id { return .close() }
            if state.deleted.contains(where: { $0.id == row.id }) {
                message = "This conversation is deleted; Del brings it back."
                return .stay()
            }
            return .close(state.keep(.open(row.id, at: nil)))
        case .hit(let hit):
            state.awaitedHit = hit
            return .close(state.keep(.open(hit.conversation, at: hit.turn)))
        }
    }

    /// Deletes the chosen conversation, or brings it back.
    private mutating func delete(_ entry: Entry?, _ state: inout State) -> [Effect] {
        guard case .conversation(let row) = entry else { return [] }
        if row.id == state.conversation.id {
            message = "This conversation is open: begin a new one (F8), then delete it."
            return []
        }
        if let index = state.deleted.firstIndex(where: { $0.id == row.id }) {
            state.deleted.remove(at: index)
            return state.keep(.restored(row.id))
        }
        state.deleted.append(row)
        return state.keep(.deleted(row.id))
    }

    /// Applies a key to the title that is being written.
    private mutating func rename(_ key: Key, _ state: State) -> [Effect] {
        guard case (let id, var title)? = renamed else { return [] }
        switch state.keyMap.action(of: key) {
        case .stop, .interrupt, .complete:
            renamed = nil
            return []
        case .send:
            renamed = nil
            guard let text = ConversationTitle.typed(title.text) else { return [] }
            if let index = conversations?.firstIndex(where: { $0.id == id }) { conversations?[index].title = text }
            return state.keep(.renamed(id, text))
        case .deleteBackward: title.deleteBackward()
        case .deleteForward: title.deleteForward()
        case .deleteWord: title.deleteWordBackward()
        case .deleteToStart: title.deleteToLineStart()
        case .left: title.moveLeft()
        case .right: title.moveRight()
        case .lineStart: title.moveToLineStart()
        case .lineEndOrNewest: title.moveToLineEnd()
        default:
            if case .character(let character) = key { title.insert(String(character)) }
            if case .paste(let text) = key { title.insert(text.replacing("\n", with: " ")) }
        }
        renamed = (id, title)
        return []
    }

    // MARK: Drawing

    func rows(_ state: State, columns: Int) -> [[Span]] {
        entries.map { entry in
            switch entry {
            case .conversation(let row): titleRow(row, state, columns: columns)
            case .hit(let hit): hitRow(hit, columns: columns)
            }
        }
    }

    func render(_ state: State, _ region: Region, into frame: inout Frame) {
        let columns = columns(region)
        list.render(titles: titles, rows: rows(state, columns: columns), region, into: &frame)
        if renamed != nil { frame.cursor = nil }
        if let message {
            let lines = Wrapping.rows(of: [Span(message, .warning)], columns: columns).prefix(max(region.rows - 3, 0))
            let place = Region(
                column: region.column + 2, row: region.endRow - 1 - lines.count, columns: region.columns - 4,
                rows: lines.count)
            frame.fill(place, role: .text)
            for (offset, line) in lines.enumerated() {
                frame.write(line, at: Point(column: place.column, row: place.row + offset), maxColumns: place.columns)
            }
        }
        guard conversations == nil, message == nil, region.rows > 3 else { return }
        frame.write(
            "  Reading …      ", at: Point(column: region.column + 2, row: region.row + 2), role: .dim,
            maxColumns: columns)
    }

    private var titles: [String] {
        renamed != nil
            ? ["New title · Enter keeps it, Esc leaves it", "New title · Enter keeps, Esc leaves"]
            : [
                "Conversations · Enter opens, Tab renames, Del deletes, Esc closes",
                "Conversations · Enter, Tab, Del, Esc",
            ]
    }

    private func titleRow(_ row: ConversationSummary, _ state: State, columns: Int) -> [Span] {
        if let (id, title) = renamed, id == row.id {
            let before = String(title.characters[..<title.cursor])
            let at = title.cursor < title.characters.count ? String(title.characters[title.cursor]) : " "
            let after = String(title.characters.dropFirst(title.cursor + 1))
            return [Span(before, .input), Span(at, .cursor), Span(after, .input)]
        }
        if state.deleted.contains(where: { $0.id == row.id }) {
            let note = " deleted; Del brings it back"
            return [
                Span(shortened(row.title, columns: max(columns - note.count, 0)), .dim), Span(note, .warning),
            ]
        }
        var facts = Age.text(from: row.changed, to: state.wallClock)
        if columns >= 56 {
            let usage = row.tokens == 0 ? nil : Double(row.sideTokens) / Double(row.tokens) * 100
            facts = "\(row.turns) \(row.turns == 1 ? "turn" : "turns") · side \(Meter.percent(usage)) · \(facts)"
        }
        let isOpen = row.id == state.conversation.id
        if isOpen { facts = columns >= 56 ? "open · \(facts)" : "open" }
        let title = shortened(row.title.isEmpty ? "–" : row.title, columns: max(columns - facts.count - 2, 1))
        let padding = max(columns - TextWidth.columns(of: title) - facts.count, 1)
        return [Span(title, .text), Span(String(repeating: " ", count: padding)), Span(facts, .dim)]
    }

    private func hitRow(_ hit: SearchHit, columns: Int) -> [Span] {
        var title = ""
        if columns >= 56 { title = shortened(hit.title, columns: 24) + (hit.isAnswer ? "  " : " › ") }
        // The words that were found are in view, whatever the width.
        let most = columns / 4
        let words = hit.excerpt.enumerated().map { index, piece in
            let isLong = index == 0 && !piece.isMatch && piece.text.count > most
            return Span(isLong ? "…" + piece.text.suffix(most) : piece.text, piece.isMatch ? .heading : .text)
        }
        return [Span(title, .dim)] + words
    }
}

/// How long ago something was.
enum Age {
    /// `now`, `5 min ago`, `3 h ago`, `12 days ago`.
    static func text(from time: Double, to now: Double) -> String {
        let minutes = (now - time) / 60
        guard minutes.isFinite, minutes >= 1 else { return "now" }
        if minutes < 60 { return "\(Int(minutes)) min ago" }
        if minutes < 48 * 60 { return "\(Int(minutes / 60)) h ago" }
        return minutes / 1440 < 1e6 ? "\(Int(minutes / 1440)) days ago" : "long ago"
    }
}
