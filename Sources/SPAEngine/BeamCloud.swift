import Compute

/// What a beam search needs of clouds: each beam is one, with a text of its own.
extension CloudRole {
    /// How many positions are free.
    var room: Int { cache.capacity - cache.count }

    /// A cloud that has read the same and goes on by itself.
    func fork() throws(EngineError) -> CloudRole {
        CloudRole(self, cache: try cache.fork())
    }

    /// Has read what another has.
    func become(_ other: CloudRole) throws(EngineError) { try cache.become(other.cache) }

    /// For each of `parents` a cloud that has read what that one of `clouds` has, which is used up.
    static func continued(_ clouds: [CloudRole], _ parents: [Int]) throws(EngineError) -> [CloudRole] {
        var (result, taken): ([CloudRole], Set<Int>) = ([], [])
        for parent in parents {
            result.append(taken.insert(parent).inserted ? clouds[parent] : try clouds[parent].fork())
        }
        return result
    }

    /// Each cloud reads one token more, on the fast path all in one pass.
    /// - Returns: nil where an exchange was interrupted.
    static func read(_ clouds: [CloudRole], _ tokens: [Int32]) throws(EngineError) -> [Position]? {
        guard let first = clouds.first else { return [] }
        let states: BaseModel.States
        do throws(EngineError) {
            states = try first.base.forward(
                zip(clouds, tokens).map { ([$1], $0.cache) }, taps: first.taps, exchanges: first.exchanges)
        } catch {
            if error == .interrupted { return nil }
            throw error
        }
        return clouds.enumerated().map { row, cloud in
            Position(
                final: states.finals.gather([row]), taps: states.taps.map { $0.gather([row]) }, next: cloud.cache.count)
        }
    }

    /// The most probable continuations of some positions by the base's head.
    func candidates(at positions: [Position], count: Int) -> [[TokenLogProbability]] {
        guard !positions.isEmpty else { return [] }
        let finals = Matrix(
            rows: positions.count, columns: base.configuration.width, values: positions.flatMap(\.final.values))
        let logits = base.head(finals)
        return positions.indices.map { logits.likeliestTokens(row: $0, count: count) }
    }
}
