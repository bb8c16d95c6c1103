/// Curves over one axis, some panels side by side.
public struct Chart: Sendable, Equatable {
    /// A curve.
    public struct Series: Sendable, Equatable {
        /// Its name; series of one name look alike in every panel.
        public var name: String
        /// Its points, by x.
        public var points: [SIMD2<Double>]

        /// A curve.
        public init(name: String, points: [SIMD2<Double>]) {
            self.name = name
            self.points = points
        }
    }

    /// A part with axes of its own.
    public struct Panel: Sendable, Equatable {
        /// Above it.
        public var title: String
        /// The curves.
        public var series: [Series]

        /// A panel.
        public init(title: String, series: [Series]) {
            self.title = title
            self.series = series
        }
    }

    /// Above all.
    public var title: String
    /// Below the horizontal axis.
    public var xLabel: String
    /// Beside the vertical axis.
    public var yLabel: String
    /// The panels.
    public var panels: [Panel]
    /// Below all.
    public var notes: [String]

    /// A chart.
    public init(title: String, xLabel: String, yLabel: String, panels: [Panel], notes: [String] = []) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.panels = panels
        self.notes = notes
    }

    private var names: [String] {
        var names: [String] = []
        for series in panels.flatMap(\.series) where !names.contains(series.name) { names.append(series.name) }
        return names
    }

    /// The points as a table, for text and Markdown.
    public var grid: Grid {
        var rows: [[String]] = []
        for panel in panels {
            for series in panel.series {
                let points = series.points.map { "\(Figures.text($0.x, 1)): \(Figures.text($0.y, 3))" }
                rows.append([panel.title, series.name, points.joined(separator: ", ")])
            }
        }
        return Grid(
            title: title, columns: ["", "curve", "\(xLabel): \(yLabel)"], rows: rows, notes: notes)
    }

    /// As a picture.
    public var svg: String {
        let (panelWidth, panelHeight) = panels.count > 1 ? (330.0, 246.0) : (660, 400)
        let columns = max(1, min(2, panels.count))
        let lines = max(1, (panels.count + columns - 1) / columns)
        let width = max(Double(columns) * panelWidth + 20, Double(title.count) * 8.5 + 24)
        let legend = legend(width: width)
        let top = (legend.last?.y ?? 30) + 12
        let notes = notes.flatMap { SVG.wrapped($0, width: width - 24) }
        var svg = SVG(
            width: width, height: top + Double(lines) * (panelHeight + 20) + 8 + 16 * Double(notes.count))
        svg.text(title, x: 12, y: 22, size: 15, bold: true)
        let hasMarks = Set(panels.flatMap(\.series).filter { $0.points.count <= Self.mostMarked }.map(\.name))
        for (index, (name, place)) in zip(names, legend).enumerated() {
            svg.curve([(place.x, place.y - 4), (place.x + 26, place.y - 4)], series: index, marks: false)
            if hasMarks.contains(name) { svg.mark(place.x + 13, place.y - 4, series: index) }
            svg.text(name, x: place.x + 32, y: place.y, size: 11.5)
        }
        for (index, panel) in panels.enumerated() {
            let x = 10 + Double(index % columns) * panelWidth
            let y = top + Double(index / columns) * (panelHeight + 20)
            draw(panel, into: &svg, x: x + 52, y: y + 34, width: panelWidth - 68, height: panelHeight - 78)
        }
        for (index, note) in notes.enumerated() {
            svg.text(
                note, x: 12, y: top + Double(lines) * (panelHeight + 20) + 16 * Double(index), size: 11, faint: true)
        }
        return svg.file(title: title)
    }

    /// Where each series' name stands, in lines as long as they fit.
    private func legend(width: Double) -> [(x: Double, y: Double)] {
        var (x, y) = (16.0, 44.0)
        return names.map { name in
            let length = 48 + 6.3 * Double(name.count)
            if x > 16, x + length > width { (x, y) = (16, y + 20) }
            defer { x += length }
            return (x, y)
        }
    }

    /// The most points of a curve that shows each of them.
    private static let mostMarked = 16

    private func draw(
        _ panel: Panel, into svg: inout SVG, x: Double, y: Double, width: Double, height: Double
    ) {
        let points = panel.series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let xTicks = Self.ticks(points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 1)
        let yTicks = Self.ticks(points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 1)
        let (left, right, low, high) = (
            xTicks.values[0], xTicks.values.last ?? 1, yTicks.values[0], yTicks.values.last ?? 1
        )
        func place(_ point: SIMD2<Double>) -> (x: Double, y: Double) {
            (x + width * (point.x - left) / (right - left), y + height * (1 - (point.y - low) / (high - low)))
        }
        svg.text(panel.title, x: x + width / 2, y: y - 23, size: 12.5, anchor: .middle, bold: true)
        for tick in yTicks.values {
            let at = place([left, tick]).y
            svg.rule(x, at, x + width, at, faint: true)
            svg.text(Figures.text(tick, yTicks.digits), x: x - 6, y: at + 4, size: 10.5, anchor: .end, faint: true)
        }
        for tick in xTicks.values {
            let at = place([tick, low]).x
            svg.rule(at, y + height, at, y + height + 4)
            svg.text(
                Figures.text(tick, xTicks.digits), x: at, y: y + height + 17, size: 10.5, anchor: .middle, faint: true)
        }
        svg.rule(x, y + height, x + width, y + height)
        svg.text(xLabel, x: x + width / 2, y: y + height + 33, size: 11, anchor: .middle, faint: true)
        svg.text(yLabel, x: x - 44, y: y - 7, size: 11, faint: true)
        for series in panel.series {
            let index = names.firstIndex(of: series.name) ?? 0
            let shown = series.points.filter { $0.x.isFinite && $0.y.isFinite }
            svg.curve(shown.map(place), series: index, marks: shown.count <= Self.mostMarked)
        }
    }

    /// Round numbers around a range, and the digits that they need.
    package static func ticks(_ low: Double, _ high: Double) -> (values: [Double], digits: Int) {
        let range = high - low > 1e-9 ? high - low : max(abs(high), 1) * 0.2
        let magnitude = power(floorOfLog10(range / 4))
        let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { range / $0 <= 5 } ?? magnitude * 10
        var value = (low / step).rounded(.down) * step
        var values = [value]
        while value < high - 1e-9 * step || values.count < 2 {
            value += step
            values.append(value)
        }
        let decimals = step == step.rounded() ? 0 : max(0, -floorOfLog10(step) + (step / magnitude == 2.5 ? 1 : 0))
        return (values, decimals)
    }

    private static func floorOfLog10(_ value: Double) -> Int {
        var (exponent, bound) = (0, 1.0)
        while bound > value { (bound, exponent) = (bound / 10, exponent - 1) }
        while bound * 10 <= value { (bound, exponent) = (bound * 10, exponent + 1) }
        return exponent
    }

    private static func power(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }
}
