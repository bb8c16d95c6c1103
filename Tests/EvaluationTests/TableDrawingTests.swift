import Evaluation
import Testing

/// Tables and charts as text, Markdown and pictures.
@Suite struct TableDrawingTests {
    let grid = Grid(
        title: "T", columns: ["name", "a|b"], rows: [["x", "1.5"], ["longer", "not at hand"]], notes: ["A note."])

    @Test func columnsStandUnderEachOther() {
        #expect(
            grid.text == """
                T

                name            a|b
                ───────────────────
                x               1.5
                longer  not at hand

                A note.

                """)
    }

    @Test func markdownEscapesItsBars() {
        #expect(
            grid.markdown == """
                ### T

                | name | a\\|b |
                |---|---:|
                | x | 1.5 |
                | longer | not at hand |

                A note.

                """)
    }

    @Test func picturesHaveTwoGroundsAndNoStrayMarkup() {
        var odd = grid
        odd.title = "a < b & c"
        let chart = Chart(
            title: "a < b", xLabel: "x", yLabel: "y",
            panels: [
                Chart.Panel(
                    title: "p",
                    series: [
                        Chart.Series(name: "one", points: [[1, 2], [2, 4]]),
                        Chart.Series(name: "single", points: [[1, 3]]),
                        Chart.Series(name: "broken", points: [[1, .nan]]), Chart.Series(name: "none", points: []),
                    ]), Chart.Panel(title: "empty", series: []),
            ])
        for svg in [odd.svg, chart.svg] {
            #expect(svg.contains("prefers-color-scheme: dark") && !svg.contains("nan") && !svg.contains("–\" y"))
            #expect(svg.contains("a &lt; b") && !svg.contains("a < b"))
            let opened = svg.split(separator: "<").filter { !$0.hasPrefix("/") && !$0.contains("/>") }.count
            let closed = svg.split(separator: "<").filter { $0.hasPrefix("/") }.count
            #expect(opened == closed)
        }
    }

    @Test(arguments: [(0.0, 1.0), (3.2, 3.9), (-5.0, 120.0), (7.0, 7.0), (0.0, 0.0), (0.001, 0.0013)])
    func ticksCoverTheRange(low: Double, high: Double) {
        let (values, digits) = Chart.ticks(low, high)
        #expect(values.count >= 2 && values.count <= 8 && digits >= 0)
        #expect(values[0] <= low && values[values.count - 1] >= high - 1e-9)
        #expect(Set(values.map { Figures.text($0, digits) }).count == values.count)
    }
}
