import SPAEngine

/// Held-out tokens with what each path loses on them: what every rule that admits tokens is measured on.
package struct GateTokens: Sendable, Equatable {
    /// -ln p_f(token), nats.
    package let baseLosses: [Float]
    /// -ln p_I(token), nats.
    package let sideLosses: [Float]

    /// - Precondition: as many side losses as base losses.
    package init(baseLosses: [Float], sideLosses: [Float]) {
        precondition(baseLosses.count == sideLosses.count, "each token has a loss on both paths")
        self.baseLosses = baseLosses
        self.sideLosses = sideLosses
    }

    /// The number of tokens.
    package var count: Int { baseLosses.count }

    /// tau, the realised effect of each token in nats: loss_f - loss_I.
    package var effects: [Float] { zip(baseLosses, sideLosses).map { $0 - $1 } }

    /// The indices in the order in which a score admits them; equal scores keep the order of the text.
    package func order(by scores: [Float]) -> [Int] {
        scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    }
}

/// Mean loss over usage while tokens are admitted to the side in the order of a score, dearest first.
package struct UsageCurve: Sendable, Equatable {
    /// One point of a curve.
    package struct Point: Sendable, Equatable {
        /// Admitted tokens, 0 to 1.
        package let usage: Double
        /// Mean loss in nats a token when the rest stays with the base.
        package let loss: Double
    }

    /// From no token to all of them.
    package let points: [Point]
    /// The area under gain over usage, nats a token: gain is what has been admitted by then of the mean effect.
    package let area: Double

    /// The curve of a score.
    package init(scores: [Float], tokens: GateTokens) {
        self.init(order: tokens.order(by: scores), tokens: tokens)
    }

    private init(order: [Int], tokens: GateTokens) {
        let count = Double(max(1, tokens.count))
        let effects = tokens.effects
        let baseLoss = tokens.baseLosses.reduce(0) { $0 + Double($1) } / count
        var gain = 0.0
        var area = 0.0
        var points = [Point(usage: 0, loss: baseLoss)]
        points.reserveCapacity(order.count + 1)
        for (admitted, index) in order.enumerated() {
            let step = Double(effects[index]) / count
            area += (gain + step / 2) / count
            gain += step
            points.append(Point(usage: Double(admitted + 1) / count, loss: baseLoss - gain))
        }
        self.points = points
        self.area = area
    }

    /// Admitting in an order drawn at random, in expectation: a straight line.
    package static func random(_ tokens: GateTokens) -> UsageCurve {
        let count = max(1, tokens.count)
        let base = tokens.baseLosses.reduce(0) { $0 + Double($1) } / Double(count)
        let side = tokens.sideLosses.reduce(0) { $0 + Double($1) } / Double(count)
        let points = (0...count).map { admitted in
            let usage = Double(admitted) / Double(count)
            return Point(usage: usage, loss: base + usage * (side - base))
        }
        return UsageCurve(points: points, area: (base - side) / 2)
    }

    /// Admitting by the realised effect, which no gate can know.
    package static func oracle(_ tokens: GateTokens) -> UsageCurve {
        UsageCurve(scores: tokens.effects, tokens: tokens)
    }

    private init(points: [Point], area: Double) {
        self.points = points
        self.area = area
    }

    /// The loss at a usage, 0 to 1, between points linearly.
    package func loss(at usage: Double) -> Double {
        guard points.count > 1 else { return points.first?.loss ?? .nan }
        let place = min(max(usage, 0), 1) * Double(points.count - 1)
        let low = min(Int(place), points.count - 2)
        let share = place - Double(low)
        return points[low].loss + share * (points[low + 1].loss - points[low].loss)
    }

    /// Some points evenly spaced by usage, to draw.
    package func sampled(_ count: Int) -> [Point] {
        guard count > 1 else { return [] }
        return (0..<count).map { index in
            let usage = Double(index) / Double(count - 1)
            return Point(usage: usage, loss: loss(at: usage))
        }
    }
}

/// What admitting every token whose score exceeds a price gives.
package struct PricePoint: Sendable, Equatable {
    /// The price, nats.
    package let price: Float
    /// Admitted tokens, 0 to 1.
    package let usage: Double
    /// Mean loss, nats a token.
    package let loss: Double

    /// - Parameter effects: what the gate expects of each token, nats; the realised ones give the oracle's point.
    package init(price: Float, effects: [Float], tokens: GateTokens) {
        let admitted = effects.map { $0 > price }
        self.init(price: price, admitted: admitted, tokens: tokens)
    }

    /// - Parameter admitted: which tokens the side speaks.
    package init(price: Float, admitted: [Bool], tokens: GateTokens) {
        let count = Double(max(1, tokens.count))
        self.price = price
        usage = Double(admitted.count { $0 }) / count
        loss =
            admitted.indices.reduce(0) { $0 + Double(admitted[$1] ? tokens.sideLosses[$1] : tokens.baseLosses[$1]) }
            / count
    }
}
