import Chat
import Screen

/// What the rows of a conversation are made for.
struct TranscriptMeasure: Sendable, Equatable {
    /// Columns of the text.
    var columns: Int
    /// The reading view: no token's look, and highlighted code.
    var isReading = false
}

/// The rows of one block.
struct BlockLayout {
    let measure: TranscriptMeasure

    func rows(of block: MarkdownBlock) -> [TranscriptRow] {
        let (first, rest, used) = indents(block.containers)
        let columns = max(measure.columns - used, 1)
        var rows: [TranscriptRow] = []
        if block.isSpaced {
            let gap = indents(Array(block.containers.prefix(block.sharedContainers))).rest
            rows.append(Self.withoutSpacesAtEnd(gap))
        }
        for (index, row) in content(block.content, columns: columns).enumerated() {
            var whole = TranscriptRow()
            for run in (index == 0 ? first : rest) + row.runs { whole.append(run) }
            rows.append(whole)
        }
        return rows
    }

    // MARK: Containers

    /// What stands before the first row and before the others, and its columns. Where it would take more than half of
    /// the width, the outer containers are left out.
    private func indents(
        _ containers: [MarkdownBlock.Container]
    ) -> (first: [TranscriptRun], rest: [TranscriptRun], columns: Int) {
        var used = 0
        var kept: [MarkdownBlock.Container] = []
        for container in containers.reversed() {
            let columns = Self.columns(of: container)
            guard used + columns <= measure.columns / 2 else { break }
            used += columns
            kept.append(container)
        }
        var first: [TranscriptRun] = []
        var rest: [TranscriptRun] = []
        for container in kept.reversed() {
            switch container {
            case .quote:
                first.append(TranscriptRun("│ ", .border))
                rest.append(TranscriptRun("│ ", .border))
            case .item(let mark, let columns):
                let space = TranscriptRun(String(repeating: " ", count: columns), .text)
                rest.append(space)
                guard !mark.isEmpty else {
                    first.append(space)
                    continue
                }
                let runs = mark.map { TranscriptRun($0) }
                first += runs
                first.append(TranscriptRun(String(repeating: " ", count: max(columns - runs.columns, 0)), .text))
            }
        }
        return (first, rest, used)
    }

    private static func columns(of container: MarkdownBlock.Container) -> Int {
        switch container {
        case .quote: 2
        case .item(_, let columns): columns
        }
    }

    private static func withoutSpacesAtEnd(_ runs: [TranscriptRun]) -> TranscriptRow {
        var row = TranscriptRow(runs: runs)
        while let last = row.runs.last, last.text.allSatisfy({ $0 == " " }) { row.runs.removeLast() }
        if let last = row.runs.indices.last, row.runs[last].text.hasSuffix(" ") { row.runs[last].text.removeLast() }
        return row
    }

    // MARK: Contents

    private func content(_ content: MarkdownBlock.Content, columns: Int) -> [TranscriptRow] {
        switch content {
        case .paragraph(let runs):
            return TranscriptWrapping.rows(of: runs.map { TranscriptRun($0) }, columns: columns)
        case .heading(let level, let runs):
            let extra: Attributes = level > 2 ? [.bold, .italic] : .bold
            var rows = TranscriptWrapping.rows(of: runs.map { TranscriptRun($0, extra: extra) }, columns: columns)
            if level == 1 {
                let widest = rows.map(\.runs.columns).max() ?? 0
                rows.append(TranscriptRow(runs: [TranscriptRun(String(repeating: "━", count: widest), .border)]))
            }
            return rows
        case .codeStart(let language):
            var row = TranscriptRow(runs: [TranscriptRun(language.isEmpty ? "╭─" : "╭─ ", .border)])
            let label = TranscriptWrapping.cutRows(
                of: language.map { TranscriptRun($0, extra: .dim) }, columns: max(columns - 3, 1))
            for run in label.first?.runs ?? [] { row.append(run) }
            return [row]
        case .codeLine(let runs, let highlighter):
            return code(runs, highlighter, columns: columns)
        case .codeEnd:
            return [TranscriptRow(runs: [TranscriptRun("╰─", .border)])]
        case .rule:
            return [TranscriptRow(runs: [TranscriptRun(String(repeating: "─", count: min(columns, 40)), .border)])]
        case .table(let table):
            return TableLayout(table, columns: columns).rows
        }
    }

    private func code(_ runs: [MarkdownRun], _ highlighter: CodeHighlighter, columns: Int) -> [TranscriptRow] {
        let text = measure.isReading ? Self.highlighted(runs, highlighter) : runs.map { TranscriptRun($0) }
        return TranscriptWrapping.cutRows(of: text, columns: max(columns - 2, 1)).map { row in
            TranscriptRow(runs: [TranscriptRun("│ ", .border)] + row.runs)
        }
    }

    /// Code with the roles of its parts.
    private static func highlighted(_ runs: [MarkdownRun], _ highlighter: CodeHighlighter) -> [TranscriptRun] {
        var highlighter = highlighter
        var kinds = highlighter.kinds(of: runs.flatMap { Array($0.text) })[...]
        var row = TranscriptRow()
        for run in runs {
            for character in run.text {
                var part = TranscriptRun(MarkdownRun(String(character), token: run.token))
                switch kinds.popFirst() ?? .text {
                case .text: part.role = .text
                case .keyword: part.role = .codeKeyword
                case .string: part.role = .codeString
                case .number: part.role = .codeNumber
                case .comment: part.role = .codeComment
                }
                row.append(part)
            }
        }
        return row.runs
    }
}
