import Chat

/// Values as text and bars.
enum Meter {
    /// Eighths of a column, from nothing to full.
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    /// Heights of a sparkline.
    private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A bar of `share` (0...1) of `columns`, to an eighth of a column; what is above nothing shows at least an eighth.
    static func bar(_ share: Double, columns: Int) -> String {
        guard share.isFinite, share > 0, columns > 0 else { return "" }
        let parts = max(Int((min(share, 1) * Double(columns * 8)).rounded()), 1)
        return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
    }

    /// A column of cells from the top, filled from below to a share (0...1), to an eighth of a row.
    static func column(_ share: Double, rows: Int) -> [Character] {
        let share = share.isFinite ? min(max(share, 0), 1) : 0
        let parts = Int((share * Double(rows * 8)).rounded())
        return (0..<rows).reversed().map { row in
            let here = min(max(parts - row * 8, 0), 8)
            return here == 0 ? " " : heights[here - 1]
        }
    }

    /// The sparkline character of a probability.
    static func height(_ probability: Float) -> Character {
        guard probability.isFinite else { return heights[0] }
        return heights[min(Int(min(max(probability, 0), 1) * 8), 7)]
    }

    /// A time of one token, or of a first one: `8.4 ms`, `142 ms`, `2.31 s`.
    static func time(_ milliseconds: Double?) -> String {
        guard let milliseconds, milliseconds.isFinite else { return "–" }
        if milliseconds >= 99_950 { return "\(DecimalText.text(milliseconds / 1000, digits: 0)) s" }
        if milliseconds >= 999.5 { return "\(DecimalText.text(milliseconds / 1000, digits: 2)) s" }
        return "\(DecimalText.text(milliseconds, digits: milliseconds < 99.95 ? 1 : 0)) ms"
    }

    /// A share in percent: `0 %`, `3.4 %`, `62 %`.
    static func percent(_ percent: Double?) -> String {
        guard let percent, percent.isFinite else { return "–" }
        return "\(DecimalText.text(percent, digits: percent > 0 && percent < 9.95 ? 1 : 0)) %"
    }

    /// Tokens in a second: `118 tokens/s`.
    static func speed(_ speed: Double?, unit: String = " tokens/s") -> String {
        guard let speed, speed.isFinite else { return "–" }
        return DecimalText.text(speed, digits: speed < 9.95 ? 1 : 0) + unit
    }

    /// A number of bytes: `980 B`, `12.4 kB`, `1.31 MB`.
    static func bytes(_ bytes: Int) -> String {
        if bytes < 1000 { return "\(bytes) B" }
        if bytes < 1_000_000 { return "\(DecimalText.text(Double(bytes) / 1000, digits: 1)) kB" }
        return "\(DecimalText.text(Double(bytes) / 1_000_000, digits: 2)) MB"
    }
}
