import SPAEngine
import Synchronization

/// Keeps what the base said of rows, for several trainings on the same rows in one process: reading is what costs most.
package final class FeatureMemo: Sendable {
    private struct Entry {
        let key: UInt64
        let features: Features
    }
    private let entries = Mutex<[Entry]>([])
    private let capacity: Int

    /// - Parameter capacity: how many sets of rows are kept; the longest unused one gives way.
    package init(capacity: Int = 8) { self.capacity = capacity }

    /// Forgets everything.
    package func clear() { entries.withLock { $0 = [] } }

    /// The features of rows, read now where they are not kept.
    func features(
        _ rows: [EncodedRow], taps: [Int], read: () throws -> Features
    ) rethrows -> Features {
        let words = rows.map { "\($0.tokens) \($0.positions)" }
        let key = stableHash("\(taps)\n" + words.joined(separator: "\n"))
        let kept: Features? = entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            entries.append(entries.remove(at: index))
            return entries.last?.features
        }
        if let kept { return kept }
        let features = try read()
        entries.withLock { entries in
            entries.append(Entry(key: key, features: features))
            if entries.count > capacity { entries.removeFirst() }
        }
        return features
    }
}
