import Chat
import Screen

/// One row of the transcript: a mark in the gutter and styled text beside it.
struct TranscriptRow: Sendable, Equatable {
    /// What stands in the gutter.
    enum Mark: Sendable { case none, question, queued }
    var mark = Mark.none
    var spans: [Span] = []
}

/// The rows of one turn. Finished turns are wrapped once; of a streaming reply only the last paragraph is wrapped
/// again, so that a long transcript costs nothing.
struct WrappedTurn: Sendable {
    private let columns: Int
    /// Rows that no later token can change.
    private var settled: [TranscriptRow] = []
    /// Rows that are made again on each refresh.
    private var tail: [TranscriptRow] = []
    private var paragraph: [Span] = []
    private var answered = false
    private var piece = 0
    private var bytesOfPiece = 0
    /// Nothing will change any more.
    private(set) var isFinished = false

    init(question: String, first: Bool, columns: Int) {
        self.columns = columns
        if !first { settled.append(TranscriptRow()) }
        settled += Self.rows(question, role: .user, mark: .question, columns: columns)
        settled.append(TranscriptRow())
    }

    var count: Int { settled.count + tail.count }
    subscript(index: Int) -> TranscriptRow { index < settled.count ? settled[index] : tail[index - settled.count] }

    static func rows(
        _ text: String, role: StyleRole, mark: TranscriptRow.Mark = .none, columns: Int
    ) -> [TranscriptRow] {
        var rows: [TranscriptRow] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            rows += wrap([Span(String(line), role)], columns: columns)
        }
        if !rows.isEmpty { rows[0].mark = mark }
        return rows
    }

    /// Word wrap of one paragraph: at least one row.
    private static func wrap(_ spans: [Span], columns: Int) -> [TranscriptRow] {
        let rows = Wrapping.rows(of: spans, columns: columns)
        return rows.isEmpty ? [TranscriptRow()] : rows.map { TranscriptRow(spans: $0) }
    }

    /// Takes what the reply has got since the last time.
    mutating func refresh(_ reply: Reply, failure: String?) {
        guard !isFinished else { return }
        while piece < reply.text.settled.count {
            let next = reply.text.settled[piece]
            let utf8 = next.text.utf8
            let start = utf8.index(utf8.startIndex, offsetBy: min(bytesOfPiece, utf8.count))
            take(next.text[start...], role: reply.path(of: next).role)
            bytesOfPiece = utf8.count
            // The last piece may still grow.
            if piece + 1 == reply.text.settled.count, reply.isStreaming { break }
            piece += 1
            bytesOfPiece = 0
        }
        if reply.isStreaming {
            let last = reply.text.tail.map { [Span($0.text, reply.path(of: $0).role)] } ?? []
            let open = (paragraph + last).filter { !$0.text.allSatisfy(\.isNewline) }
            tail = open.isEmpty ? [] : Self.wrap(open, columns: columns)
            if tail.count > 8 { settleRows() }
        } else {
            if !paragraph.isEmpty { settled += Self.wrap(paragraph, columns: columns) }
            paragraph = []
            while answered, settled.last?.spans.isEmpty == true { settled.removeLast() }
            if let failure { settled += Self.rows(failure, role: .error, columns: columns) }
            settled += Self.rows(reply.figures, role: .dim, columns: columns)
            tail = []
            isFinished = true
        }
    }

    /// Settles the rows of a long open paragraph but the last two: words are placed from left to right, so what is
    /// appended never moves an earlier row.
    private mutating func settleRows() {
        let ranges = Wrapping.ranges(of: paragraph.map(\.text).joined(), columns: columns)
        let closed = ranges.count - 2
        guard closed > 0, tail.count > closed else { return }
        settled += tail.prefix(closed)
        tail.removeFirst(closed)
        var missing = ranges[closed].lowerBound
        while missing > 0, let first = paragraph.first {
            let count = first.text.count
            if count <= missing {
                paragraph.removeFirst()
            } else {
                paragraph[0].text = String(first.text.dropFirst(missing))
            }
            missing -= min(count, missing)
        }
    }

    /// Adds settled text of one role; every line end closes the paragraph. Line ends before any text are dropped.
    private mutating func take(_ text: Substring, role: StyleRole) {
        var first = true
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if !first {
                if answered {
                    settled += paragraph.isEmpty ? [TranscriptRow()] : Self.wrap(paragraph, columns: columns)
                }
                paragraph = []
            }
            first = false
            guard !line.isEmpty else { continue }
            answered = true
            if let last = paragraph.indices.last, paragraph[last].role == role {
                paragraph[last].text += line
            } else {
                paragraph.append(Span(String(line), role))
            }
        }
    }
}

