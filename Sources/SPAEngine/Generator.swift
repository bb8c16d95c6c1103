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

    private struct Snapshot {
        let position: CloudRole.Position
        let step: SideInference?
        let method: Method
    }
    private let queue = DispatchQueue(label: "spa.generation", qos: .userInitiated)
    private let clock: any LinkClock
    private let cache: Mutex<KVCache>
    private let current: Mutex<(plugin: Plugin, step: SideInference)?>
    private let snapshot = Mutex<Snapshot?>(nil)
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
        cache = Mutex(try base.makeCache(capacity: contextLength))
        current = Mutex(nil)
        try setPlugin(plugin)
    }

    /// The plugin of the next reply.
    public var plugin: Plugin? { current.withLock { $0?.plugin } }

    /// Replaces the plugin, from the next reply on; nil for none. What has been read stays read.
    /// - Throws: `wrongBase`, `badPlugin`; the plugin is then as before.
    public func setPlugin(_ plugin: Plugin?) throws(EngineError) {
        guard let plugin else {
            current.withLock { $0 = nil }
            return
        }
        try plugin.check(for: base, name: "the plugin '\(plugin.facts.subject)'")
        guard let side = plugin.side else { throw .unsupportedMethod(plugin.method) }
        guard let step = SideInference(side) else {
            throw .outOfMemory(what: "the side network", bytes: 2 * side.configuration.parameterCount)
        }
        current.withLock { $0 = (plugin, step) }
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
        let (plugin, step) = current.withLock { ($0?.plugin, $0?.step) }
        let tokenizer = tokenizer
        let reply = GenerationReply(
            base: base, plugin: plugin, step: step, options: options, control: control, clock: clock,
            networkSeed: replies.add(1, ordering: .relaxed).newValue,
            endOfTurn: tokenizer?.endOfGeneration ?? [], bytes: { tokenizer?.bytes(of: $0) ?? [] },
            asked: clock.now(),
            visit: { [weak self] position in
                self?.snapshot.withLock {
                    $0 = Snapshot(position: position, step: step, method: plugin?.method ?? .spa)
                }
            },
            emit: { continuation.yield($0) })
        queue.async { [self] in
            cache.withLock { cache in
                do throws(EngineError) {
                    continuation.yield(.finished(try reply.run(prompt: promptIDs, cache: cache)))
                } catch {
                    continuation.yield(.failed(error))
                }
            }
            continuation.finish()
        }
        return stream
    }

    /// What both paths say about the token that was chosen last, at temperature 1; nil before the first. Any thread may ask,
    /// also while a reply is streaming.
    public func candidates(count: Int) throws(EngineError) -> PathCandidates? {
        guard let snapshot = snapshot.withLock({ $0 }) else { return nil }
        let position = snapshot.position
        let own = Sampler.candidates(base.head(position.final).values, count: count)
        var result = PathCandidates(position: position.next, base: own, side: [])
        if let step = snapshot.step {
            let device = DeviceRole(
                base: base, side: step, method: snapshot.method, sampling: SamplingOptions(), clock: clock)
            result.side = Sampler.candidates(
                try device.logits(StateFrame(position, sequence: 0)), count: count)
        }
        return result
    }

    /// Forgets what has been read, once the reply in progress is over.
    public func forget() {
        queue.async { [self] in cache.withLock { $0.reset() } }
        snapshot.withLock { $0 = nil }
    }
}
