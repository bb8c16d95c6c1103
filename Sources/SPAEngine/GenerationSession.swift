import Tokenizer

/// Conversations with one model: messages in, replies out. Because the cache outlives a reply, each turn reads only what is
/// new.
public struct GenerationSession: Sendable {
    /// Makes the replies; the plugin is replaced there.
    public let generator: Generator
    /// Text to tokens and back.
    public let tokenizer: Tokenizer
    /// How messages become tokens.
    public let template: ChatTemplate

    /// A session with a cache of its own.
    /// - Parameter contextLength: the positions that a conversation and its next reply have together.
    public init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, plugin: Plugin? = nil, contextLength: Int,
        clock: any LinkClock = SystemClock()
    ) throws(EngineError) {
        generator = try Generator(
            base: base, tokenizer: tokenizer, plugin: plugin, contextLength: contextLength, clock: clock)
        self.tokenizer = tokenizer
        self.template = template
    }

    /// The tokens of a conversation in which the assistant speaks next.
    public func promptIDs(_ messages: [Message]) -> [Int32] {
        template.encode(messages, with: tokenizer)
    }

    /// The assistant's next message.
    public func reply(
        to messages: [Message], options: GenerationOptions = GenerationOptions(),
        control: GenerationControl = GenerationControl()
    ) -> AsyncStream<GenerationOutput> {
        generator.generate(promptIDs: promptIDs(messages), options: options, control: control)
    }
}