extension TokenPath {
    /// How a token of this path looks.
    var role: StyleRole { self == .base ? .base : .side }
}

/// The wrapped rows of the conversation and where the window stands in them.
struct Transcript: Sendable {
    private var columns = 0
    private var turns: [WrappedTurn] = []
    private var waiting: [TranscriptRow] = []
    /// The first row shown while the person reads back; nil while the newest row is followed.
    private var top: Int?
    /// Tokens that came since the person scrolled up.
    private(set) var newTokens = 0

    /// Whether the newest row is kept in view.
    var isFollowing: Bool { top == nil }
    /// All rows.
    var count: Int { turns.reduce(waiting.count) { $0 + $1.count } }

    /// Goes back to the newest row.
    mutating func follow() {
        top = nil
        newTokens = 0
    }

    /// Counts a token for the mark, while the person reads back.
    mutating func countNewToken() {
        if top != nil { newTokens += 1 }
    }

    /// Wraps what is new; all of it again when the width has changed, keeping the place.
    mutating func refresh(
        _ conversation: Conversation, failures: [Int: String], queued: String?, columns: Int, rows: Int
    ) {
        let columns = max(columns, 1)
        let place = columns == self.columns ? nil : top.map(place(of:))
        if columns != self.columns {
            self.columns = columns
            turns = []
        }
        for (index, turn) in conversation.turns.enumerated() {
            if index == turns.count {
                turns.append(WrappedTurn(question: turn.question, first: index == 0, columns: columns))
            }
            if !turns[index].isFinished { turns[index].refresh(turn.reply, failure: failures[index]) }
        }
        waiting = []
        if let queued {
            if !turns.isEmpty { waiting.append(TranscriptRow()) }
            waiting += WrappedTurn.rows(queued, role: .dim, mark: .queued, columns: columns)
            waiting += WrappedTurn.rows("queued: sent next · ↑ takes it back", role: .system, columns: columns)
        }
        if let place { top = row(at: place) }
        if let top, top >= count - rows { follow() }
    }

    /// The first row of a window of this height.
    func firstRow(height: Int) -> Int { min(max(top ?? Int.max, 0), max(count - height, 0)) }

    /// Moves the window by rows; at the end it follows again.
    mutating func scroll(by step: Int, height: Int) {
        let limit = max(count - height, 0)
        let wanted = max(firstRow(height: height) + step, 0)
        if wanted >= limit {
            follow()
        } else {
            top = wanted
        }
    }

    /// Moves the window so that a turn begins at its top.
    mutating func show(turn: Int, height: Int) {
        let row = row(at: (turn, 0))
        scroll(by: row - firstRow(height: height), height: height)
    }

    /// Rows from `first` on.
    func rows(from first: Int, count wanted: Int) -> [TranscriptRow] {
        var result: [TranscriptRow] = []
        var skipped = first
        for turn in turns {
            if skipped >= turn.count {
                skipped -= turn.count
                continue
            }
            while skipped < turn.count, result.count < wanted {
                result.append(turn[skipped])
                skipped += 1
            }
            skipped = 0
            if result.count == wanted { return result }
        }
        return result + waiting.dropFirst(skipped).prefix(wanted - result.count)
    }

    // MARK: Keeping the place

    /// A turn and how far into it a row is, 0...1.
    private func place(of row: Int) -> (turn: Int, share: Double) {
        var row = row
        for (index, turn) in turns.enumerated() {
            if row < turn.count { return (index, Double(row) / Double(max(turn.count, 1))) }
            row -= turn.count
        }
        return (turns.count, 0)
    }

    private func row(at place: (turn: Int, share: Double)) -> Int {
        let before = turns.prefix(place.turn).reduce(0) { $0 + $1.count }
        guard turns.indices.contains(place.turn) else { return before }
        return before + Int((place.share * Double(turns[place.turn].count)).rounded())
    }
}

extension State {
    /// Wraps what is new for the window as it is.
    mutating func refreshTranscript() -> Regions {
        let regions = layout(size, self)
        transcript.refresh(
            conversation, failures: failures, queued: queued, columns: regions.transcriptTextColumns,
            rows: regions.transcript.rows)
        return regions
    }

    /// Scrolls by pages, keeping one row of the page before.
    mutating func scrollTranscript(pages: Int) {
        let rows = refreshTranscript().transcript.rows
        transcript.scroll(by: pages * max(rows - 1, 1), height: rows)
    }
}
