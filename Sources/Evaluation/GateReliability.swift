/// Whether a price in nats means what it says: predicted beside realised effects.
package struct GateReliability: Sendable, Equatable {
    /// Tokens whose predicted effects lie near each other.
    package struct Bin: Sendable, Equatable {
        /// The mean predicted effect, nats.
        package let predicted: Double
        /// The mean realised effect, nats.
        package let realised: Double
        /// The standard error of `realised`, nats; nan for one token.
        package let standardError: Double
        /// The tokens.
        package let count: Int
    }

    /// By predicted effect, ascending; bins of equal numbers of tokens.
    package let bins: [Bin]
    /// The mean distance between predicted and realised over the bins, weighted by tokens, nats.
    package let error: Double

    /// - Parameters:
    ///   - predicted: what the gate expects of each token, nats.
    ///   - realised: what the side changed, nats.
    package init(predicted: [Float], realised: [Float], bins count: Int = 10) {
        let order = predicted.indices.sorted { (predicted[$0], $0) < (predicted[$1], $1) }
        let number = max(1, min(count, order.count))
        bins = (0..<number).map { bin in
            Bin(
                order[order.count * bin / number..<order.count * (bin + 1) / number], predicted: predicted,
                realised: realised)
        }
        let total = Double(max(1, order.count))
        error = bins.reduce(0) { $0 + Double($1.count) / total * abs($1.predicted - $1.realised) }
    }

    /// What the tokens predicted within half a nat of a price realised, less what was predicted, in nats; nil where fewer
    /// than ten are.
    package static func priceError(at price: Float, predicted: [Float], realised: [Float]) -> Double? {
        let near = predicted.indices.filter { abs(predicted[$0] - price) < 0.5 }
        guard near.count >= 10 else { return nil }
        let bin = Bin(near[...], predicted: predicted, realised: realised)
        return bin.realised - bin.predicted
    }

    /// The last tokens that are admitted at a price: the fourth of those above it, at most, that the gate expects least of.
    /// Their mean realised effect should be the price.
    /// - Parameter share: how many of all tokens they are at most, 0 to 1.
    /// - Returns: nil where fewer than ten are.
    package static func margin(
        at price: Float, predicted: [Float], realised: [Float], share: Double = 0.05
    ) -> Bin? {
        let admitted = predicted.indices.filter { predicted[$0] > price }
            .sorted { (predicted[$0], $0) < (predicted[$1], $1) }
        let count = min(Int((share * Double(predicted.count)).rounded()), admitted.count / 4)
        guard count >= 10 else { return nil }
        return Bin(admitted.prefix(count), predicted: predicted, realised: realised)
    }
}

extension GateReliability.Bin {
    fileprivate init(_ indices: ArraySlice<Int>, predicted: [Float], realised: [Float]) {
        count = indices.count
        let number = Double(max(1, indices.count))
        self.predicted = indices.reduce(0) { $0 + Double(predicted[$1]) } / number
        let mean = indices.reduce(0) { $0 + Double(realised[$1]) } / number
        self.realised = mean
        let squares = indices.reduce(0) { $0 + (Double(realised[$1]) - mean) * (Double(realised[$1]) - mean) }
        standardError = indices.count > 1 ? (squares / (number - 1) / number).squareRoot() : .nan
    }
}
