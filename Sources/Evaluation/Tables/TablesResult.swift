import FoundationEssentials

/// Everything that a run of the tables found: what `tables.json` holds. ROUGE and usage in percent; keys of data sets and
/// systems as `PaperDataSet` and `ComparedSystem` have them.
public struct TablesResult: Codable, Sendable, Equatable {
    /// How it was made.
    public var run: RunFacts
    /// Table 1: usage by data set and share of the training data, at the plugin's own price.
    public var table1: [String: [String: UsageEntry]] = [:]
    /// Table 2: cost and quality by method.
    public var table2: [String: CostEntry] = [:]
    /// Table 2's network latency at the paper's own sizes and link.
    public var table2AtPaperScale: [String: PaperScaleEntry] = [:]
    /// Table 3: quality and usage by data set and system.
    public var table3: [String: [String: QualityEntry]] = [:]
    /// Figures 3 and 4: losses by data set, system and epoch.
    public var learning: [String: [String: LearningEntry]] = [:]
    /// The gate of SPA by data set.
    public var gate: [String: GateEntry] = [:]
    /// General chat by data set and system.
    public var generalChat: [String: [String: GeneralEntry]] = [:]
    /// What the device holds, by method, bytes.
    public var deviceMemory: [String: MemoryEntry] = [:]
    /// Where the paper's own numbers do not go together.
    public var inconsistencies: [String] = []

    /// Nothing yet.
    public init(run: RunFacts) { self.run = run }

    /// How a run was made.
    public struct RunFacts: Codable, Sendable, Equatable {
        /// The scale's name.
        public var scale: String
        /// The seeds.
        public var seeds: [UInt64]
        /// The base's name.
        public var base: String
        /// Rows by data set: learned, learned by LoRA and Adapter, chosen by, reported.
        public var rows: [String: [String: Int]]
        /// Epochs of the side methods, and of LoRA and Adapter.
        public var epochs: [String: Int]
        /// Seconds that this run took; what was kept from earlier ones is not counted.
        public var seconds: Double
        /// Threads computed with.
        public var threads: Int
        /// The machine's load over the last minute when the run ended.
        public var load: Double
    }

    /// A usage of Table 1.
    public struct UsageEntry: Codable, Sendable, Equatable {
        /// Rows learned.
        public var rows: Int
        /// Of generated tokens.
        public var usagePercent: Double
        /// The price, nats.
        public var price: Double
        /// On the validation rows by teacher forcing.
        public var forcedUsagePercent: Double
    }

    /// A row of Table 3, a mean over seeds.
    public struct QualityEntry: Codable, Sendable, Equatable {
        /// F1 of ROUGE-L.
        public var rougeL: Double
        /// Side tokens of all generated tokens.
        public var usagePercent: Double
        /// F1 of ROUGE-1.
        public var rouge1: Double
        /// F1 of ROUGE-2.
        public var rouge2: Double
        /// ROUGE-L of each seed.
        public var rougeLBySeed: [Double]
        /// Half the width of the 95 % interval of ROUGE-L over the rows.
        public var rougeLInterval: Double
        /// Rows answered.
        public var rows: Int
        /// Rows learned.
        public var trainRows: Int
        /// The price of the first seed, nats.
        public var price: Double?
        /// Loss on the validation rows as spoken at the plugin's own price, nats a token; of the first seed.
        public var validationLoss: Double?
    }

    /// A column of Table 2.
    public struct CostEntry: Codable, Sendable, Equatable {
        /// Trained parameters, gate included.
        public var parameters: Int
        /// Seconds for 50 new tokens.
        public var inferenceSeconds: Double?
        /// Over the paper's link, from real exchanges in virtual time.
        public var networkSeconds: Double?
        /// Inference and network.
        public var totalSeconds: Double?
        /// The network's by the formula, from the exchanges and bytes recorded.
        public var formulaNetworkSeconds: Double?
        /// M of Eq. 4.
        public var exchangesPerToken: Double?
        /// Both ways.
        public var bytesPerToken: Double?
        /// Side tokens of all generated tokens.
        public var usagePercent: Double?
        /// By data set.
        public var rougeL: [String: Double] = [:]
    }

    /// Network latency of 50 new tokens at the paper's sizes.
    public struct PaperScaleEntry: Codable, Sendable, Equatable {
        /// From real exchanges in virtual time.
        public var networkSeconds: Double
        /// The paper's.
        public var paperSeconds: Double?
        /// (ours - paper) / paper.
        public var relativeDifference: Double?
        /// The paper's ratio.
        public var usagePercent: Double
        /// The network's by the formula.
        public var formulaSeconds: Double
        /// Exchanges for all tokens.
        public var exchanges: Int
        /// Both ways.
        public var bytesPerExchange: Int
    }

    /// Losses by epoch, nats a token.
    public struct LearningEntry: Codable, Sendable, Equatable {
        /// On the rows learned.
        public var training: [Double]
        /// On the validation rows.
        public var validation: [Double]
    }

    /// Quality against usage on test rows, by teacher forcing.
    public struct GateEntry: Codable, Sendable, Equatable {
        /// Points of usage in percent and loss in nats a token: oracle, effect, linear, random.
        public var curves: [String: [[Double]]]
        /// (area - area of random) / (area of the oracle - area of random).
        public var skill: [String: Double]
        /// At the plugin's own price.
        public var usagePercent: Double
        /// At the plugin's own price, nats a token.
        public var loss: Double
        /// The oracle's at the same usage.
        public var oracleLoss: Double
        /// The base alone.
        public var baseLoss: Double
        /// The side on every token.
        public var sideLoss: Double
        /// Tokens scored.
        public var tokens: Int
        /// The plugin's own price, nats.
        public var price: Double
    }

    /// On the base's own answers to everyday questions.
    public struct GeneralEntry: Codable, Sendable, Equatable {
        /// Tokens that the side would speak.
        public var usagePercent: Double
        /// Nats a token, as spoken.
        public var loss: Double
        /// Nats a token of the base.
        public var baseLoss: Double
    }

    /// Bytes on the device.
    public struct MemoryEntry: Codable, Sendable, Equatable {
        /// The plugin without its gate.
        public var plugin: Int
        /// The output head.
        public var head: Int
        /// Keys and values.
        public var cache: Int
        /// All of it.
        public var total: Int
        /// The same at the paper's sizes (H = 4096, L = 32, a vocabulary of 32,000, fp16).
        public var totalAtPaperScale: Int
    }

    /// The file.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension Double {
    /// Rounded for a file.
    func rounded(digits: Int) -> Double {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
