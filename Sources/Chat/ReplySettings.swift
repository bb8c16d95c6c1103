/// What an answer was made with, kept with it so that it can be explained later. Price and threshold can move while it
/// is written: every token has its own.
public struct ReplySettings: Sendable, Codable, Equatable {
    /// The base model's name.
    public var model: String
    /// The plugin's name; nil where there was none.
    public var plugin: String?
    /// `gated`, `base` or `side`.
    public var mode: String
    /// In nats; nil where nobody knew it.
    public var price: Double?
    /// The probability above which the side speaks.
    public var threshold: Double
    /// `off`, a preset, or a description in the form of `--network`.
    public var network: String
    /// The longest wait for a side token, milliseconds; 0 where it waited as long as it took, nil where nobody knows.
    public var deadline: Double?
    /// The sampler's seed.
    public var seed: UInt64

    /// Settings of one answer.
    public init(
        model: String = "", plugin: String? = nil, mode: String = "gated", price: Double? = nil,
        threshold: Double = 0.5, network: String = "off", deadline: Double? = nil, seed: UInt64 = 0
    ) {
        self.model = model
        self.plugin = plugin
        self.mode = mode
        self.price = price
        self.threshold = threshold
        self.network = network
        self.deadline = deadline
        self.seed = seed
    }
}
