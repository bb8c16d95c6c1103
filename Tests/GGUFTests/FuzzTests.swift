import GGUF
import TestSupport
import Testing

/// Broken files must be refused or read within their bounds: whatever opens is used to the last byte.
@Suite struct FuzzTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ (mixed >> 29)
        }
    }

    /// Touches everything that a file offers; returns a number so that nothing is optimised away.
    private func use(_ file: GGUFFile) -> Int {
        var sum = 0
        for key in file.metadataKeys {
            sum &+= file.string(key)?.count ?? 0
            sum &+= file.integer(key) ?? 0
            sum &+= file.strings(key)?.count ?? 0
            sum &+= file.integers(key)?.count ?? 0
            sum &+= file.floats(key)?.count ?? 0
            sum &+= file.array(key)?.bools?.count ?? 0
            sum &+= file.array(key)?.arrays?.count ?? 0
            file.array(key)?.withEachString { _, bytes in sum &+= bytes.count }
            sum &+= file.float(key) == nil ? 0 : 1
        }
        for tensor in file.tensors {
            sum &+= file.dequantise(tensor).count
            sum &+= file.withTensorBytes(tensor) { Int($0[$0.count - 1]) }
        }
        return sum
    }

    @Test func mutatedFiles() throws {
        let original = try ReadingTests.sample().bytes()
        var generator = Generator(state: 7)
        var opened = 0
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes[index] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &generator) ?? 0
                case 3:
                    for place in index..<min(index + 8, bytes.count) { bytes[place] = 0xFF }
                default:
                    bytes.removeSubrange(index..<min(index + Int.random(in: 1...9, using: &generator), bytes.count))
                }
                if bytes.isEmpty { break }
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
            }
            do throws(GGUFError) {
                let file = try GGUFFile(bytes: bytes)
                opened += use(file) == .min ? 0 : 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(opened > 1000, "too few mutations were harmless for the test to be one")
    }

    @Test func randomBytesAfterTheMagic() {
        var generator = Generator(state: 8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<200, using: &generator)
            var bytes = Array("GGUF".utf8) + [3, 0, 0, 0]
            for _ in 0..<count {
                bytes.append(Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...12, using: &generator))
            }
            do throws(GGUFError) {
                _ = use(try GGUFFile(bytes: bytes))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
