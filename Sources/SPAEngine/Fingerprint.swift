import GGUF

/// Tells one base from another in milliseconds: a 128-bit hash over the names, types and shapes of all tensors and a
/// sample of each one's bytes. It guards against mistakes, not against forgery.
enum Fingerprint {
    static func of(_ file: GGUFFile) -> String {
        var hash = Hash()
        for tensor in file.tensors {
            hash.add(tensor.name.utf8)
            hash.add("\(tensor.type.name)\(tensor.shape)".utf8)
            let (count, middle) = (tensor.byteCount, tensor.byteCount / 2)
            for range in [0..<min(128, count), middle..<min(middle + 128, count)] {
                file.withBytes(tensor, in: range) { hash.add($0) }
            }
        }
        return hash.hexadecimal
    }

    /// Two FNV-1a streams of 64 bits from different starts.
    private struct Hash {
        var low: UInt64 = 0xcbf2_9ce4_8422_2325
        var high: UInt64 = 0x9ae1_6a3b_2f90_404f

        mutating func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                low = (low ^ UInt64(byte)) &* 0x100_0000_01b3
                high = (high ^ UInt64(byte)) &* 0x100_0000_01b3 &+ 0x9e37_79b9
            }
        }

        var hexadecimal: String {
            [high, low].map { word in
                let digits = String(word, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
        }
    }
}
