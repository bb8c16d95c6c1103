import Compute
import SPAEngine
import Testing

/// Damages frames in 20,000 ways and has them decoded as each of some kinds: no trap, and what is accepted is exactly what
/// its bytes say.
func decodeDamaged(_ frames: [[UInt8]], as kinds: [any LinkFrame.Type], seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for round in 0..<20_000 {
        var bytes = frames[round % frames.count]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !bytes.isEmpty: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1: bytes.append(.random(in: 0...255, using: &random))
            default:
                if let index = bytes.indices.randomElement(using: &random) {
                    bytes[index] = .random(in: 0...255, using: &random)
                }
            }
        }
        for kind in kinds {
            if let frame = try? kind.init(decoding: bytes) { #expect(frame.encoded() == bytes) }
        }
    }
}
