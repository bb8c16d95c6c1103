/// What a person does with a replay.
public enum ReplayRequest: Sendable, Equatable {
    /// Stands still, or goes on.
    case pause(Bool)
    /// Plays so many times as fast as it happened.
    case speed(Double)
    /// Goes to the question before (negative) or the next one.
    case step(Int)
}

/// Where a replay stands, on a clock in milliseconds that whoever plays it has: which lines are due, with pauses, other
/// speeds, and jumps from answer to answer.
public struct TracePlayback: Sendable {
    /// The trace.
    public let lines: [TraceLine]
    /// How many of its lines have been played.
    public private(set) var played = 0

    private var speed: Double
    private var isPaused = false
    /// The moment of the trace at `since` of the clock.
    private var moment = 0.0
    private var since: Double

    /// While it plays, going back within this time after a question goes to the one before it, in milliseconds.
    private static let grace = 1000.0

    /// A replay that begins at `now`.
    public init(_ trace: Trace, speed: Double, at now: Double) {
        lines = trace.lines
        self.speed = speed
        since = now
    }

    /// Whether everything has been played.
    public var isOver: Bool { played == lines.count }

    /// Milliseconds until the next line is due; nil where nothing will be, as things are.
    public func wait(at now: Double) -> Double? {
        guard !isPaused, !isOver else { return nil }
        return max(0, (lines[played].at - moment(at: now)) / speed)
    }

    /// The lines that are due and have not been played; they count as played from now on.
    public mutating func take(at now: Double) -> ArraySlice<TraceLine> {
        let first = played
        let present = moment(at: now)
        while !isPaused, !isOver, lines[played].at <= present { played += 1 }
        return lines[first..<played]
    }

    /// Does what a person asks.
    /// - Returns: where the replay has jumped, all lines up to there; nil where it has not.
    public mutating func perform(_ request: ReplayRequest, at now: Double) -> ArraySlice<TraceLine>? {
        moment = moment(at: now)
        since = now
        switch request {
        case .pause(let isPaused): self.isPaused = isPaused
        case .speed(let speed): self.speed = speed
        case .step(let step):
            jump(step)
            return lines[..<played]
        }
        return nil
    }

    private func moment(at now: Double) -> Double { isPaused ? moment : moment + max(0, now - since) * speed }

    /// Whether a question has only just been shown: nothing of its answer where the replay stands still.
    private func isJustBehind(_ question: Int) -> Bool {
        isPaused ? played == question + 1 : (moment - lines[question].at) / speed < Self.grace
    }

    /// To a question, which is played with the jump; to the very beginning or end where there is none.
    private mutating func jump(_ step: Int) {
        let questions = lines.indices.filter { lines[$0].event == .question }
        if step > 0 {
            played = questions.first { $0 >= played }.map { $0 + 1 } ?? lines.count
        } else {
            let behind = questions.filter { $0 < played }
            let isJustThere = behind.last.map { isJustBehind($0) } ?? true
            played = behind.dropLast(isJustThere ? 1 : 0).last.map { $0 + 1 } ?? 0
        }
        moment = played > 0 ? lines[played - 1].at : 0
    }
}
