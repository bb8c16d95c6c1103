import Glibc

/// SplitMix64 (Steele, Lea and Flood, 2014): a small generator whose whole state is its seed, the same on every machine.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator; equal seeds give equal numbers.
    public init(seed: UInt64) { state = seed }

    /// A generator for one purpose out of several that share a seed.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SeededRandom(seed: seed ^ (stream &* 0xD1B5_4A32_D192_ED03))
        state = mixer.next()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in [0, 1).
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A normal number of mean 0 and deviation 1 (Box and Muller).
    public mutating func normal() -> Float {
        let radius = (-2 * log(1 - Double(next() >> 11) * 0x1p-53)).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double(next() >> 11) * 0x1p-53))
    }
}

extension Matrix {
    /// Fills it with numbers of N(0, deviation²).
    public mutating func fill(normal deviation: Float, from random: inout SeededRandom) {
        for index in values.indices { values[index] = random.normal() * deviation }
    }
}
