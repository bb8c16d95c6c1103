/// How much of what can be known a rule knows: 0 is random, 1 is the oracle.
///
///     skill = (area of the rule - area of random) / (area of the oracle - area of random)
///
/// Areas lie under gain over usage.
package enum GateSkill {
    /// The skill of a score; nil where no order is better than another.
    package static func of(_ scores: [Float], _ tokens: GateTokens) -> Double? {
        let random = UsageCurve.random(tokens).area
        let room = UsageCurve.oracle(tokens).area - random
        guard room > 1e-9 else { return nil }
        return (UsageCurve(scores: scores, tokens: tokens).area - random) / room
    }
}

/// A figure measured with several seeds.
package struct SeedInterval: Sendable, Equatable {
    /// The mean.
    package let mean: Double
    /// Half the width of the 95 % interval of the mean (Student's t); nan for a single seed.
    package let margin: Double
    /// The seeds.
    package let count: Int

    /// - Parameter values: one for each seed, at least one.
    package init(_ values: [Double]) {
        count = values.count
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        self.mean = mean
        guard values.count > 1 else {
            margin = .nan
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(values.count - 1)).squareRoot()
        margin = Self.quantile(degrees: values.count - 1) * deviation / Double(values.count).squareRoot()
    }

    /// The 0.975 quantile of Student's t.
    private static func quantile(degrees: Int) -> Double {
        let table = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
        return degrees <= table.count ? table[degrees - 1] : 1.96 + 2.5 / Double(degrees)
    }
}
