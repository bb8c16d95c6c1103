import Screen

/// Draws the chat into a frame of the window's size. Pure: nothing but the frame changes.
///
/// The transcript is drawn from the rows that `State.frame()` keeps up to date; roles are drawn, and the
/// terminal turns them into the theme's colours.
public func render(_ state: State, _ regions: Regions, _ theme: Theme, into frame: inout Frame) {
    if regions.tooSmall {
        renderTooSmall(into: &frame)
        return
    }
    renderTitle(state, regions.title, into: &frame)
    renderTranscript(state, regions.transcript, into: &frame)
    if let legend = regions.heatLegend { renderHeatLegend(state, legend, into: &frame) }
    if let notice = regions.notice { renderNotice(state, notice, into: &frame) }
    renderInput(state, regions, into: &frame)
    renderPanels(state, regions.panels, into: &frame)
    if let status = regions.status { renderStatus(state, status, into: &frame) }
    renderKeyBar(state, regions.keyBar, into: &frame)
    state.overlay?.render(state, regions.overlay, into: &frame)
}

extension State {
    /// Lays out, wraps what is new, draws, and notes that the screen is up to date.
    public mutating func frame() -> Frame {
        // A notice may come and go with the height; the transcript is wrapped for the regions that are drawn.
        let regions = refreshTranscript()
        var frame = Frame(size: size)
        render(self, regions, theme, into: &frame)
        needsRender = false
        return frame
    }
}

/// A window below 40 x 10 says so, in as many words as it holds.
private func renderTooSmall(into frame: inout Frame) {
    let text =
        "spa needs \(smallestSize.columns)x\(smallestSize.rows); this window has \(frame.size.columns)x\(frame.size.rows)."
    for (row, spans) in Wrapping.rows(of: [Span(text, .warning)], columns: max(frame.size.columns, 1)).enumerated()
    where row < frame.size.rows {
        frame.write(spans, at: Point(column: 0, row: row))
    }
}

extension Frame {
    /// Writes spans so that they end at a region's right edge, cutting what does not fit, and returns the columns used.
    @discardableResult
    mutating func writeRight(_ spans: [Span], in region: Region, row: Int = 0) -> Int {
        let columns = min(spans.reduce(0) { $0 + TextWidth.columns(of: $1.text) }, region.columns)
        return write(
            spans, at: Point(column: region.endColumn - columns, row: region.row + row), maxColumns: columns)
    }

    /// Writes a label at the left and a value at the right of a row.
    mutating func writeRow(_ label: String, _ value: [Span], in region: Region, row: Int) {
        guard row < region.rows else { return }
        let used = write(
            label, at: Point(column: region.column, row: region.row + row), role: .dim, maxColumns: region.columns)
        let rest = region.splitLeft(used + 1).rest
        writeRight(value, in: rest, row: row)
    }
}

/// Columns of spans side by side.
func columns(of spans: [Span]) -> Int { spans.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }

/// The first of some texts that fits a width; the last one where none does.
func fitting(_ texts: [String], columns: Int) -> String {
    texts.first { TextWidth.columns(of: $0) <= columns } ?? texts.last ?? ""
}

/// Spans cut to a width, with an ellipsis where something is missing.
func shortened(_ spans: [Span], columns width: Int) -> [Span] {
    guard columns(of: spans) > width else { return spans }
    var result: [Span] = []
    var left = width
    for span in spans {
        let columns = TextWidth.columns(of: span.text)
        guard columns < left else {
            // A space more, so that the ellipsis is there also where this span alone would just fit.
            result.append(Span(shortened(span.text + " ", columns: left), span.role, extra: span.extra))
            break
        }
        result.append(span)
        left -= columns
    }
    return result
}

/// Text cut to a width, with an ellipsis where something is missing.
func shortened(_ text: String, columns: Int) -> String {
    guard TextWidth.columns(of: text) > columns else { return text }
    var result = ""
    var used = 0
    for character in text {
        let width = TextWidth.columns(of: character)
        if used + width > columns - 1 { break }
        used += width
        result.append(character)
    }
    return columns > 0 ? result + "…" : ""
}
