import Compute
import SPAEngine

/// Passes over the whole vocabulary, in pieces that fit the processor's cache.
package enum FullVocabulary {
    private static let chunk = 32

    /// -ln softmax(logits)[target] of every row, in nats; infinite for a target that is no token.
    package static func losses(_ logits: Matrix, _ targets: ArraySlice<Int32>, team: ThreadTeam) -> [Float] {
        var losses = [Float](repeating: .infinity, count: targets.count)
        team.update(&losses) { row, loss in
            let target = Int(targets[targets.startIndex + row])
            guard (0..<logits.columns).contains(target) else { return }
            let range = logits.range(of: row)
            loss = VectorMath.logSumExp(logits.values, in: range) - logits.values[range.lowerBound + target]
        }
        return losses
    }

    /// Calls `body` with consecutive rows of `states` and their logits.
    static func forEachChunk(of states: Matrix, base: BaseModel, _ body: (Range<Int>, Matrix) -> Void) {
        for first in stride(from: 0, to: states.rows, by: chunk) {
            let rows = first..<min(first + chunk, states.rows)
            body(rows, base.head(states.gather(rows)))
        }
    }

    /// The losses of what the head reads, [n, H], in nats.
    static func losses(_ states: Matrix, targets: [Int32], base: BaseModel) -> [Float] {
        var losses: [Float] = []
        losses.reserveCapacity(states.rows)
        forEachChunk(of: states, base: base) { rows, logits in
            losses += Self.losses(logits, targets[rows], team: base.team)
        }
        return losses
    }

    /// The losses of a method's side path at some positions, in nats.
    static func sideLosses(
        _ side: SideNetwork, _ method: Method, _ features: Features, at positions: [Int], base: BaseModel
    ) -> [Float] {
        var losses: [Float] = []
        losses.reserveCapacity(positions.count)
        overSideStates(side, method, features, positions, base: base) { chunk, logits, _ in
            losses += Self.losses(logits, ArraySlice(chunk.map { features.targets[$0] }), team: base.team)
        }
        return losses
    }

    /// The same at every position of `features`.
    package static func sideLosses(
        _ side: SideNetwork, _ method: Method, _ features: Features, base: BaseModel
    ) -> [Float] {
        sideLosses(side, method, features, at: Array(0..<features.count), base: base)
    }

    /// Tokens that no softmax of a training has seen and that the side path now holds as likely as the right one, or nearly: at most
    /// `mostSurprises` a position.
    package static func surprises(
        _ side: SideNetwork, _ method: Method, _ features: Features, outside subset: VocabularySubset, base: BaseModel
    ) -> [Int32] {
        var isSeen = [Bool](repeating: false, count: base.configuration.vocabularySize)
        for id in subset.ids { isSeen[Int(id)] = true }
        var found: Set<Int32> = []
        overSideStates(side, method, features, Array(0..<features.count), base: base) { chunk, logits, _ in
            for (row, position) in chunk.enumerated() {
                let range = logits.range(of: row)
                let least = logits.values[range.lowerBound + Int(features.targets[position])] - nearlyAsLikely
                let likely = isSeen.indices.filter { !isSeen[$0] && logits.values[range.lowerBound + $0] > least }
                    .sorted { logits.values[range.lowerBound + $0] > logits.values[range.lowerBound + $1] }
                found.formUnion(likely.prefix(mostSurprises).map(Int32.init))
            }
        }
        return found.sorted()
    }

    /// In nats.
    private static let nearlyAsLikely: Float = 1
    private static let mostSurprises = 8

    /// Which of the two distributions a divergence is an expectation of.
    package enum Divergence {
        /// KL(p_f ‖ p_side): what the side loses where the base is right.
        case fromBase
        /// KL(p_side ‖ p_f): the effect that the side itself expects.
        case fromSide
    }

    /// A divergence at some positions, in nats.
    package static func divergences(
        _ kind: Divergence, _ side: SideNetwork, _ method: Method, _ features: Features, at positions: [Int],
        base: BaseModel
    ) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(positions.count)
        let team = base.team
        overSideStates(side, method, features, positions, base: base) { chunk, side, finals in
            let (p, q) = kind == .fromBase ? (base.head(finals), side) : (side, base.head(finals))
            var divergences = [Float](repeating: 0, count: chunk.count)
            team.update(&divergences) { row, divergence in
                let range = p.range(of: row)
                // Σ p (log p - log q) = Σ p·(zp - zq) - lse(p) + lse(q)
                var weights = Array(p.values[range])
                var distances = weights
                let pSum = VectorMath.softmax(&weights, in: 0..<range.count)
                VectorMath.addScaled(
                    &distances, in: 0..<range.count, q.values, at: range.lowerBound, factor: -1)
                let sum = VectorMath.dot(weights, distances, count: range.count)
                divergence = max(0, sum - pSum + VectorMath.logSumExp(q.values, in: range))
            }
            result += divergences
        }
        return result
    }

    private static func overSideStates(
        _ side: SideNetwork, _ method: Method, _ features: Features, _ positions: [Int], base: BaseModel,
        _ body: (ArraySlice<Int>, Matrix, Matrix) -> Void
    ) {
        for first in stride(from: 0, to: positions.count, by: chunk) {
            let rows = positions[first..<min(first + chunk, positions.count)]
            let (taps, finals) = features.gather(rows)
            let state = method.sideState(side.forward(taps, team: base.team), rmsFinal: finals)
            body(rows, base.head(state), finals)
        }
    }
}

extension Matrix {
    /// Where a row lies in `values`.
    func range(of row: Int) -> Range<Int> { row * columns..<(row + 1) * columns }
}
