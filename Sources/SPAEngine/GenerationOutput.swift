/// What a reply is made with, fixed at its beginning.
public struct GenerationOptions: Sendable, Equatable {
    /// How the base's tokens are chosen. Its penalties count the reply's own tokens, not the prompt's: what a question says
    /// may be said again.
    public var sampling: SamplingOptions
    /// The temperature of the side's tokens, which have no penalties: they would spoil what the side knows. nil for the base's.
    public var sideTemperature: Float?
    /// How many tokens at the prompt's end are the reply's own already, for the penalties.
    public var replyTokensInPrompt = 0
    /// Whether a reply ends that repeats a block of tokens again and again (`RepetitionDetector`); one copy is kept. A beam
    /// search takes no notice of it.
    public var stopsRepetition: Bool
    /// The most tokens that are generated.
    public var maximumTokens: Int
    /// Whether the model can end its reply; otherwise it goes on to `maximumTokens`.
    public var stopsAtEndOfTurn: Bool
    /// Beam search instead, which needs greedy `sampling`; nil for none.
    public var beams: BeamOptions?

    /// Greedy and at most 512 tokens unless told otherwise.
    public init(
        sampling: SamplingOptions = SamplingOptions(), sideTemperature: Float? = nil, maximumTokens: Int = 512,
        stopsAtEndOfTurn: Bool = true, stopsRepetition: Bool = false, beams: BeamOptions? = nil
    ) {
        self.sideTemperature = sideTemperature
        self.stopsRepetition = stopsRepetition
        self.beams = beams
        self.sampling = sampling
        self.maximumTokens = maximumTokens
        self.stopsAtEndOfTurn = stopsAtEndOfTurn
    }

    /// How the side's tokens are chosen.
    var sideSampling: SamplingOptions { sampling.withoutPenalties(temperature: sideTemperature) }
}

/// Why a reply ended.
public enum StopReason: String, Sendable, Codable, CaseIterable {
    /// The model ended it.
    case endOfTurn = "end_of_turn"
    /// It is as long as was asked for.
    case length
    /// It was cancelled.
    case cancelled
    /// The context is full.
    case context
    /// It began to repeat itself; one copy of what it repeated is kept.
    case repetition
}

/// The account of one reply.
public struct GenerationSummary: Sendable, Equatable {
    /// Why it ended.
    public var stop: StopReason
    /// The prompt's tokens.
    public var promptTokens: Int
    /// Those of them that were not in the cache.
    public var computedPromptTokens: Int
    /// From the request to the first token, milliseconds; nil without tokens.
    public var firstTokenMilliseconds: Double?
    /// Tokens after the first, a second; 0 where there are none.
    public var tokensPerSecond: Double
    /// Tokens, usage, transmissions, milliseconds and bytes. The token that ends a turn is no part of the reply and not
    /// counted.
    public var ledger: Ledger
    /// What reading the prompt took of exchanges, where a plugin acts inside the base's blocks: no part of the ledger.
    public var promptExchanges: ExchangeCost

    /// An account.
    public init(
        stop: StopReason, promptTokens: Int, computedPromptTokens: Int, firstTokenMilliseconds: Double?,
        tokensPerSecond: Double, ledger: Ledger, promptExchanges: ExchangeCost = ExchangeCost()
    ) {
        self.stop = stop
        self.promptTokens = promptTokens
        self.computedPromptTokens = computedPromptTokens
        self.firstTokenMilliseconds = firstTokenMilliseconds
        self.tokensPerSecond = tokensPerSecond
        self.ledger = ledger
        self.promptExchanges = promptExchanges
    }
}

/// What comes out of a reply, in this order: the prompt was read, tokens, possibly some of them taken back, one of the last two.
public enum GenerationOutput: Sendable, Equatable {
    /// The prompt has been read: its tokens, how many had to be computed, how long that took, and what it took of exchanges.
    case promptRead(tokens: Int, computed: Int, milliseconds: Double, exchanges: ExchangeCost)
    /// A token.
    case token(TokenEvent)
    /// So many of the last tokens are no part of the reply any more; it ends with this.
    case retracted(Int)
    /// The reply is at its end.
    case finished(GenerationSummary)
    /// The reply failed; tokens that came before stand.
    case failed(EngineError)
}
