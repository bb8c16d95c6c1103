/// Joins neighbouring tokens of a row, the pair of lowest rank first and the leftmost among equals, in O(n log n) for a
/// row of n. Its buffers are kept from row to row.
struct PairMerger {
    /// Two neighbours, and which elements of the row they have grown from.
    struct Pair {
        let left: Int32
        let right: Int32
        let range: Range<Int>
    }

    /// What two neighbours become, and when.
    struct Merge {
        let rank: UInt32
        let result: Int32
    }

    /// A rank that no merge has.
    private static let none = UInt32.max

    /// The token that begins at each place; places inside of a merged token are dead.
    private var ids: [Int32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    /// The merge of the token at each place with its right neighbour.
    private var ranks: [UInt32] = []
    private var results: [Int32] = []
    /// Candidates as rank, place; those whose rank is no longer that of their place are stale.
    private var heap = MinimumHeap()

    /// Merges the row `initial` by the rules of `find`, and calls `emit` for every token that is left, with the elements
    /// of the row that it has grown from.
    @inline(__always)
    mutating func merge(
        _ initial: some Sequence<Int32>, find: (Pair) -> Merge?, emit: (Int32, Range<Int>) -> Void
    ) {
        ids.removeAll(keepingCapacity: true)
        ids.append(contentsOf: initial)
        let count = ids.count
        guard count > 1 else {
            if let id = ids.first { emit(id, 0..<1) }
            return
        }
        next.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        ranks.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        heap.removeAll()
        for place in 0..<count {
            next.append(Int32(truncatingIfNeeded: place + 1))
            previous.append(Int32(truncatingIfNeeded: place - 1))
        }
        ranks.append(contentsOf: repeatElement(Self.none, count: count))
        results.append(contentsOf: repeatElement(0, count: count))
        for place in 0..<count - 1 { consider(place, find) }
        while let candidate = heap.popMinimum() {
            let place = Int(truncatingIfNeeded: candidate & 0xFFFF_FFFF)
            guard ranks[place] == UInt32(truncatingIfNeeded: candidate >> 32) else { continue }
            join(place)
            consider(place, find)
            if previous[place] >= 0 { consider(Int(previous[place]), find) }
        }
        var place = 0
        while place < count {
            let end = Int(next[place])
            emit(ids[place], place..<end)
            place = end
        }
    }

    /// Makes the token at `place` and its right neighbour one.
    private mutating func join(_ place: Int) {
        let dead = Int(next[place])
        ids[place] = results[place]
        ranks[dead] = Self.none
        next[place] = next[dead]
        if Int(next[dead]) < ids.count { previous[Int(next[dead])] = Int32(truncatingIfNeeded: place) }
    }

    /// Finds the merge of `place` and its right neighbour, and makes it a candidate if there is one.
    @inline(__always)
    private mutating func consider(_ place: Int, _ find: (Pair) -> Merge?) {
        let right = Int(next[place])
        guard right < ids.count,
            let merge = find(Pair(left: ids[place], right: ids[right], range: place..<Int(next[right])))
        else {
            ranks[place] = Self.none
            return
        }
        ranks[place] = merge.rank
        results[place] = merge.result
        heap.insert(UInt64(merge.rank) << 32 | UInt64(place))
    }
}

/// A binary heap of numbers, smallest first.
struct MinimumHeap {
    private var items: [UInt64] = []

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
    }

    mutating func insert(_ item: UInt64) {
        var place = items.count
        items.append(item)
        while place > 0 {
            let parent = (place - 1) / 2
            guard item < items[parent] else { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = item
    }

    mutating func popMinimum() -> UInt64? {
        guard let minimum = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return minimum }
        var place = 0
        while true {
            var child = place * 2 + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < last else { break }
            items[place] = items[child]
            place = child
        }
        items[place] = last
        return minimum
    }
}
