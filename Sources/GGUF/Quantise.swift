/// 32-bit numbers to stored blocks: the types that `GGUFWriter` writes, with ggml's choice of scales.
enum Quantise {
    /// Whether values can be written as `type`.
    static func supports(_ type: GGMLType) -> Bool {
        switch type {
        case .f32, .f16, .bf16, .q4_0, .q4_1, .q8_0: true
        case .q5_0, .q5_1, .q4_K, .q5_K, .q6_K: false
        }
    }

    /// The blocks of `values`; their number must be a multiple of the block length and, for the quantised types,
    /// all must be finite.
    static func bytes(_ values: [Float], as type: GGMLType) -> [UInt8] {
        var result = [UInt8]()
        result.reserveCapacity(values.count / type.blockLength * type.blockBytes)
        switch type {
        case .f16: for value in values { appendInteger(HalfPrecision.half(value), to: &result) }
        case .bf16: for value in values { appendInteger(HalfPrecision.brain(value), to: &result) }
        case .q4_0: forEachBlock(values) { q4_0($0, &result) }
        case .q4_1: forEachBlock(values) { q4_1($0, &result) }
        case .q8_0: forEachBlock(values) { q8_0($0, &result) }
        default: for value in values { appendInteger(value.bitPattern, to: &result) }
        }
        return result
    }

    private static func forEachBlock(_ values: [Float], _ body: (ArraySlice<Float>) -> Void) {
        for start in stride(from: 0, to: values.count, by: 32) { body(values[start..<start + 32]) }
    }

    /// Scale from the number of greatest magnitude, which becomes -8.
    private static func q4_0(_ block: ArraySlice<Float>, _ result: inout [UInt8]) {
        var extreme: Float = 0
        for value in block where abs(value) > abs(extreme) { extreme = value }
        let scale = extreme / -8
        let inverse = invert(scale)
        appendInteger(HalfPrecision.half(scale), to: &result)
        appendPairs(block, &result) { $0 * inverse + 8.5 }
    }

    /// Scale and minimum from the extremes, which become 0 and 15.
    private static func q4_1(_ block: ArraySlice<Float>, _ result: inout [UInt8]) {
        let minimum = block.min() ?? 0
        // Halves before the difference: the extremes of a block may be farther apart than the largest number.
        let scale = ((block.max() ?? 0) / 2 - minimum / 2) / 7.5
        let inverse = invert(scale)
        appendInteger(HalfPrecision.half(scale), to: &result)
        appendInteger(HalfPrecision.half(minimum), to: &result)
        appendPairs(block, &result) { ($0 - minimum) * inverse + 0.5 }
    }

    /// Scale from the greatest magnitude, which becomes ±127.
    private static func q8_0(_ block: ArraySlice<Float>, _ result: inout [UInt8]) {
        let scale = block.reduce(0) { max($0, abs($1)) } / 127
        let inverse = invert(scale)
        appendInteger(HalfPrecision.half(scale), to: &result)
        for value in block {
            let quotient = (value * inverse).rounded(.toNearestOrAwayFromZero)
            result.append(UInt8(bitPattern: Int8(clamped(quotient, -127, 127))))
        }
    }

    /// 16 bytes: numbers i and i + 16 in the low and the high half of byte i.
    private static func appendPairs(_ block: ArraySlice<Float>, _ result: inout [UInt8], _ code: (Float) -> Float) {
        for index in block.startIndex..<block.startIndex + 16 {
            let low = UInt8(clamped(code(block[index]), 0, 15))
            let high = UInt8(clamped(code(block[index + 16]), 0, 15))
            result.append(low | high << 4)
        }
    }

    private static func invert(_ scale: Float) -> Float {
        let inverse = 1 / scale
        return inverse.isFinite ? inverse : 0
    }

    /// `value` between the bounds; the lower bound for what is no number.
    private static func clamped(_ value: Float, _ lower: Float, _ upper: Float) -> Float {
        value >= lower ? min(value, upper) : lower
    }
}
