import Chat
import Screen

extension Conversation {
    /// The shown branch as a picture with the gate's colours and a legend.
    public func svg(theme: Theme, facts: String = "") -> String {
        let columns = 84
        let gutter = 2
        var rows: [[Span]] = []
        func add(_ spans: [Span], mark: String = "") {
            for (index, row) in Wrapping.rows(of: spans, columns: columns - gutter).enumerated() {
                rows.append([Span(index == 0 && !mark.isEmpty ? mark + " " : "  ", .user)] + row)
            }
        }
        add([Span(heading, .heading)])
        if !facts.isEmpty { add([Span(facts, .dim)]) }
        rows.append([
            Span("  "), Span("words of the base model", .base), Span(" · ", .dim),
            Span("words of the side plugin", .side),
        ])
        for (index, turn) in turns.enumerated() {
            rows.append([])
            let version = version(at: index)
            for (line, text) in turn.question.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .enumerated()
            {
                let note = line == 0 && version.count > 1 ? "  \(version.number)/\(version.count)" : ""
                add([Span(String(text), .user), Span(note, .dim)], mark: line == 0 ? "›" : "")
            }
            rows.append([])
            for paragraph in turn.reply.paragraphs { paragraph.isEmpty ? rows.append([]) : add(paragraph) }
            if let failure = turn.reply.failure { add([Span(failure, .error)]) }
            add([Span(turn.reply.figures, .dim)])
        }
        var frame = Frame(size: Size(columns: columns, rows: rows.count))
        for (index, row) in rows.enumerated() { frame.write(row, at: Point(column: 0, row: index)) }
        return frame.svg(theme: theme, title: heading)
    }
}

extension Reply {
    /// The answer's lines, each token's words in the role of its path.
    fileprivate var paragraphs: [[Span]] {
        var paragraphs: [[Span]] = [[]]
        for piece in text.pieces {
            for (index, line) in piece.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .enumerated()
            {
                if index > 0 { paragraphs.append([]) }
                if !line.isEmpty { paragraphs[paragraphs.count - 1].append(Span(String(line), path(of: piece).role)) }
            }
        }
        while paragraphs.count > 1, paragraphs.last?.isEmpty == true { paragraphs.removeLast() }
        return paragraphs.first?.isEmpty == true && paragraphs.count == 1 ? [] : paragraphs
    }
}
