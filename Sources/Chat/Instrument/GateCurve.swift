import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How often the side would have spoken at other thresholds or prices: from the tokens as they were written, for another
/// token would have led to another text. Of every token the gate's probability is
///
///     probability = min(sigma, sigmoid(2 (effect - price)))
///
/// and the side speaks it where that is above the threshold, so each token has a limit on the axis, below which it is the
/// side's: one sort answers for all values.
public struct GateCurve: Sendable {
    /// The tokens' limits, ascending.
    private let limits: [Double]

    /// Over thresholds, at a price in nats.
    public init(overThresholdOf tokens: some Sequence<TokenRecord>, price: Double) {
        limits = Self.limits(tokens) { sigma, effect in
            effect.map { min(sigma, 1 / (1 + exp(-2 * ($0 - price)))) } ?? sigma
        }
    }

    /// Over prices in nats, at a threshold.
    public init(overPriceOf tokens: some Sequence<TokenRecord>, threshold: Double) {
        // sigmoid(2 (effect - price)) > threshold where effect - logit(threshold) / 2 > price.
        let margin =
            threshold <= 0 ? -Double.infinity : threshold >= 1 ? .infinity : log(threshold / (1 - threshold)) / 2
        limits = Self.limits(tokens) { sigma, effect in
            sigma > threshold ? effect.map { $0 - margin } ?? .infinity : -.infinity
        }
    }

    private static func limits(
        _ tokens: some Sequence<TokenRecord>, _ limit: (Double, Double?) -> Double
    ) -> [Double] {
        tokens.compactMap { token in
            guard let sigma = token.sigma else { return nil }
            // What is no number opens no gate.
            if sigma.isNaN || token.effect?.isNaN == true { return -.infinity }
            return limit(Double(sigma), token.effect.map(Double.init))
        }.sorted()
    }

    /// How many tokens the gate was asked about.
    public var count: Int { limits.count }

    /// Tokens that the side would have spoken at a value, in percent; nil without tokens.
    public func usagePercent(at value: Double) -> Double? {
        guard !limits.isEmpty else { return nil }
        var (low, high) = (0, limits.count)
        while low < high {
            let middle = (low + high) / 2
            if limits[middle] > value { high = middle } else { low = middle + 1 }
        }
        return 100 * Double(limits.count - low) / Double(limits.count)
    }
}
