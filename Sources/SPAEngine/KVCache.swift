import Compute

/// What a base model remembers of the tokens it has read: keys and values by block and position, and the tokens
/// themselves, so that a prompt that extends them is not read again. Used by one thread at a time.
public final class KVCache {
    /// The positions that fit.
    public let capacity: Int
    /// The tokens that have been read, one a position.
    public private(set) var tokens: [Int32] = []
    let store: Store

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

    /// Forgets everything.
    public func reset() { tokens.removeAll(keepingCapacity: true) }

    /// How many leading tokens of `prompt` have been read already.
    public func commonPrefix(with prompt: [Int32]) -> Int {
        zip(tokens, prompt).prefix { $0 == $1 }.count
    }

    func append(_ read: [Int32]) { tokens += read }
}
