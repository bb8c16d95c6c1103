import SPAEngine
import Training

/// How much of the data a run of the tables uses.
public struct TableScale: Sendable, Equatable {
    /// Rows of one data set.
    public struct Rows: Sendable, Equatable {
        /// Rows learned.
        public var train: Int
        /// Rows learned by LoRA and Adapter, whose every step goes through the whole base and back.
        public var trainInBase: Int
        /// Rows to choose epochs by.
        public var validation: Int
        /// Rows to choose prices by: short answers need many, as their few tokens say little.
        public var pricing: Int
        /// Rows reported.
        public var test: Int
        /// Rows reported of LoRA and Adapter, and of the smaller shares of Table 1.
        public var testOfOthers: Int
    }

    /// Its name.
    public let name: String
    /// By data set.
    public let rows: [PaperDataSet: Rows]
    /// How often the side methods learn all rows; the best epoch by validation is kept.
    public let epochs: Int
    /// How often LoRA and Adapter do.
    public let epochsInBase: Int
    /// Rows a batch.
    public let batchRows: Int
    /// Everyday questions that training is anchored by.
    public let anchorQuestions: Int
    /// Questions of general chat.
    public let generalQuestions: Int
    /// Prompts that Table 2's latencies are taken over.
    public let timedPrompts: Int

    /// Seconds: every table from a few rows, to try the way.
    public static let smoke = TableScale(
        name: "smoke",
        rows: Dictionary(
            uniqueKeysWithValues: PaperDataSet.allCases.map {
                ($0, Rows(train: 8, trainInBase: 2, validation: 3, pricing: 4, test: 2, testOfOthers: 1))
            }),
        epochs: 2, epochsInBase: 1, batchRows: 4, anchorQuestions: 6, generalQuestions: 3, timedPrompts: 1)

    /// A quarter of an hour on two cores: the order of things, with wide intervals.
    public static let quick = TableScale(
        name: "quick",
        rows: [
            .xsum: Rows(train: 240, trainInBase: 40, validation: 24, pricing: 24, test: 80, testOfOthers: 40),
            .cnnDailyMail: Rows(train: 200, trainInBase: 0, validation: 20, pricing: 20, test: 60, testOfOthers: 30),
            .coqa: Rows(train: 400, trainInBase: 60, validation: 32, pricing: 80, test: 120, testOfOthers: 60),
            .sciq: Rows(train: 1200, trainInBase: 0, validation: 48, pricing: 150, test: 300, testOfOthers: 100),
        ],
        epochs: 3, epochsInBase: 2, batchRows: 8, anchorQuestions: .max, generalQuestions: 30, timedPrompts: 3)

    /// An hour or two on two cores.
    public static let reduced = TableScale(
        name: "reduced",
        rows: [
            .xsum: Rows(train: 800, trainInBase: 160, validation: 48, pricing: 64, test: 300, testOfOthers: 100),
            .cnnDailyMail: Rows(train: 600, trainInBase: 0, validation: 40, pricing: 48, test: 300, testOfOthers: 60),
            .coqa: Rows(train: 1600, trainInBase: 320, validation: 64, pricing: 200, test: 300, testOfOthers: 200),
            .sciq: Rows(train: 4000, trainInBase: 0, validation: 96, pricing: 250, test: 300, testOfOthers: 300),
        ],
        epochs: 4, epochsInBase: 2, batchRows: 8, anchorQuestions: .max, generalQuestions: 60, timedPrompts: 6)

    /// Everything that `../shared/data` has: most of a day.
    public static let full = TableScale(
        name: "full",
        rows: Dictionary(
            uniqueKeysWithValues: PaperDataSet.allCases.map {
                (
                    $0,
                    Rows(train: .max, trainInBase: .max, validation: 150, pricing: 400, test: .max, testOfOthers: .max)
                )
            }),
        epochs: 8, epochsInBase: 4, batchRows: 8, anchorQuestions: .max, generalQuestions: 200, timedPrompts: 20)

    /// All, from small to large.
    public static let all = [smoke, quick, reduced, full]
}
