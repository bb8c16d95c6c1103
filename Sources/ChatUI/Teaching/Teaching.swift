import Chat

/// What is to be learned.
public enum TeachingSource: Sendable, Equatable {
    /// Conversations, each ending with the answer that is wanted.
    case rows([[PromptMessage]])
    /// Rows in a file, as `spa train` takes them.
    case file(String)
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
}

/// Where a training stands.
public struct TeachingProgress: Sendable, Equatable {
    /// What is being done, in a word or two.
    public var phase: String
    /// How much of this phase is done, 0 to 1.
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
        phase: String, fraction: Double = 0, epoch: Int = 0, epochs: Int = 0, loss: Double? = nil,
        heldOutLoss: Double? = nil, usagePercent: Double? = nil, secondsLeft: Double? = nil
    ) {
        self.phase = phase
        self.fraction = fraction
        self.epoch = epoch
        self.epochs = epochs
        self.loss = loss
        self.heldOutLoss = heldOutLoss
        self.usagePercent = usagePercent
        self.secondsLeft = secondsLeft
    }
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

    /// What came out.
    public init(
        answer: [TokenRecord], rows: Int, losses: (base: Double, gated: Double)?,
        usagePercent: (own: Double, general: Double)
    ) {
        self.answer = answer
        self.rows = rows
        self.losses = losses
        self.usagePercent = usagePercent
    }

    /// All parts are equal.
    public static func == (a: TeachingResult, b: TeachingResult) -> Bool {
        a.answer == b.answer && a.rows == b.rows && a.losses?.base == b.losses?.base
            && a.losses?.gated == b.losses?.gated && a.usagePercent == b.usagePercent
    }
}

/// What whoever trains tells the chat.
public enum TeachingEvent: Sendable, Equatable {
    /// Where it stands.
    case progress(TeachingProgress)
    /// The new plugin is there.
    case trained(TeachingResult)
    /// It did not work; the text says what to do.
    case failed(String)
}

/// A training in the background, from `/teach` to the decision.
struct Teaching: Sendable {
    enum Phase: Sendable {
        case running(TeachingProgress)
        case decided(TeachingResult)
    }

    /// What was asked before.
    var question: String
    /// The answer that it had then.
    var before: [TokenRecord]
    /// The answer that is wanted; nil where rows come from a file.
    var wanted: String?
    var phase: Phase

    /// Word and share for the title line.
    var summary: String {
        switch phase {
        case .running(let progress): "teaching: \(progress.phase) \(Int((100 * progress.fraction).rounded())) %"
        case .decided: "taught: /teach decides"
        }
    }
}
