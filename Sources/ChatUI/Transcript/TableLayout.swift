import Chat
import Screen

/// A table's rows: with box characters where the columns fit, their text wrapped where it helps, and one row a cell
/// ("header: value") where the width is too small for either.
struct TableLayout {
    private typealias Cell = [TranscriptRun]
    private let table: MarkdownTable
    private let columns: Int
    private let header: [Cell]
    private let body: [[Cell]]

    /// A column narrower than this is no column.
    private static let narrowest = 8

    init(_ table: MarkdownTable, columns: Int) {
        self.table = table
        self.columns = columns
        header = table.header.map { cell in cell.map { TranscriptRun($0, extra: .bold) } }
        body = table.rows.map { row in row.map { cell in cell.map { TranscriptRun($0) } } }
    }

    var rows: [TranscriptRow] { widths.map(boxed) ?? folded }

    /// Columns of each column's text; nil where they do not fit.
    private var widths: [Int]? {
        var natural = header.map { max($0.columns, 1) }
        for row in body {
            for (index, cell) in row.enumerated() { natural[index] = max(natural[index], cell.columns) }
        }
        let room = columns - 3 * natural.count - 1
        if natural.reduce(0, +) <= room { return natural }
        // The widest columns give way first.
        var limit = natural.max() ?? 0
        while limit >= Self.narrowest, natural.reduce(0, { $0 + min($1, limit) }) > room { limit -= 1 }
        return limit >= Self.narrowest ? natural.map { min($0, limit) } : nil
    }

    private func boxed(_ widths: [Int]) -> [TranscriptRow] {
        var rows: [TranscriptRow] = []
        if !table.isContinuation {
            rows.append(line("┌", "┬", "┐", widths))
            rows += boxed(header, widths)
        }
        if !body.isEmpty || table.isContinuation { rows.append(line("├", "┼", "┤", widths)) }
        for row in body { rows += boxed(row, widths) }
        rows.append(line("└", "┴", "┘", widths))
        return rows
    }

    private func line(_ left: String, _ middle: String, _ right: String, _ widths: [Int]) -> TranscriptRow {
        let parts = widths.map { String(repeating: "─", count: $0 + 2) }
        return TranscriptRow(runs: [TranscriptRun(left + parts.joined(separator: middle) + right, .border)])
    }

    private func boxed(_ cells: [Cell], _ widths: [Int]) -> [TranscriptRow] {
        let wrapped = zip(cells, widths).map { TranscriptWrapping.rows(of: $0, columns: $1) }
        return (0..<(wrapped.map(\.count).max() ?? 1)).map { index in
            var row = TranscriptRow(runs: [TranscriptRun("│ ", .border)])
            for (column, rows) in wrapped.enumerated() {
                let runs = index < rows.count ? rows[index].runs : []
                let free = max(widths[column] - runs.columns, 0)
                let before =
                    switch table.alignments[column] {
                    case .left: 0
                    case .centre: free / 2
                    case .right: free
                    }
                row.append(TranscriptRun(String(repeating: " ", count: before), .border))
                for run in runs { row.append(run) }
                let last = column == wrapped.count - 1
                row.append(
                    TranscriptRun(String(repeating: " ", count: free - before) + (last ? " │" : " │ "), .border))
            }
            return row
        }
    }

    /// One row a cell, an empty one between the table's rows.
    private var folded: [TranscriptRow] {
        var rows: [TranscriptRow] = []
        func add(_ runs: [TranscriptRun]) {
            for (index, row) in TranscriptWrapping.rows(of: runs, columns: max(columns - 2, 1)).enumerated() {
                rows.append(index == 0 ? row : TranscriptRow(runs: [TranscriptRun("  ", .text)] + row.runs))
            }
        }
        if body.isEmpty {
            for name in header { add(name) }
        }
        for (index, row) in body.enumerated() {
            if index > 0 { rows.append(TranscriptRow()) }
            for (name, value) in zip(header, row) { add(name + [TranscriptRun(": ", .text)] + value) }
        }
        return rows
    }
}
