/// Stored blocks to 32-bit numbers, one function a type, with ggml's meaning of every bit.
///
/// All functions read `output.count / blockLength` blocks from `bytes`, which must hold them.
public enum Dequantise {
    /// `count` numbers of `type` from `bytes`. `count` must be a multiple of the type's block length, and `bytes`
    /// must hold all the blocks.
    public static func floats(_ bytes: UnsafeRawBufferPointer, type: GGMLType, count: Int) -> [Float] {
        precondition(count % type.blockLength == 0, "a part of a block cannot be dequantised")
        precondition(count / type.blockLength * type.blockBytes <= bytes.count, "there are too few bytes")
        guard count > 0, let start = bytes.baseAddress else { return [] }
        return [Float](unsafeUninitializedCapacity: count) { output, initialised in
            if let first = output.baseAddress {
                blocks(start, type: type, count: count / type.blockLength, into: first)
                initialised = count
            }
        }
    }

    /// `bytes` as numbers of `type`; a rest that is no whole block is left out.
    public static func floats(_ bytes: [UInt8], type: GGMLType) -> [Float] {
        bytes.withUnsafeBytes { floats($0, type: type, count: $0.count / type.blockBytes * type.blockLength) }
    }

    private static func blocks(
        _ bytes: UnsafeRawPointer, type: GGMLType, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        switch type {
        case .f32: f32(bytes, count, output)
        case .f16: f16(bytes, count, output)
        case .bf16: bf16(bytes, count, output)
        case .q4_0: q4_0(bytes, count, output)
        case .q4_1: q4_1(bytes, count, output)
        case .q5_0: q5_0(bytes, count, output)
        case .q5_1: q5_1(bytes, count, output)
        case .q8_0: q8_0(bytes, count, output)
        case .q4_K: q4_K(bytes, count, output)
        case .q5_K: q5_K(bytes, count, output)
        case .q6_K: q6_K(bytes, count, output)
        }
    }

    /// The half at `bytes`.
    @inline(__always)
    static func half(_ bytes: UnsafeRawPointer) -> Float {
        HalfPrecision.float(UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self)))
    }

    private static func f32(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for index in 0..<count {
            let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
            output[index] = Float(bitPattern: UInt32(littleEndian: bits))
        }
    }

    private static func f16(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for index in 0..<count { output[index] = half(bytes + index * 2) }
    }

    private static func bf16(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for index in 0..<count {
            let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            output[index] = HalfPrecision.floatFromBrain(UInt16(littleEndian: bits))
        }
    }

    /// 18 bytes: scale (half), 16 bytes of two 4-bit numbers; the low halves come first. `(q - 8) scale`.
    private static func q4_0(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 18
            let target = output + block * 32
            let scale = half(source)
            for index in 0..<16 {
                let pair = Int32(source.load(fromByteOffset: 2 + index, as: UInt8.self))
                target[index] = Float((pair & 15) - 8) * scale
                target[index + 16] = Float((pair >> 4) - 8) * scale
            }
        }
    }

    /// 20 bytes: scale, minimum (halves), 16 bytes of two 4-bit numbers. `q scale + minimum`.
    private static func q4_1(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 20
            let target = output + block * 32
            let scale = half(source)
            let minimum = half(source + 2)
            for index in 0..<16 {
                let pair = Int32(source.load(fromByteOffset: 4 + index, as: UInt8.self))
                target[index] = Float(pair & 15) * scale + minimum
                target[index + 16] = Float(pair >> 4) * scale + minimum
            }
        }
    }

    /// 22 bytes: scale (half), 32 fifth bits, 16 bytes of two 4-bit numbers. `(q - 16) scale`.
    private static func q5_0(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 22
            let target = output + block * 32
            let scale = half(source)
            let high = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
            for index in 0..<16 {
                let pair = UInt32(source.load(fromByteOffset: 6 + index, as: UInt8.self))
                let low = pair & 15 | (high >> UInt32(index) & 1) << 4
                let upper = pair >> 4 | (high >> UInt32(index + 16) & 1) << 4
                target[index] = Float(Int32(low) - 16) * scale
                target[index + 16] = Float(Int32(upper) - 16) * scale
            }
        }
    }

    /// 24 bytes: scale, minimum (halves), 32 fifth bits, 16 bytes of two 4-bit numbers. `q scale + minimum`.
    private static func q5_1(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 24
            let target = output + block * 32
            let scale = half(source)
            let minimum = half(source + 2)
            let high = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            for index in 0..<16 {
                let pair = UInt32(source.load(fromByteOffset: 8 + index, as: UInt8.self))
                let low = pair & 15 | (high >> UInt32(index) & 1) << 4
                let upper = pair >> 4 | (high >> UInt32(index + 16) & 1) << 4
                target[index] = Float(low) * scale + minimum
                target[index + 16] = Float(upper) * scale + minimum
            }
        }
    }

    /// 34 bytes: scale (half), 32 signed bytes. `q scale`.
    private static func q8_0(_ bytes: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
        for block in 0..<count {
            let source = bytes + block * 34
            let target = output + block * 32
            let scale = half(source)
            for index in 0..<32 {
                target[index] = Float(source.load(fromByteOffset: 2 + index, as: Int8.self)) * scale
            }
        }
    }
}
