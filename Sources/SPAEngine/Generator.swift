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
        /// For looking at what was written.
        var probe = PathProbe()
    }
    private let queue = DispatchQueue(label: "spa.generation", qos: .userInitiated)
    private let clock: any LinkClock
    private let caches: Mutex<Caches>
    private let contextLength: Int
    /// The plugins and the number of their list, which grows with each that is set.
    private let current = Mutex<(number: Int, ready: [ReadyPlugin])>((0, []))
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
        try setPlugin(plugin)
    }

    /// The plugin of the next reply.
    public var plugin: Plugin? { current.withLock { $0.ready.first?.plugin } }

    /// Replaces the plugin, from the next reply on; nil for none. What has been read stays read.
    /// - Throws: `wrongBase`, `badPlugin`; the plugin is then as before.
    public func setPlugin(_ plugin: Plugin?) throws(EngineError) { try setPlugins(plugin.map { [$0] } ?? []) }

    /// Replaces the plugins, of which one may speak in each reply.
    /// - Throws: `wrongBase`, `badPlugin`; the plugins are then as before.
    public func setPlugins(_ plugins: [Plugin]) throws(EngineError) {
        var ready: [ReadyPlugin] = []
        for plugin in plugins { ready.append(try ReadyPlugin(plugin, base: base)) }
        current.withLock { [ready] in $0 = ($0.number + 1, ready) }
    }

    /// The plugin of a reply, with a number that no other has.
    private func speaker(_ index: Int?) -> (number: Int, ready: ReadyPlugin?) {
        current.withLock { current in
            guard let index, current.ready.indices.contains(index) else { return (-1, nil) }
            return (current.number << 8 + index, current.ready[index])
        }
    }

    /// Continues a prompt. The stream ends with `finished` or `failed`; no token is ever dropped. Whoever stops listening
    /// cancels. A second reply waits for the first.
    /// - Parameter aside: true for a text that is no part of the conversation: it is read in a fork, and what has been read
    ///   stays as it is.
    /// - Parameter speaker: which of the plugins may speak; nil for none.
    /// - Parameter subject: how likely the answer is the plugin's subject, where that was decided before it
    ///   (`AnswerPlanner`): it takes the place of sigma in the gate of every token.
    public func generate(
        promptIDs: [Int32], options: GenerationOptions = GenerationOptions(),
        control: GenerationControl = GenerationControl(), aside: Bool = false, speaker: Int? = 0, subject: Float? = nil
    ) -> AsyncStream<GenerationOutput> {
        let (stream, continuation) = AsyncStream.makeStream(of: GenerationOutput.self)
        continuation.onTermination = { reason in
            if case .cancelled = reason { control.cancel() }
        }
        let (number, ready) = self.speaker(speaker)
        let tokenizer = tokenizer
        // Keys and values of the two differ: who reads is settled for the whole reply.
        let actsInBlocks = ready?.blocks != nil && control.settings.mode != .base
        let reply = GenerationReply(
            base: base, ready: ready, options: options, control: control, clock: clock,
            networkSeed: replies.add(1, ordering: .relaxed).newValue,
            endOfTurn: tokenizer?.endOfGeneration ?? [], bytes: { tokenizer?.bytes(of: $0) ?? [] },
            asked: clock.now(), emit: { continuation.yield($0) }, actsInBlocks: actsInBlocks,
            subject: subject)
        queue.async { [self] in
            caches.withLock { caches in
                do throws(EngineError) {
                    var cache = actsInBlocks ? try blockCache(&caches, plugin: number) : caches.base
                    var alone = actsInBlocks ? caches.base : nil
                    if aside {
                        cache = try cache.fork(count: cache.commonPrefix(with: promptIDs))
                        alone = try alone.map { other throws(EngineError) in
                            try other.fork(count: other.commonPrefix(with: promptIDs))
                        }
                    }
                    continuation.yield(.finished(try reply.run(prompt: promptIDs, cache: cache, alone: alone)))
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

    /// What both paths and the gate say of a token that follows a text, outside the timed path. A reply in progress is
    /// waited for.
    /// - Parameters:
    ///   - token: the token to say the losses of.
    ///   - text: everything before it, at least one token.
    ///   - count: how many candidates of each path.
    ///   - price: for the gate; nil for the plugin's own.
    ///   - speaker: whose; see `generate`.
    public func inspect(
        _ token: Int32, after text: [Int32], count: Int, price: Float? = nil, speaker: Int? = 0, subject: Float? = nil
    ) async throws(EngineError) -> TokenInspection {
        let (number, ready) = self.speaker(speaker)
        let result: Result<TokenInspection, EngineError> = await withCheckedContinuation { continuation in
            queue.async { [self] in
                let result: Result<TokenInspection, EngineError> = caches.withLock { caches in
                    do throws(EngineError) {
                        return .success(
                            try inspection(
                                token, after: text, count: count, price: price, plugin: (number, ready),
                                subject: subject,
                                &caches))
                    } catch {
                        return .failure(error)
                    }
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private func inspection(
        _ token: Int32, after text: [Int32], count: Int, price: Float?, plugin: (number: Int, ready: ReadyPlugin?),
        subject: Float?, _ caches: inout Caches
    ) throws(EngineError) -> TokenInspection {
        guard !text.isEmpty else { throw .emptyPrompt }
        guard text.count <= contextLength else { throw .contextFull(needed: text.count, capacity: contextLength) }
        let ready = plugin.ready
        let taps = ready?.plugin.side?.configuration.taps ?? []
        let position = try caches.probe.read(text, base: base, taps: taps, from: caches.base)
        let cloud = CloudRole(base: base, cache: caches.base, ready: ready, sampling: SamplingOptions())
        let logits = base.head(position.final).values
        var result = TokenInspection(
            position: position.next, base: Sampler.candidates(logits, count: count), side: [],
            decision: cloud.decide(position, price: price ?? ready?.plugin.price ?? 0)?.about(
                subject, price: price ?? ready?.plugin.price ?? 0),
            baseLoss: Sampler.loss(logits, of: token))
        let side: [Float]
        switch ready?.part {
        case nil: return result
        case .side(let network):
            let device = DeviceRole(
                base: base, side: network, method: ready?.plugin.method ?? .spa, sampling: SamplingOptions())
            side = try device.logits(StateFrame(position, sequence: 0))
        case .blocks(let part):
            let exchanges = BlockExchanges(part, base: base)
            let read = try blockCache(&caches, plugin: plugin.number)
            let final = try caches.probe.read(text, base: base, plugin: (plugin.number, exchanges), from: read)
            side = base.head(final).values
        }
        result.side = Sampler.candidates(side, count: count)
        result.sideLoss = Sampler.loss(side, of: token)
        return result
    }

    /// Forgets what has been read, once the reply in progress is over.
    public func forget() {
        queue.async { [self] in
            caches.withLock { caches in
                caches.base.reset()
                caches.blocks?.cache.reset()
                caches.probe.reset()
            }
        }
    }
}
