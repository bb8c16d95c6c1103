import Compute
import Synchronization

/// What both paths would say at the position whose token was chosen last, on demand and outside the timed path.
final class CandidateInspector: Sendable {
    private struct Snapshot {
        let position: CloudRole.Position
        let text: [Int32]
        let plugin: ReadyPlugin?
        let actsInBlocks: Bool
    }
    /// What the path that the reply did not take has read, for a plugin inside the base's blocks.
    private struct Other {
        let actsInBlocks: Bool
        let part: PluginPart
        let cache: KVCache
    }
    private let base: BaseModel
    private let contextLength: Int
    private let snapshot = Mutex<Snapshot?>(nil)
    private let other = Mutex<Other?>(nil)

    init(base: BaseModel, contextLength: Int) {
        self.base = base
        self.contextLength = contextLength
    }

    /// Takes note of a position, before its token is chosen.
    func visit(_ position: CloudRole.Position, text: [Int32], plugin: ReadyPlugin?, actsInBlocks: Bool) {
        let seen = Snapshot(position: position, text: text, plugin: plugin, actsInBlocks: actsInBlocks)
        snapshot.withLock { $0 = seen }
    }

    func forget() {
        snapshot.withLock { $0 = nil }
        other.withLock { $0 = nil }
    }

    /// nil before the first position.
    func candidates(count: Int) throws(EngineError) -> PathCandidates? {
        guard let snapshot = snapshot.withLock({ $0 }) else { return nil }
        let position = snapshot.position
        func list(_ final: Matrix) -> [Candidate] { Sampler.candidates(base.head(final).values, count: count) }
        var result = PathCandidates(position: position.next, base: [], side: [])
        switch snapshot.plugin?.part {
        case nil: result.base = list(position.final)
        case .side(let side):
            let device = DeviceRole(
                base: base, side: side, method: snapshot.plugin?.plugin.method ?? .spa, sampling: SamplingOptions())
            result.base = list(position.final)
            result.side = Sampler.candidates(
                try device.logits(StateFrame(position, sequence: 0)), count: count)
        case .blocks:
            let unread = try readByTheOther(snapshot)
            result.base = list(snapshot.actsInBlocks ? unread : position.final)
            result.side = list(snapshot.actsInBlocks ? position.final : unread)
        }
        return result
    }

    /// The final state of the path that the reply did not take; what it has read before is not read again.
    private func readByTheOther(_ snapshot: Snapshot) throws(EngineError) -> Matrix {
        guard let plugin = snapshot.plugin?.plugin else { return snapshot.position.final }
        return try other.withLock { other throws(EngineError) -> Matrix in
            if other?.actsInBlocks != !snapshot.actsInBlocks || other?.part != plugin.part { other = nil }
            let cache: KVCache
            if let read = other?.cache {
                cache = read
            } else {
                cache = try base.makeCache(capacity: contextLength)
                other = Other(actsInBlocks: !snapshot.actsInBlocks, part: plugin.part, cache: cache)
            }
            let known = min(cache.commonPrefix(with: snapshot.text), snapshot.text.count - 1)
            cache.truncate(to: known)
            let exchanges = snapshot.actsInBlocks ? nil : try BlockExchanges(plugin, base: base)
            return try base.forward(Array(snapshot.text[known...]), cache: cache, exchanges: exchanges).finals
        }
    }
}
