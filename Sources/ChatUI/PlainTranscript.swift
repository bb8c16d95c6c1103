import Chat

/// The chat as plain text, for screen readers and pipes: answers as they come, stretches of the side as `[side: …]`, and
/// what the window would say in a notice as lines. Nothing is ever moved or taken back.
public struct PlainTranscript: Sendable {
    /// The turn whose answer is told; nil while none is.
    private var turn: TurnID?
    private var piece = 0
    private var bytesOfPiece = 0
    private var isSide = false
    /// Spaces and line ends that wait for what follows, so that a bracket stands at its words.
    private var gap = ""
    private var notice: Notice?

    /// A transcript of nothing.
    public init() {}

    /// Tells the answer to the last question from now on.
    public mutating func begin(_ state: State) {
        turn = state.conversation.turns.last?.id
        piece = 0
        bytesOfPiece = 0
        isSide = false
        gap = ""
    }

    /// What is new of the answer.
    public mutating func answer(_ state: State) -> String {
        guard let turn, let reply = state.conversation.turns.last(where: { $0.id == turn })?.reply else { return "" }
        var text = ""
        while piece < reply.text.settled.count {
            let next = reply.text.settled[piece]
            let start = next.text.utf8.index(
                next.text.startIndex, offsetBy: min(bytesOfPiece, next.text.utf8.count))
            text += told(next.text[start...], isSide: reply.path(of: next) == .side)
            bytesOfPiece = next.text.utf8.count
            if piece + 1 == reply.text.settled.count, reply.isStreaming { break }
            piece += 1
            bytesOfPiece = 0
        }
        if !reply.isStreaming {
            if isSide { text += "]" }
            text += "\n"
            self.turn = nil
        }
        return text
    }

    /// Notices, and the figures of an answer that has ended, a line each.
    public mutating func remarks(_ state: inout State) -> [String] {
        var lines: [String] = []
        if state.notice != notice {
            notice = state.notice
            if let notice { lines.append(notice.text) }
        }
        if state.overlay is HelpOverlay { lines += Self.help }
        state.overlay = nil
        return lines
    }

    /// What is said of the answer that has just ended: its figures, and why it failed.
    public static func figures(_ state: State) -> [String] {
        guard let reply = state.lastReply else { return [] }
        return (reply.failure.map { ["Error: \($0)"] } ?? []) + ["(\(reply.figures))"]
    }

    private mutating func told(_ text: Substring, isSide side: Bool) -> String {
        let words = text.drop { $0.isWhitespace }
        gap += text[..<words.startIndex]
        guard !words.isEmpty else { return "" }
        let end = words.lastIndex { !$0.isWhitespace }.map { words.index(after: $0) } ?? words.endIndex
        var result = ""
        if isSide, !side { result += "]" }
        result += gap
        if side, !isSide { result += "[side: " }
        isSide = side
        gap = String(words[end...])
        return result + words[..<end]
    }

    private static let help =
        ["Commands:"]
        + CommandForm.all.filter { !$0.needsWindow }.map {
            "/\($0.name)\($0.argument.isEmpty ? "" : " " + $0.argument): \($0.help)"
        }
        + ["Ctrl-C stops an answer; the end of input leaves."]
}
