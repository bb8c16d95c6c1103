import Dispatch
import Synchronization
import Tokenizer

/// Makes replies, one at a time, on a thread of its own. What it has read stays in its cache, so that a prompt that
/// begins like the text before is not read again.
public final class Generator: Sendable {
    /// The base.
    public let base: BaseModel
    /// Gives tokens their text and knows which end a turn; without one tokens have no text and never end.
    public let tokenizer: Tokenizer?

    /// What a plugin inside the base's blocks has read is not what the base has read.
    private struct Caches {
        let base: KVCache
        /// With the number of the plugin that it belongs to.
        var blocks: (plugin: Int, cache: KVCache)?
    }
    private let queue = DispatchQueue(label: "spa.generation", qos: .userInitiated)
    private let clock: any LinkClock
    private let caches: Mutex<Caches>
    private let contextLength: Int
    /// The plugin and its number, which grows with each that is set.
    private let current = Mutex<(number: Int, ready: ReadyPlugin?)>((0, nil))
    private let inspector: CandidateInspector
    private let replies = Atomic<UInt64>(0)

    /// A generator with a cache of its own.
    /// - Parameters:
    ///   - contextLength: the positions that prompt and reply have together.
    ///   - clock: what latencies are measured with and simulated networks wait by.
    public init(
        base: BaseModel, tokenizer: Tokenizer? = nil, plugin: Plugin? = nil, contextLength: Int,
        clock: any LinkClock = SystemClock()
    ) throws(EngineError) {
        self.base = base
        self.tokenizer = tokenizer
        self.clock = clock
        self.contextLength = contextLength
        caches = Mutex(Caches(base: try base.makeCache(capacity: contextLength)))
        inspector = CandidateInspector(base: base, contextLength: contextLength)
        try setPlugin(plugin)
    }

    /// The plugin of the next reply.
    public var plugin: Plugin? { current.withLock { $0.ready?.plugin } }

    /// Replaces the plugin, from the next reply on; nil for none. What has been read stays read.
    /// - Throws: `wrongBase`, `badPlugin`; the plugin is then as before.
    public func setPlugin(_ plugin: Plugin?) throws(EngineError) {
        var ready: ReadyPlugin?
        if let plugin { ready = try ReadyPlugin(plugin, base: base) }
        current.withLock { $0 = ($0.number + 1, ready) }
    }

    /// Continues a prompt. The stream ends with `finished` or `failed`; no token is ever dropped. Whoever stops listening
    /// cancels. A second reply waits for the first.
    public func generate(
        promptIDs: [Int32], options: GenerationOptions = GenerationOptions(),
        control: GenerationControl = GenerationControl()
    ) -> AsyncStream<GenerationOutput> {
        let (stream, continuation) = AsyncStream.makeStream(of: GenerationOutput.self)
        continuation.onTermination = { reason in
            if case .cancelled = reason { control.cancel() }
        }
        let (number, ready) = current.withLock { $0 }
        let (tokenizer, inspector) = (tokenizer, inspector)
        // Keys and values of the two differ: who reads is settled for the whole reply.
        let actsInBlocks = ready?.blocks != nil && control.settings.mode != .base
        let reply = GenerationReply(
            base: base, ready: ready, options: options, control: control, clock: clock,
            networkSeed: replies.add(1, ordering: .relaxed).newValue,
            endOfTurn: tokenizer?.endOfGeneration ?? [], bytes: { tokenizer?.bytes(of: $0) ?? [] },
            asked: clock.now(),
            visit: { inspector.visit($0, text: $1, plugin: ready, actsInBlocks: actsInBlocks) },
            emit: { continuation.yield($0) }, actsInBlocks: actsInBlocks)
        queue.async { [self] in
            caches.withLock { caches in
                do throws(EngineError) {
                    let cache = actsInBlocks ? try blockCache(&caches, plugin: number) : caches.base
                    continuation.yield(.finished(try reply.run(prompt: promptIDs, cache: cache)))
                } catch {
                    continuation.yield(.failed(error))
                }
            }
            continuation.finish()
        }
        return stream
    }

    private func blockCache(_ caches: inout Caches, plugin: Int) throws(EngineError) -> KVCache {
        if let (owner, cache) = caches.blocks {
            if owner != plugin { cache.reset() }
            caches.blocks?.plugin = plugin
            return cache
        }
        let cache = try base.makeCache(capacity: contextLength)
        caches.blocks = (plugin, cache)
        return cache
    }

    /// What both paths say about the token that was chosen last, at temperature 1; nil before the first. Any thread may ask,
    /// also while a reply is streaming.
    public func candidates(count: Int) throws(EngineError) -> PathCandidates? {
        try inspector.candidates(count: count)
    }

    /// Forgets what has been read, once the reply in progress is over.
    public func forget() {
        queue.async { [self] in
            caches.withLock { caches in
                caches.base.reset()
                caches.blocks?.cache.reset()
            }
        }
        inspector.forget()
    }
}
