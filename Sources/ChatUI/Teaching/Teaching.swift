import Chat

/// What is to be learned.
public enum TeachingSource: Sendable, Equatable {
    /// Conversations, each ending with the answer that is wanted.
    case rows([[PromptMessage]])
    /// Rows in a file, as `spa train` takes them.
    case file(String)
    /// What was taught before, once more.
    case again
    /// What was taught before without the row of this number, counted from 1.
    case without(Int)
}

/// What the chat asks of whoever trains.
public enum TeachingRequest: Sendable, Equatable {
    /// Train, besides what was taught before, then ask `question` of the new plugin.
    case start(TeachingSource, question: [PromptMessage])
    /// End the training; nothing is changed.
    case stop
    /// The new plugin takes the old one's place and is used.
    case keep
    /// The new plugin and its rows go.
    case discard
    /// Say what has been taught.
    case list
}

/// A row that was taught, as it is shown.
public struct TaughtEntry: Sendable, Equatable {
    /// What is asked; empty for a passage.
    public var question: String
    /// What is answered, or the passage.
    public var answer: String
    /// The question before, where the one asked refers back to it; empty where it stands alone.
    public var earlier: String

    /// One row.
    public init(question: String, answer: String, earlier: String = "") {
        self.question = question
        self.answer = answer
        self.earlier = earlier
    }

    /// The question, or how a passage begins.
    public var name: String { question.isEmpty ? answer : question }
}

/// What a lesson is about.
public struct TeachingContent: Sendable, Equatable {
    /// What is new in it, or learned again.
    public var learned: [TaughtEntry]
    /// What is to be forgotten.
    public var forgotten: TaughtEntry?
    /// Rows that are learned in all, phrasings not counted; nil where that is not known yet.
    public var rows: Int?

    /// A lesson.
    public init(learned: [TaughtEntry] = [], forgotten: TaughtEntry? = nil, rows: Int? = nil) {
        self.learned = learned
        self.forgotten = forgotten
        self.rows = rows
    }
}

/// Where a training stands.
public struct TeachingProgress: Sendable, Equatable {
    /// What is being done, in a word or two.
    public var phase: String
    /// The step of the whole lesson that this is, from 1; 0 where there are none.
    public var step: Int
    /// How many there are.
    public var steps: Int
    /// How much of the whole lesson is done, 0 to 1.
    public var fraction: Double
    /// The epoch, from 1; 0 where there are none.
    public var epoch: Int
    /// How many there are.
    public var epochs: Int
    /// Nats a token on what is learned.
    public var loss: Double?
    /// Nats a token on what is held out.
    public var heldOutLoss: Double?
    /// The share of held-out tokens on which the plugin gains, in percent.
    public var usagePercent: Double?
    /// Seconds left.
    public var secondsLeft: Double?

    /// A stand.
    public init(
        phase: String, step: Int = 0, steps: Int = 0, fraction: Double = 0, epoch: Int = 0, epochs: Int = 0,
        loss: Double? = nil, heldOutLoss: Double? = nil, usagePercent: Double? = nil, secondsLeft: Double? = nil
    ) {
        self.phase = phase
        self.step = step
        self.steps = steps
        self.fraction = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        self.epoch = epoch
        self.epochs = epochs
        self.loss = loss
        self.heldOutLoss = heldOutLoss
        self.usagePercent = usagePercent
        // Whoever trains is another process: what it says may be anything.
        self.secondsLeft = secondsLeft.flatMap { (0...1e6).contains($0) ? $0 : nil }
    }

    /// Step and word, such as `2 of 4 · learning`.
    var words: String { steps > 0 ? "\(step) of \(steps) · \(phase)" : phase }
    /// How much is done, for a line.
    var percent: String { "\(Int((100 * fraction).rounded())) %" }
}

/// A plugin that has been trained and waits for a decision.
public struct TeachingResult: Sendable, Equatable {
    /// The same question's answer by the new plugin.
    public var answer: [TokenRecord]
    /// Rows learned, phrasings counted.
    public var rows: Int
    /// Held-out losses, nats a token; nil where nothing was held out.
    public var losses: (base: Double, gated: Double)?
    /// The share of tokens that the plugin takes on what it was taught, and in general chat, in percent.
    public var usagePercent: (own: Double, general: Double)
    /// Questions that were learned and are not answered as they should be.
    public var unanswered: [String]

    /// What came out.
    public init(
        answer: [TokenRecord], rows: Int, losses: (base: Double, gated: Double)?,
        usagePercent: (own: Double, general: Double), unanswered: [String] = []
    ) {
        self.unanswered = unanswered
        self.answer = answer
        self.rows = rows
        self.losses = losses
        self.usagePercent = usagePercent
    }

    /// All parts are equal.
    public static func == (a: TeachingResult, b: TeachingResult) -> Bool {
        a.answer == b.answer && a.rows == b.rows && a.losses?.base == b.losses?.base
            && a.losses?.gated == b.losses?.gated && a.usagePercent == b.usagePercent && a.unanswered == b.unanswered
    }
}

/// What whoever trains tells the chat.
public enum TeachingEvent: Sendable, Equatable {
    /// What is learned.
    case begun(TeachingContent)
    /// Where it stands.
    case progress(TeachingProgress)
    /// The new plugin is there.
    case trained(TeachingResult)
    /// It did not work; the text says what to do.
    case failed(String)
    /// The last row is forgotten, and the plugin with it.
    case dropped(TaughtEntry)
    /// What has been taught.
    case listed([TaughtEntry])
}

/// A training in the background, from `/teach` to the decision.
struct Teaching: Sendable {
    enum Phase: Sendable {
        case running(TeachingProgress)
        case decided(TeachingResult)
    }

    /// What is learned.
    var content: TeachingContent
    /// What was asked before.
    var question: String
    /// The answer that it had then.
    var before: [TokenRecord]
    /// The answer that is wanted; nil where rows come from a file.
    var wanted: String?
    var phase: Phase

    /// Word and share for the title line, and the same in fewer words.
    var summaries: [String] {
        switch phase {
        case .running(let progress):
            ["teaching: \(progress.words) \(progress.percent)", "teaching: \(progress.percent)"]
        case .decided: ["taught: /teach decides"]
        }
    }
}
