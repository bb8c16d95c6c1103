/// The part of a conversation's tree that is not on the screen. A conversation is a tree of turns: one asked anew or with
/// another question is a further version of itself, and each version has turns of its own below it. `Conversation.turns`
/// is the one path that is shown; its turns live there alone, all others here, so that no turn exists twice.
struct Branches: Sendable, Equatable {
    /// Turns that are not shown.
    var shelf: [TurnID: Turn] = [:]
    /// The versions that follow a turn (nil: that begin the conversation), in the order in which they were written. Shown
    /// turns without another version need not be listed.
    var versions: [TurnID?: [TurnID]] = [:]
    /// Of those versions the one shown last.
    var chosen: [TurnID?: TurnID] = [:]

    /// Notes that a turn follows another, and is the one shown there.
    mutating func link(_ turn: TurnID, after parent: TurnID?) {
        if versions[parent]?.contains(turn) != true { versions[parent, default: []].append(turn) }
        chosen[parent] = turn
    }

    /// The turns that were shown last below a turn, taken off the shelf.
    mutating func take(below parent: TurnID?) -> [Turn] {
        var path: [Turn] = []
        var place = parent
        while let next = chosen[place] ?? versions[place]?.last, let turn = shelf.removeValue(forKey: next) {
            path.append(turn)
            place = next
        }
        return path
    }

    /// The turns above a turn, from the first on, itself included.
    func path(to turn: TurnID) -> [TurnID] {
        var parents: [TurnID: TurnID] = [:]
        for (parent, children) in versions {
            guard let parent else { continue }
            for child in children { parents[child] = parent }
        }
        var path = [turn]
        while let last = path.last, let parent = parents[last], path.count <= parents.count { path.append(parent) }
        return path.reversed()
    }
}

/// A turn and the one it follows: how a tree is written down.
public struct TurnRecord: Sendable, Equatable {
    /// The turn.
    public var turn: Turn
    /// The turn before it; nil where the conversation begins with it.
    public var parent: TurnID?

    /// A turn after another.
    public init(_ turn: Turn, after parent: TurnID?) {
        self.turn = turn
        self.parent = parent
    }
}

extension Conversation {
    /// A conversation from all turns of all of its branches, in the order in which they were written.
    ///
    /// - Parameter shown: the last turn of the branch to show; without one, the newest versions are shown. Records that
    ///   follow no turn before them begin the conversation.
    public init(
        id: ConversationID, title: String? = nil, system: String? = nil, created: Double = 0, records: [TurnRecord],
        shown: TurnID? = nil
    ) {
        self.init(system: system, id: id, created: created)
        self.title = title
        for record in records where branches.shelf[record.turn.id] == nil {
            // A turn is written after the one that it follows: anything else is damage, and a circle is never closed.
            let parent = record.parent.flatMap { branches.shelf[$0] == nil ? nil : $0 }
            branches.shelf[record.turn.id] = record.turn
            branches.link(record.turn.id, after: parent)
        }
        if let shown, branches.shelf[shown] != nil { choose(shown) }
        turns = branches.take(below: nil)
    }

    /// The turn that the turn at an index follows.
    private func parent(of index: Int) -> TurnID? { index > 0 ? turns[index - 1].id : nil }

    /// Which of its versions the turn at an index is, from 1, and how many there are.
    public func version(at index: Int) -> (number: Int, count: Int) {
        guard turns.indices.contains(index), let versions = branches.versions[parent(of: index)],
            let position = versions.firstIndex(of: turns[index].id)
        else { return (1, 1) }
        return (position + 1, versions.count)
    }

    /// Whether there is anything but the shown path.
    public var hasBranches: Bool { !branches.shelf.isEmpty }

    /// Puts a turn after the last one that is shown.
    public mutating func append(_ turn: Turn) { turns.append(turn) }

    /// Puts a new version in the place of the turn at an index. That turn and all that follow it are kept as a branch.
    public mutating func branch(at index: Int, with turn: Turn) {
        guard turns.indices.contains(index) else { return turns.append(turn) }
        let parent = parent(of: index)
        shelve(from: index)
        branches.link(turn.id, after: parent)
        turns.append(turn)
    }

    /// Shows another version of the turn at an index, with what was shown last below it: 1 is the next one, -1 the one
    /// before. False, and nothing changes, where there is none.
    @discardableResult
    public mutating func showVersion(at index: Int, step: Int) -> Bool {
        guard turns.indices.contains(index), let versions = branches.versions[parent(of: index)],
            let position = versions.firstIndex(of: turns[index].id), step != 0,
            versions.indices.contains(position + step)
        else { return false }
        let parent = parent(of: index)
        shelve(from: index)
        branches.chosen[parent] = versions[position + step]
        turns += branches.take(below: parent)
        return true
    }

    /// Shows the branch that a turn is on, and returns the turn's index there; nil for a turn of no branch.
    public mutating func show(_ turn: TurnID) -> Int? {
        if let index = turns.firstIndex(where: { $0.id == turn }) { return index }
        guard branches.shelf[turn] != nil else { return nil }
        shelve(from: 0)
        choose(turn)
        turns = branches.take(below: nil)
        return turns.firstIndex { $0.id == turn }
    }

    /// Every turn of every branch with the one it follows; a turn comes after the one that it follows.
    public var records: [TurnRecord] {
        var tree = self
        tree.shelve(from: 0)
        var records: [TurnRecord] = []
        var open: [TurnID?] = [nil]
        while let parent = open.popLast() {
            let children = tree.branches.versions[parent] ?? []
            for child in children {
                guard let turn = tree.branches.shelf.removeValue(forKey: child) else { continue }
                records.append(TurnRecord(turn, after: parent))
            }
            open += children.reversed()
        }
        return records
    }

    /// Takes the turns from an index on off the screen.
    private mutating func shelve(from index: Int) {
        for place in index..<turns.count {
            branches.link(turns[place].id, after: parent(of: place))
            branches.shelf[turns[place].id] = turns[place]
        }
        turns.removeSubrange(index...)
    }

    private mutating func choose(_ turn: TurnID) {
        var parent: TurnID?
        for step in branches.path(to: turn) {
            branches.chosen[parent] = step
            parent = step
        }
    }
}
