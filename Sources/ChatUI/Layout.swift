import Screen

/// The side panels, in the order in which they are kept: where there is no room, the last one folds first.
public enum Panel: Sendable, CaseIterable {
    case legend, latency, usage, network, plugin, model

    /// Its title.
    var title: String {
        switch self {
        case .legend: "Paths"
        case .latency: "Latency"
        case .usage: "Usage of the side plugin"
        case .network: "Network"
        case .plugin: "Plugin"
        case .model: "Model"
        }
    }

    /// Rows between its borders.
    func rows(_ state: State) -> Int {
        switch self {
        case .legend: 2
        case .latency: 8
        case .usage: 4 + state.missedRows.count
        case .network: 3
        case .plugin: 3
        case .model: 2
        }
    }
}

/// Where everything stands in the window.
public struct Regions: Sendable, Equatable {
    /// The window is too small for anything but a message that says so.
    public var tooSmall = false
    /// Model, plugin and status.
    public var title = Region.none
    /// The conversation.
    public var transcript = Region.none
    /// A notice, or hints on the command being written, in up to three rows; nil while there is neither.
    public var notice: Region?
    /// What the colours of the heat view mean; nil where colours say who wrote each word.
    public var heatLegend: Region?
    /// The input with its border.
    public var input = Region.none
    /// Where the draft's text stands.
    public var inputText = Region.none
    /// The input has a border.
    public var inputIsBoxed = false
    /// Each side panel with its borders; neighbours share one.
    public var panels: [Placement] = []
    /// Legend and figures in one line, where the panels do not show them.
    public var status: Region?
    /// The keys.
    public var keyBar = Region.none
    /// What stands over the conversation, when something does.
    public var overlay = Region.none

    /// A panel and its region, borders included.
    public struct Placement: Sendable, Equatable {
        /// Which panel.
        public var panel: Panel
        /// Where it stands.
        public var region: Region
    }

    /// Columns of the gutter before the transcript's text.
    static let gutter = 2
    /// Text wider than this is hard to read; code in the reading view may be wider.
    static let widestText = (chat: 100, reading: 120)
    /// Columns that transcript text is wrapped at.
    var transcriptTextColumns = 1
}

extension Region {
    static let none = Region(column: 0, row: 0, columns: 0, rows: 0)
}

/// The smallest window with a chat in it.
public let smallestSize = Size(columns: 40, rows: 10)

/// Divides a window: title, transcript, notice, input, status line and key bar from top to bottom; side panels at the
/// right from 100 columns, for as many of `Panel.allCases` as fit.
public func layout(_ size: Size, _ state: State) -> Regions {
    var regions = Regions()
    guard size.columns >= smallestSize.columns, size.rows >= smallestSize.rows else {
        regions.tooSmall = true
        return regions
    }
    let last = size.rows - 1
    regions.title = Region(column: 0, row: 0, columns: size.columns, rows: 1)
    regions.keyBar = Region(column: 0, row: last, columns: size.columns, rows: 1)

    var left = size.columns
    var beside = state.overlay.flatMap { overlay in
        if case .beside(let rows) = overlay.placement { Optional(rows) } else { nil }
    }
    if size.columns >= 100, beside != nil {
        let columns = min(max(size.columns / 4, 44), 60)
        regions.overlay = Region(column: size.columns - columns, row: 1, columns: columns, rows: last - 1)
        left -= columns + 1
        beside = nil
    } else if size.columns >= 100, state.panels, !state.isReading {
        let columns = min(max(size.columns / 4, 36), 44)
        regions.panels = placed(
            Region(column: size.columns - columns, row: 1, columns: columns, rows: last - 1), state)
        if !regions.panels.isEmpty { left -= columns + 1 }
    }
    // What the panels do not show, the status line does.
    let shown = regions.panels.map(\.panel)
    var bottom = last
    if !shown.contains(.legend) || !shown.contains(.network) {
        bottom -= 1
        regions.status = Region(column: 0, row: bottom, columns: left, rows: 1)
    }

    if let wanted = beside {
        // The overlay has the keys: the input's rows are worth more to it and to the conversation.
        let rows = max(min(wanted, (bottom - 1) * 5 / 8), 1)
        bottom -= rows
        regions.overlay = Region(column: 0, row: bottom, columns: size.columns, rows: rows)
    } else {
        bottom = placeInput(state, size, columns: left, above: bottom, &regions)
    }

    if state.decoration.colouring != .gate {
        bottom -= 1
        regions.heatLegend = Region(column: 0, row: bottom, columns: left, rows: 1)
    }
    let notice = state.noticeRows(columns: left - Regions.gutter - 1).count
    if notice > 0 {
        // One row of the conversation stays.
        let rows = min(notice, 3, max(bottom - 2, 1))
        bottom -= rows
        regions.notice = Region(column: 0, row: bottom, columns: left, rows: rows)
    }
    regions.transcript = Region(column: 0, row: 1, columns: left, rows: max(bottom - 1, 0))
    let widest = state.isReading ? Regions.widestText.reading : Regions.widestText.chat
    regions.transcriptTextColumns = max(min(left - Regions.gutter - 1, widest), 1)
    if regions.overlay.isEmpty {
        // An overlay covers the conversation, never the legend.
        regions.overlay = Region(column: 0, row: 1, columns: left, rows: (regions.status?.row ?? last) - 1)
    }
    return regions
}

/// Places the input above a row; returns its own first row.
private func placeInput(
    _ state: State, _ size: Size, columns: Int, above end: Int, _ regions: inout Regions
) -> Int {
    regions.inputIsBoxed = size.rows >= 14
    let border = regions.inputIsBoxed ? 2 : 0
    let most = max(size.rows / 3 - border, 1)
    let textColumns = max(columns - 4, 1)
    let rows = min(state.editor.rows(columns: textColumns).count, most)
    let row = end - rows - border
    regions.input = Region(column: 0, row: row, columns: columns, rows: rows + border)
    regions.inputText = Region(column: 2, row: row + border / 2, columns: textColumns, rows: rows)
    return row
}

/// As many panels as fit, from the top, neighbours sharing a border.
private func placed(_ region: Region, _ state: State) -> [Regions.Placement] {
    var placements: [Regions.Placement] = []
    var row = region.row
    for panel in Panel.allCases {
        let rows = panel.rows(state) + 2
        guard row + rows <= region.row + region.rows else { break }
        placements.append(
            .init(panel: panel, region: Region(column: region.column, row: row, columns: region.columns, rows: rows)))
        row += rows - 1
    }
    // The legend alone is not worth the columns.
    return placements.count > 1 ? placements : []
}
