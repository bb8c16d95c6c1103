extension HalfVector {
    /// Halves as little-endian bytes.
    public static func bytes(_ halves: [UInt16]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 2 * halves.count) { to, count in
            halves.withUnsafeBytes { UnsafeMutableRawBufferPointer(to).copyMemory(from: $0) }
            count = 2 * halves.count
            swapOnBigEndian(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(to)[..<count]))
        }
    }

    /// The halves in bytes from `start` on, little-endian; nil where one of them is no finite number.
    public static func finiteHalves(_ bytes: [UInt8], from start: Int, count: Int) -> [UInt16]? {
        precondition(start >= 0 && start + 2 * count <= bytes.count, "the range ends past the bytes")
        var isFinite = true
        let result = [UInt16](unsafeUninitializedCapacity: count) { to, initialised in
            let memory = UnsafeMutableRawBufferPointer(start: to.baseAddress, count: 2 * count)
            bytes.withUnsafeBytes {
                memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + 2 * count]))
            }
            swapOnBigEndian(memory)
            var bad: UInt16 = 0
            for index in 0..<count { bad |= to[index] & 0x7C00 == 0x7C00 ? 1 : 0 }
            isFinite = bad == 0
            initialised = count
        }
        return isFinite ? result : nil
    }

    private static func swapOnBigEndian(_ bytes: UnsafeMutableRawBufferPointer) {
        guard UInt16(1).littleEndian != 1 else { return }
        for index in stride(from: 0, to: bytes.count - 1, by: 2) { bytes.swapAt(index, index + 1) }
    }
}
