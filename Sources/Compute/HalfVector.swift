import CKernels

/// IEEE half precision (binary16) for taps, caches and frames on the link.
public enum HalfVector {
    /// Rounds to nearest even.
    public static func encode(_ values: [Float]) -> [UInt16] {
        [UInt16](unsafeUninitializedCapacity: values.count) { to, count in
            values.withUnsafeBufferPointer { from in
                if let to = to.baseAddress, let from = from.baseAddress {
                    Kernels.best.table.pointee.to_half(to, from, Int64(values.count))
                }
            }
            count = values.count
        }
    }

    /// Widens exactly.
    public static func decode(_ halves: [UInt16]) -> [Float] {
        decode(halves, in: 0..<halves.count)
    }

    /// Widens a range exactly.
    public static func decode(_ halves: [UInt16], in range: Range<Int>) -> [Float] {
        precondition(range.upperBound <= halves.count, "the range ends past the array")
        return [Float](unsafeUninitializedCapacity: range.count) { to, count in
            halves.withUnsafeBufferPointer { from in
                if let to = to.baseAddress, let from = from.baseAddress {
                    Kernels.best.table.pointee.from_half(to, from + range.lowerBound, Int64(range.count))
                }
            }
            count = range.count
        }
    }

    /// Widens a range exactly into `to`, from `start` on.
    public static func decode(_ halves: [UInt16], in range: Range<Int>, into to: inout [Float], at start: Int = 0) {
        precondition(
            range.upperBound <= halves.count && start + range.count <= to.count, "a range ends past its array")
        halves.withUnsafeBufferPointer { from in
            to.withUnsafeMutableBufferPointer { to in
                guard let to = to.baseAddress, let from = from.baseAddress else { return }
                Kernels.best.table.pointee.from_half(to + start, from + range.lowerBound, Int64(range.count))
            }
        }
    }

    /// Whether a number was too large for a half when it was rounded.
    public static func overflows(_ halves: [UInt16]) -> Bool {
        var found: UInt16 = 0
        for half in halves { found |= half & 0x7FFF == 0x7C00 ? 1 : 0 }
        return found != 0
    }
}
