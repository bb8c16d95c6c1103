import Compute

/// A token and the logarithm of its probability, in nats.
public struct TokenLogProbability: Sendable, Equatable {
    /// The token.
    public var id: Int32
    /// log p, at most 0.
    public var logProbability: Float

    /// A token and the logarithm of its probability.
    public init(id: Int32, logProbability: Float) {
        self.id = id
        self.logProbability = logProbability
    }
}

extension Matrix {
    /// The `count` most probable tokens of softmax of one row of logits, most probable first, the first of equals first; what
    /// is not finite is left out.
    package func likeliestTokens(row: Int, count: Int) -> [TokenLogProbability] {
        let range = row * columns..<(row + 1) * columns
        var best: [(column: Int, logit: Float)] = []
        var least = -Float.infinity
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.atOnce) {
            let part = start..<min(start + Self.atOnce, range.upperBound)
            // A kernel may return what is not a number when it meets one.
            guard count > 0, !(VectorMath.maximum(values, in: part) <= least) else { continue }
            for index in part where values[index] > least && values[index].isFinite {
                var place = best.count
                while place > 0, best[place - 1].logit < values[index] { place -= 1 }
                best.insert((index - range.lowerBound, values[index]), at: place)
                if best.count > count { best.removeLast() }
                if best.count == count { least = best[count - 1].logit }
            }
        }
        var logSum = VectorMath.logSumExp(values, in: range)
        if !logSum.isFinite { logSum = VectorMath.logSumExp(best.map(\.logit), in: 0..<best.count) }
        return best.map { TokenLogProbability(id: Int32($0.column), logProbability: min(0, $0.logit - logSum)) }
    }

    private static var atOnce: Int { 64 }
}
