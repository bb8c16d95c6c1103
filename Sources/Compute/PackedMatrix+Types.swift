import CKernels
import GGUF

extension PackedMatrix.Format {
    /// The format that weights of a GGUF type are packed in. Q4_0, Q4_1, Q8_0 and Q5_0 lose nothing; Q4_K loses the last
    /// bits of its scales and minima, which become halves; all others are requantised to 8 bits, block by block.
    public init(for type: GGMLType) {
        switch type {
        case .q4_0: self = .fourBits
        case .q4_1, .q4_K: self = .fourBitsAffine
        case .q8_0, .q5_0, .q5_1, .q5_K, .q6_K, .f16, .bf16, .f32: self = .eightBits
        }
    }
}

extension PackedMatrix {
    /// Packs whole rows of a tensor's bytes.
    /// - Parameters:
    ///   - bytes: the rows, one after the other, in blocks of `type`.
    ///   - type: one that this matrix's format is for.
    ///   - firstRow: where they belong, a multiple of 16.
    public func pack(_ bytes: UnsafeRawBufferPointer, type: GGMLType, firstRow: Int) {
        precondition(Format(for: type) == format && columns % type.blockLength == 0, "the matrix is for another type")
        if type == .q4_0 || type == .q4_1 || type == .q8_0 { return pack(blocks: bytes, firstRow: firstRow) }
        let rowBytes = columns / type.blockLength * type.blockBytes
        precondition(bytes.count % rowBytes == 0, "packing needs whole rows")
        // Panel by panel, so that what is converted stays in the cache.
        let count = bytes.count / rowBytes
        let blockBytes = (columns + 31) / 32 * format.blockBytes
        withUnsafeTemporaryAllocation(byteCount: 16 * blockBytes, alignment: 64) { panel in
            for first in stride(from: 0, to: count, by: 16) {
                let rows = first..<min(first + 16, count)
                let source = UnsafeRawBufferPointer(
                    rebasing: bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
                let converted = UnsafeMutableRawBufferPointer(rebasing: panel[..<(rows.count * blockBytes)])
                convert(source, type: type, rows: rows.count, into: converted)
                pack(blocks: UnsafeRawBufferPointer(converted), firstRow: firstRow + first)
            }
        }
    }

    /// `rows` rows of `type` into the blocks of this matrix's format.
    private func convert(
        _ source: UnsafeRawBufferPointer, type: GGMLType, rows: Int, into target: UnsafeMutableRawBufferPointer
    ) {
        guard let from = source.assumingMemoryBound(to: UInt8.self).baseAddress,
            let to = target.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return }
        switch type {
        case .q4_K: spa_q4_1_from_q4_k(from, Int64(rows * columns / 256), to)
        case .q5_0: spa_q8_0_from_q5_0(from, Int64(rows * columns / 32), to)
        default:
            let values = Dequantise.floats(source, type: type, count: rows * columns)
            values.withUnsafeBufferPointer { values in
                guard let values = values.baseAddress else { return }
                for row in 0..<rows {
                    spa_quantise_q8_0(
                        Kernels.best.table, values + row * columns, Int64(columns), to + row * target.count / rows)
                }
            }
        }
    }
}
