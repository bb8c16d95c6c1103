import Chat
import Screen

/// What the instrument asks the engine to do beside the conversation.
public enum InstrumentEffect: Sendable, Equatable {
    /// Say what both paths think of a token.
    case inspect(TokenQuestion)
    /// Go down the road that was not taken, in a fork.
    case walk(RoadQuestion)
    /// Answer a question three ways, one after the other.
    case compare(ComparisonQuestion)
    /// Wait no longer for a side token, in milliseconds; nil for as long as it takes.
    case setDeadline(Double?)
    /// End what runs beside the conversation.
    case stop
}

/// What the engine answers.
public enum InstrumentEvent: Sendable, Equatable {
    /// What both paths think of a token.
    case inspected(TokenQuestion, TokenInspection)
    /// Why that could not be said.
    case inspectionFailed(TokenQuestion, String)
    /// A token of a road not taken.
    case roadToken(RoadQuestion, TokenRecord)
    /// The road's end; the text says why where it is an error.
    case roadEnded(RoadQuestion, String?)
    /// A token of one of three answers.
    case compared(ComparisonQuestion, ComparisonColumn, TokenRecord)
    /// So many of the last tokens of one of three answers are no part of it any more.
    case comparisonRetracted(ComparisonQuestion, ComparisonColumn, Int)
    /// The end of one of three answers; the text says why where it is an error.
    case comparisonEnded(ComparisonQuestion, ComparisonColumn, StopReason, String?)
}

/// A road that was not taken: at this token, what the other path would have said, and so on.
public struct RoadQuestion: Sendable, Hashable {
    /// Where it begins.
    public var token: TokenQuestion
    /// The path that says the first token.
    public var path: TokenPath
    /// The most tokens to walk.
    public var count: Int

    /// A road.
    public init(token: TokenQuestion, path: TokenPath, count: Int) {
        self.token = token
        self.path = path
        self.count = count
    }
}

extension RoadQuestion: CustomStringConvertible {
    /// Short, for tests and logs.
    public var description: String { "\(count) tokens by the \(path.rawValue) instead of \(token)" }
}

/// What the instrument has been told.
struct Instrument: Sendable {
    /// Inspections by question; the questions hold all that the answers depend on, but for the plugin.
    private(set) var inspections: [TokenQuestion: TokenInspection] = [:]
    /// The question that the engine is working on.
    var asked: TokenQuestion?
    /// The last question without an answer, and why.
    var failed: (question: TokenQuestion, reason: String)?
    /// The road that is shown.
    var road: Road?
    /// The comparison that is shown.
    var comparison: Comparison?
    /// Comparisons begun so far.
    var comparisons = 0

    private static let kept = 2000

    mutating func keep(_ inspection: TokenInspection, of question: TokenQuestion) {
        if inspections.count >= Self.kept { inspections = [:] }
        inspections[question] = inspection
    }

    /// Another plugin says other things.
    mutating func forget() {
        inspections = [:]
        asked = nil
        failed = nil
    }
}

/// A road that is being walked or has been.
struct Road: Sendable {
    var question: RoadQuestion
    var place: TokenPlace
    /// What was said in its place.
    var chosen: String
    var tokens: [TokenRecord] = []
    var isRunning = true
    var failure: String?

    /// The ghost row: dim, the side's words underlined as everywhere.
    var ghost: [Span] {
        var spans = [Span("instead of “\(chosen)”: ", .system)]
        var text = StreamingText()
        for (index, token) in tokens.enumerated() { text.push(token.bytes, token: index) }
        if !isRunning { text.finish() }
        for piece in text.pieces {
            let isSide = tokens.indices.contains(piece.token) && tokens[piece.token].path == .side
            spans.append(
                Span(piece.text.replacing("\n", with: " ⏎ "), .dim, extra: isSide ? .underline : []))
        }
        if isRunning { spans.append(Span(" …", .dim)) }
        if let failure { spans.append(Span(" " + failure, .error)) }
        return spans
    }
}
