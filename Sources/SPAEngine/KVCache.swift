import Compute

/// What a base model remembers of the tokens it has read: keys and values by block and position, and the tokens
/// themselves, so that a prompt that extends them is not read again. Used by one thread at a time.
///
/// A text can be forked at any position: what it and its forks have in common is kept once (but on the reference path), and each
/// goes on as if it were alone.
public final class KVCache {
    /// The positions that fit.
    public let capacity: Int
    /// The tokens that have been read, one a position.
    public private(set) var tokens: [Int32] = []
    private(set) var store: Store

    /// Half precision for the fast path, f32 for the reference path.
    enum Store {
        case half(HalfKeyValueStore)
        case float(FloatKeyValueStore)
    }

    init(store: Store, capacity: Int) {
        self.store = store
        self.capacity = capacity
    }

    /// The number of positions in use.
    public var count: Int { tokens.count }

    /// Forgets every position from `count` on.
    public func truncate(to count: Int) {
        if count < tokens.count { tokens.removeLast(tokens.count - max(0, count)) }
    }

    /// Another cache that has read the first `count` tokens of this one, all of them unless told otherwise.
    /// - Throws: `outOfMemory`, on the reference path alone: the fast path copies nothing before one of the two writes.
    public func fork(count: Int? = nil) throws(EngineError) -> KVCache {
        let count = min(max(0, count ?? tokens.count), tokens.count)
        let copy: Store
        switch store {
        case .half(let store): copy = .half(store.fork(count: count))
        case .float(let store):
            guard let fork = store.fork(count: count) else {
                throw .outOfMemory(what: "a copy of the context", bytes: store.bytes)
            }
            copy = .float(fork)
        }
        let cache = KVCache(store: copy, capacity: capacity)
        cache.tokens = Array(tokens.prefix(count))
        return cache
    }

    /// Becomes what `other`, a fork of this or of the same origin, has read; `other` stays as it is.
    public func become(_ other: KVCache) throws(EngineError) {
        guard other !== self else { return }
        let copy = try other.fork()
        (store, tokens) = (copy.store, copy.tokens)
    }

    /// Forgets everything.
    public func reset() { tokens.removeAll(keepingCapacity: true) }

    /// How many leading tokens of `prompt` have been read already.
    public func commonPrefix(with prompt: [Int32]) -> Int {
        zip(tokens, prompt).prefix { $0 == $1 }.count
    }

    func append(_ read: [Int32]) { tokens += read }
}
