import SPAEngine

/// Where a training stands; given to the caller after every step.
public struct TrainingProgress: Sendable, Equatable {
    /// What is being done.
    public enum Phase: Sendable, Equatable {
        /// The base answers everyday questions.
        case anchors
        /// The base reads the rows.
        case features
        /// The side network, or what the method has in its place, learns all rows.
        case side
        /// A side learns all but one fold of the rows to score that one; folds count from 1.
        case crossFit(fold: Int, of: Int)
        /// The gate learns.
        case gate
        /// The question gate learns which questions are the plugin's own.
        case questions
        /// Losses and usage are measured.
        case evaluate

        /// What is being done, for a line.
        public var words: String {
            switch self {
            case .anchors: "the base answers everyday questions"
            case .features: "the base reads the rows"
            case .side: "learning"
            case .crossFit(let fold, let folds): "without fold \(fold) of \(folds)"
            case .gate: "the gate learns"
            case .questions: "learning which questions are its own"
            case .evaluate: "measuring"
            }
        }
    }

    /// What is being done.
    public var phase: Phase
    /// How much of this phase is done, 0 to 1.
    public var fraction: Double
    /// Where that is on the way of the whole training; nil before a trainer has said so.
    public var place: TrainingCourse.Place?
    /// The epoch, from 1, and how many there are; 0 outside the side's training.
    public var epoch = 0
    /// How many epochs there are.
    public var epochs = 0
    /// The running loss of this epoch, nats a token.
    public var loss: Float?
    /// The last epoch's loss on held-out rows, nats a token.
    public var heldOutLoss: Float?
    /// The share of held-out tokens on which the method gains at least the price, in percent.
    public var usagePercent: Float?
    /// Positions a second.
    public var tokensPerSecond: Double?
    /// Seconds left until the plugin is there, where that can be said.
    public var secondsLeft: Double?

    /// A stand.
    public init(phase: Phase, fraction: Double) {
        self.phase = phase
        self.fraction = fraction
    }

    /// The same as a part of what the side learns in all.
    func within(_ part: ClosedRange<Double>) -> TrainingProgress {
        var stand = self
        stand.phase = .side
        stand.fraction = part.lowerBound + fraction * (part.upperBound - part.lowerBound)
        return stand
    }
}

/// How a plugin is trained.
public struct TrainingOptions: Sendable, Equatable {
    /// What is trained.
    public var method = Method.spa
    /// Stage 1 of the methods with a side network.
    public var side = TrainingRecipe()
    /// Stage 2 of those with a gate.
    public var gate = GateRecipe()
    /// Training of the methods inside the base's blocks.
    public var blocks = TrainingRecipe.blocks
    /// The plugin's default price, in nats.
    public var price: Float = 0.2
    /// Seed of everything random.
    public var seed: UInt64 = 1
    /// The side's sizes; the standard ones for the base unless given.
    public var configuration: SideConfigurationOptions = .init()
    /// The folds that the gate's effects are cross-fitted in, at least 2: each is scored by a side that did not learn it.
    public var folds = 3
    /// The share of rows held out where no held-out rows are given.
    public var heldOutShare = 0.1
    /// Longest row in tokens; what is beyond is cut off.
    public var longestRow = 512
    /// What the plugin is about.
    public var subject = ""
    /// When, for the plugin's facts.
    public var date = ""
    /// Where the base's answers to the anchor questions are kept; nil keeps none.
    public var anchorsFolder: String?
    /// Whether rows that are facts (`FactRows.are`) are learned as such: in several phrasings, all of them, with a question gate.
    public var learnsFacts = false
    /// Whether each question is learned in several phrasings; nil leaves it to what the rows are: questions of facts are, where
    /// these are few.
    public var phrasings: Bool?
    /// Whether the report holds what the gate was trained on.
    package var keepsGateMaterial = false
    /// Where the training can be taken up again; nil keeps no checkpoint.
    public var checkpoint: String?

    /// The measured recipe.
    public init() {}

    /// The recipe of the method's part.
    public var recipe: TrainingRecipe { method.usesSideNetwork ? side : blocks }
}

/// Sizes that differ from the standard ones.
public struct SideConfigurationOptions: Sendable, Equatable {
    /// The blocks tapped.
    public var taps: [Int]?
    /// d.
    public var width: Int?

    /// The standard sizes.
    public init() {}
}

/// What a training gave.
public struct TrainingReport: Sendable {
    /// The plugin, its facts filled in.
    public var plugin: Plugin
    /// Loss and held-out loss of each epoch.
    public var epochs: [(loss: Float, heldOutLoss: Float)]
    /// Rows that were too long and have been cut.
    public var cutRows: Int
    /// Rows whose question alone is too long, so that nothing of them was learned.
    public var unlearnedRows = 0
    /// Questions that were learned and would not be answered word for word.
    public var unanswered: [String] = []
    /// Held-out questions that the question gate leaves to the base.
    public var unrecognised: [String] = []
    /// Whether the training was stopped early.
    public var stopped: Bool
    /// What the gate was trained on, where that was asked for.
    package var gateMaterial: GateMaterial?
}
