/// A table to be shown: text, Markdown, or SVG.
public struct Grid: Sendable, Equatable {
    /// Above it.
    public var title: String
    /// The columns' names; the first is of the rows' names.
    public var columns: [String]
    /// Cells by row, as many as there are columns.
    public var rows: [[String]]
    /// Below it.
    public var notes: [String]

    /// A table.
    public init(title: String, columns: [String], rows: [[String]] = [], notes: [String] = []) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }

    /// What stands where a number of the paper is not known.
    public static let missing = "not at hand"

    /// For a terminal: the first column to the left, numbers to the right.
    public var text: String {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 0 ? cells[column] + space : space + cells[column]
            }
            return padded.joined(separator: "  ")
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
        return ([title, "", line(columns), rule] + rows.map(line) + (notes.isEmpty ? [] : [""]) + notes)
            .joined(separator: "\n") + "\n"
    }

    /// For a README.
    public var markdown: String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = "|" + columns.indices.map { $0 == 0 ? "---|" : "---:|" }.joined()
        let table = ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
        return "### \(title)\n\n\(table)\n" + notes.map { "\n\($0)\n" }.joined()
    }
}

/// A figure of ours beside the paper's.
struct Comparison {
    var ours: Double?
    var paper: Double?
    var digits: Int

    init(_ ours: Double?, paper: Double?, digits: Int = 1) {
        self.ours = ours
        self.paper = paper
        self.digits = digits
    }

    /// Ours, the paper's, the relative difference.
    var cells: [String] {
        [
            ours.map { Figures.text($0, digits) } ?? "–", paper.map { Figures.text($0, digits) } ?? Grid.missing,
            difference,
        ]
    }

    /// (ours - paper) / paper, in percent.
    var difference: String {
        guard let ours, let paper, paper != 0 else { return "–" }
        let percent = 100 * (ours - paper) / paper
        return (percent > 0 ? "+" : "") + Figures.text(percent, 1) + " %"
    }
}
