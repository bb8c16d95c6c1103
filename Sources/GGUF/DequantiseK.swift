/// The K quantisations: super-blocks of 256 numbers in parts of 32 or 16, each part with its own small scale.
extension Dequantise {
    /// The 6-bit scale and minimum of part `part` (0..<8) in the 12 bytes that pack all eight pairs: the first four
    /// pairs lie in the low six bits of bytes 0-3 and 4-7; of the last four, bytes 8-11 hold the low four bits of both
    /// and the two top bits of the first eight bytes hold the rest.
    @inline(__always)
    private static func scaleAndMinimum(_ packed: UnsafeRawPointer, _ part: Int) -> (Float, Float) {
        func byte(_ index: Int) -> UInt32 { UInt32(packed.load(fromByteOffset: index, as: UInt8.self)) }
        if part < 4 { return (Float(byte(part) & 63), Float(byte(part + 4) & 63)) }
        let low = byte(part + 4)
        return (
            Float(low & 15 | (byte(part - 4) >> 6) << 4),
            Float(low >> 4 | (byte(part) >> 6) << 4)
        )
    }

    /// 144 bytes: scale of scales, scale of minima (halves), 12 bytes of 6-bit scales and minima, 128 bytes of two
    /// 4-bit numbers (of 32 bytes, the low halves are one part and the high halves the next). `d s q - dmin m`.
    static func q4_K(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 144
            let (scale, minimum) = (half(source), half(source + 2))
            for group in 0..<4 {
                let numbers = source + 16 + group * 32
                let target = output + block * 256 + group * 64
                let (lowScale, lowMinimum) = scaleAndMinimum(source + 4, group * 2)
                let (highScale, highMinimum) = scaleAndMinimum(source + 4, group * 2 + 1)
                let (d1, m1) = (scale * lowScale, minimum * lowMinimum)
                let (d2, m2) = (scale * highScale, minimum * highMinimum)
                for index in 0..<32 {
                    let pair = Int32(numbers.load(fromByteOffset: index, as: UInt8.self))
                    target[index] = d1 * Float(pair & 15) - m1
                    target[index + 32] = d2 * Float(pair >> 4) - m2
                }
            }
        }
    }

    /// 176 bytes: as `q4_K`, with 32 bytes of fifth bits (bit p of byte i belongs to number i of part p) before the
    /// 4-bit numbers.
    static func q5_K(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 176
            let (scale, minimum) = (half(source), half(source + 2))
            for group in 0..<4 {
                let numbers = source + 48 + group * 32
                let target = output + block * 256 + group * 64
                let (lowScale, lowMinimum) = scaleAndMinimum(source + 4, group * 2)
                let (highScale, highMinimum) = scaleAndMinimum(source + 4, group * 2 + 1)
                let (d1, m1) = (scale * lowScale, minimum * lowMinimum)
                let (d2, m2) = (scale * highScale, minimum * highMinimum)
                for index in 0..<32 {
                    let pair = Int32(numbers.load(fromByteOffset: index, as: UInt8.self))
                    let fifth = Int32(source.load(fromByteOffset: 16 + index, as: UInt8.self)) >> Int32(group * 2)
                    target[index] = d1 * Float(pair & 15 | (fifth & 1) << 4) - m1
                    target[index + 32] = d2 * Float(pair >> 4 | (fifth >> 1 & 1) << 4) - m2
                }
            }
        }
    }

    /// 210 bytes: 128 bytes of low four bits, 64 bytes of high two bits, 16 signed scales (of 16 numbers each),
    /// scale of scales (half). `d s (q - 32)`.
    static func q6_K(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 210
            let scale = half(source + 208)
            for group in 0..<2 {
                let low = source + group * 64
                let high = source + 128 + group * 32
                let scales = source + 192 + group * 8
                let target = output + block * 256 + group * 128
                for index in 0..<32 {
                    let a = Int32(low.load(fromByteOffset: index, as: UInt8.self))
                    let b = Int32(low.load(fromByteOffset: index + 32, as: UInt8.self))
                    let top = Int32(high.load(fromByteOffset: index, as: UInt8.self))
                    func partScale(_ part: Int) -> Float {
                        scale * Float(scales.load(fromByteOffset: index / 16 + part * 2, as: Int8.self))
                    }
                    target[index] = partScale(0) * Float((a & 15 | (top & 3) << 4) - 32)
                    target[index + 32] = partScale(1) * Float((b & 15 | (top >> 2 & 3) << 4) - 32)
                    target[index + 64] = partScale(2) * Float((a >> 4 | (top >> 4 & 3) << 4) - 32)
                    target[index + 96] = partScale(3) * Float((b >> 4 | (top >> 6 & 3) << 4) - 32)
                }
            }
        }
    }
}
