import SPAEngine

/// Marks the side's tokens on a terminal: underlined, and in colour unless `NO_COLOR` is set.
struct TokenPainter: Sendable {
    /// Begins a side token; empty where nothing is marked.
    private let mark: String
    private let isTerminal: Bool

    /// For a terminal or for a file, by what these variables say.
    init(isTerminal: Bool, environment: [String: String]) {
        self.isTerminal = isTerminal
        let isPlain = !isTerminal || environment["TERM"] == "dumb"
        let hasColour = (environment["NO_COLOR"] ?? "").isEmpty
        mark = isPlain ? "" : hasColour ? "\u{1b}[4;36m" : "\u{1b}[4m"
    }

    /// The text as it is to be written. On a terminal nothing of a model's can act as a control sequence.
    func paint(_ text: String, _ path: TokenPath) -> String {
        let shown = isTerminal ? Standard.harmless(text) : text
        if path == .base || mark.isEmpty || shown.isEmpty { return shown }
        // Line ends stay outside, so that no line is underlined to its edge.
        return shown.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : mark + $0 + "\u{1b}[0m" }
            .joined(separator: "\n")
    }
}
