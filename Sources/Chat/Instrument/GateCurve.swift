/// How often the side would have spoken at other thresholds and prices: from the tokens as they were written, for another
/// token would have led to another text.
public struct GateCurve: Sendable {
    private struct Point: Sendable {
        var sigma: Double
        var effect: Double?
    }
    private let points: [Point]

    /// The tokens that the gate was asked about.
    public init(_ tokens: some Sequence<TokenRecord>) {
        points = tokens.compactMap { token in
            guard let sigma = token.sigma else { return nil }
            return Point(sigma: Double(sigma), effect: token.effect.map(Double.init))
        }
    }

    /// How many tokens there are.
    public var count: Int { points.count }

    /// Whether a price can move anything: only a gate that predicts an effect knows one.
    public var hasPrice: Bool { points.contains { $0.effect != nil } }

    /// Tokens that the side would have spoken, in percent; nil without tokens.
    ///
    ///     probability = min(sigma, sigmoid(2 (effect - price)))
    public func usagePercent(threshold: Double, price: Double) -> Double? {
        guard !points.isEmpty else { return nil }
        let side = points.count { Self.probability($0, price: price) > threshold }
        return 100 * Double(side) / Double(points.count)
    }

    private static func probability(_ point: Point, price: Double) -> Double {
        guard let effect = point.effect else { return point.sigma }
        return min(point.sigma, Logistic.value(2 * (effect - price)))
    }
}
