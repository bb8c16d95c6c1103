/// Applies merges to one word after another, lowest rank first and leftmost first among equals, in O(n log n) for a word
/// of n bytes. Its buffers are kept from word to word.
struct BytePairMerger {
    private let merges: MergeTable
    /// The token that begins at each place; places inside of a merged token are dead.
    private var ids: [Int32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    /// The rank of the merge of the token at each place with its right neighbour.
    private var ranks: [UInt32] = []
    /// Candidates as rank, place; those whose rank is no longer that of their place are stale.
    private var heap = MinimumHeap()

    init(merges: MergeTable) {
        self.merges = merges
    }

    /// Appends the tokens of the word that consists of the tokens `initial` before any merge.
    mutating func merge(_ initial: some Sequence<Int32>, into output: inout [Int32]) {
        ids.removeAll(keepingCapacity: true)
        ids.append(contentsOf: initial)
        let count = ids.count
        guard count > 1 else {
            output.append(contentsOf: ids)
            return
        }
        next.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        ranks.removeAll(keepingCapacity: true)
        heap.removeAll()
        for place in 0..<count {
            next.append(place + 1 < count ? Int32(truncatingIfNeeded: place + 1) : -1)
            previous.append(Int32(truncatingIfNeeded: place - 1))
            ranks.append(MergeTable.none)
        }
        for place in 0..<count - 1 { consider(place) }
        while let candidate = heap.popMinimum() {
            let place = Int(truncatingIfNeeded: candidate & 0xFFFF_FFFF)
            let rank = UInt32(truncatingIfNeeded: candidate >> 32)
            guard ranks[place] == rank else { continue }
            apply(rank, at: place)
        }
        var place = 0
        while place >= 0 {
            output.append(ids[place])
            place = Int(next[place])
        }
    }

    private mutating func apply(_ rank: UInt32, at place: Int) {
        let dead = Int(next[place])
        ids[place] = merges.result(rank)
        ranks[dead] = MergeTable.none
        next[place] = next[dead]
        if next[dead] >= 0 { previous[Int(next[dead])] = Int32(truncatingIfNeeded: place) }
        consider(place)
        if previous[place] >= 0 { consider(Int(previous[place])) }
    }

    /// Finds the rank of `place` and its right neighbour, and makes them a candidate if they merge.
    private mutating func consider(_ place: Int) {
        let right = next[place]
        let rank = right < 0 ? MergeTable.none : merges.rank(ids[place], ids[Int(right)])
        ranks[place] = rank
        if rank != MergeTable.none { heap.insert(UInt64(rank) << 32 | UInt64(place)) }
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
