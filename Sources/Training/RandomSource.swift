import Glibc

/// The one source of randomness in training: SplitMix64, the same on every machine. A stream is known by the seed and
/// by what it is for, so that nothing of it has to be stored to resume.
package struct RandomSource: Sendable {
    private var state: UInt64

    /// A stream for `purpose` at `position` (an epoch or a step) of stage `stage`.
    package init(seed: UInt64, purpose: Purpose, stage: Int = 0, position: Int = 0) {
        state = seed
        for part in [UInt64(purpose.rawValue), UInt64(stage), UInt64(position)] { state = next() ^ part }
    }

    /// What a stream is for.
    package enum Purpose: Int, Sendable { case start, order, anchors, dropout, gate }

    /// 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in [0, 1).
    package mutating func uniform() -> Float { Float(next() >> 40) / 16_777_216 }

    /// A normal number of mean 0 and deviation 1 (Box and Muller).
    package mutating func normal() -> Float {
        let radius = (-2 * log(max(Double(next() >> 11) / 9_007_199_254_740_992, 1e-300))).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double(next() >> 11) / 9_007_199_254_740_992))
    }

    /// A whole number in 0 ..< bound.
    package mutating func integer(below bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// The numbers 0 ..< count in random order (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, integer(below: last + 1)) }
        return order
    }
}

/// A 64-bit hash of text that is the same on every machine (FNV-1a, then mixed).
package func stableHash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    return hash ^ (hash >> 33)
}
