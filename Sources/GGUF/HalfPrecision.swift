/// Conversions between 32-bit numbers and the two 16-bit formats, rounding to nearest, ties to even.
public enum HalfPrecision {
    /// The value of an IEEE half.
    @inlinable
    public static func float(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let magnitude = UInt32(half & 0x7FFF)
        // The half's exponent and mantissa, read as a 32-bit number, are 2^-112 of the value, subnormals included.
        let scaled = Float(bitPattern: magnitude << 13) * 0x1p112
        let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: scaled.bitPattern | special | sign)
    }

    /// The IEEE half nearest to `value`.
    @inlinable
    public static func half(_ value: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        if magnitude >= 0x4780_0000 {  // 2^16 and more, infinity, not a number
            return sign | (magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00)
        }
        if magnitude < 0x3880_0000 {  // below 2^-14: one half has the spacing of the half's subnormals
            let shifted = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- 0x3F00_0000)
        }
        let odd = (magnitude >> 13) & 1
        return sign | UInt16(truncatingIfNeeded: (magnitude &+ 0xC800_0FFF &+ odd) >> 13)
    }

    /// The value of a bfloat16: the upper half of a 32-bit number.
    @inlinable
    public static func floatFromBrain(_ brain: UInt16) -> Float {
        Float(bitPattern: UInt32(brain) << 16)
    }

    /// The bfloat16 nearest to `value`.
    @inlinable
    public static func brain(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
}
