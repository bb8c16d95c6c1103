import Chat
import Screen

/// A part of a turn whose rows are made when they are seen, and again when the measure has changed.
struct TranscriptSegment: Sendable {
    /// What it shows.
    enum Content: Sendable, Equatable {
        case question(String, note: String?, isFirst: Bool)
        case block(MarkdownBlock)
        case ghost([Span])
        case failure(String)
        case figures(String)
    }

    let content: Content
    private var measure: TranscriptMeasure?
    private var rows: [TranscriptRow] = []

    init(_ content: Content) { self.content = content }

    /// The tokens with a character in it.
    var tokens: ClosedRange<Int32>? {
        if case .block(let block) = content { block.tokens } else { nil }
    }

    /// Its rows at this measure.
    mutating func rows(_ wanted: TranscriptMeasure) -> [TranscriptRow] {
        if measure != wanted {
            measure = wanted
            rows = Self.rows(of: content, wanted)
        }
        return rows
    }

    private static func rows(of content: Content, _ measure: TranscriptMeasure) -> [TranscriptRow] {
        switch content {
        case .question(let text, let note, let isFirst):
            let note = note.map { [TranscriptRun("  " + $0, .dim)] } ?? []
            return (isFirst ? [] : [TranscriptRow()])
                + lines(text, role: .user, mark: .question, behind: note, measure.columns) + [TranscriptRow()]
        case .block(let block): return BlockLayout(measure: measure).rows(of: block)
        case .ghost(let spans):
            let runs = spans.map { TranscriptRun($0.text, $0.role, extra: $0.extra) }
            return TranscriptWrapping.rows(of: runs, columns: measure.columns).map {
                TranscriptRow(mark: .ghost, runs: $0.runs)
            }
        case .failure(let text): return lines(text, role: .error, measure.columns)
        case .figures(let text): return lines(text, role: .dim, measure.columns)
        }
    }

    /// Plain text of one role, each line wrapped.
    static func lines(
        _ text: String, role: StyleRole, mark: TranscriptRow.Mark = .none, behind: [TranscriptRun] = [], _ columns: Int
    ) -> [TranscriptRow] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var rows: [TranscriptRow] = []
        for (index, line) in lines.enumerated() {
            let end = index == lines.count - 1 ? behind : []
            rows += TranscriptWrapping.rows(of: [TranscriptRun(String(line), role)] + end, columns: columns)
        }
        if !rows.isEmpty { rows[0].mark = mark }
        return rows
    }
}

/// One turn as segments: its question, the settled blocks of its reply, the open ones, and what stands under it.
/// Settled blocks are parsed once; the open ones again on each refresh.
struct TurnLayout: Sendable {
    private var head: TranscriptSegment
    private var settled: [TranscriptSegment] = []
    private var open: [TranscriptSegment] = []
    private var foot: [TranscriptSegment] = []

    private var parser = MarkdownParser()
    private var piece = 0
    private var bytesOfPiece = 0
    private var hasEnded = false

    // What the segments were made of, to see that it is still so.
    private let question: String
    private var tokens = 0
    private var firstToken: TokenRecord?
    private var lastToken: TokenRecord?

    /// A turn without a reply.
    init(_ turn: Turn, note: String?, isFirst: Bool) {
        question = turn.question
        head = TranscriptSegment(.question(turn.question, note: note, isFirst: isFirst))
    }

    /// Characters that its parser has looked at.
    var work: Int { parser.work }

    /// Whether this is the layout of that turn, which may have grown since.
    func fits(_ turn: Turn) -> Bool {
        guard question == turn.question, tokens <= turn.reply.tokens.count, !hasEnded || turn.reply.stop != nil else {
            return false
        }
        guard tokens > 0 else { return true }
        return turn.reply.tokens[0] == firstToken && turn.reply.tokens[tokens - 1] == lastToken
    }

    /// Takes what has changed since the last time.
    mutating func refresh(_ turn: Turn, note: String?, isFirst: Bool, ghost: [Span]?) {
        let question = TranscriptSegment.Content.question(turn.question, note: note, isFirst: isFirst)
        if head.content != question { head = TranscriptSegment(question) }
        if !hasEnded, tokens != turn.reply.tokens.count || turn.reply.stop != nil { read(turn.reply) }
        refreshFoot(turn.reply, ghost)
    }

    private mutating func read(_ reply: Reply) {
        tokens = reply.tokens.count
        firstToken = reply.tokens.first
        lastToken = reply.tokens.last
        let pieces = reply.text.settled
        while piece < pieces.count {
            let text = pieces[piece].text
            let start = text.utf8.index(text.startIndex, offsetBy: min(bytesOfPiece, text.utf8.count))
            add(parser.append(text[start...], token: pieces[piece].token))
            bytesOfPiece = text.utf8.count
            // The last piece may still grow.
            if piece + 1 == pieces.count, reply.isStreaming { break }
            piece += 1
            bytesOfPiece = 0
        }
        if reply.isStreaming {
            open = parser.open(reply.text.tail).map { TranscriptSegment(.block($0)) }
        } else {
            add(parser.finish())
            open = []
            hasEnded = true
        }
    }

    private mutating func add(_ blocks: [MarkdownBlock]) {
        for block in blocks { settled.append(TranscriptSegment(.block(block))) }
    }

    private mutating func refreshFoot(_ reply: Reply, _ ghost: [Span]?) {
        var contents: [TranscriptSegment.Content] = []
        if let ghost { contents.append(.ghost(ghost)) }
        if let failure = reply.failure { contents.append(.failure(failure)) }
        if !reply.isStreaming {
            // The figures of a reply that has ended do not change.
            if let last = foot.last, case .figures = last.content {
                contents.append(last.content)
            } else {
                contents.append(.figures(reply.figures))
            }
        }
        if contents != foot.map(\.content) { foot = contents.map { TranscriptSegment($0) } }
    }

    // MARK: Segments

    /// How many segments there are: at least one.
    var count: Int { 1 + settled.count + open.count + foot.count }

    /// The rows of one segment.
    mutating func rows(of segment: Int, _ measure: TranscriptMeasure) -> [TranscriptRow] {
        var index = segment
        if index == 0 { return head.rows(measure) }
        index -= 1
        if index < settled.count { return settled[index].rows(measure) }
        index -= settled.count
        if index < open.count { return open[index].rows(measure) }
        index -= open.count
        return index < foot.count ? foot[index].rows(measure) : []
    }

    /// Where a token stands: the row of its first character, or, where all of them are hidden, the row of the next
    /// visible one. Nil where the reply has no text yet.
    mutating func place(of token: Int32, _ measure: TranscriptMeasure) -> (segment: Int, row: Int)? {
        let blocks = settled.count + open.count
        guard blocks > 0 else { return nil }
        func tokens(_ index: Int) -> ClosedRange<Int32> {
            (index < settled.count ? settled[index] : open[index - settled.count]).tokens ?? 0...0
        }
        // The last block that begins at this token or before.
        var low = 0
        var high = blocks
        while low + 1 < high {
            let middle = (low + high) / 2
            if tokens(middle).lowerBound <= token { low = middle } else { high = middle }
        }
        var first = low
        while first > 0, tokens(first - 1).upperBound >= token { first -= 1 }
        for block in first...low {
            let rows = rows(of: block + 1, measure)
            if let row = rows.firstIndex(where: { $0.runs.contains { $0.token == token } }) { return (block + 1, row) }
        }
        let rows = rows(of: low + 1, measure)
        let next = rows.firstIndex { $0.runs.contains { ($0.token ?? -1) > token } }
        return (low + 1, next ?? max(rows.count - 1, 0))
    }
}
