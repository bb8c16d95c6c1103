import Compute
import SPAEngine
import Testing

/// The frames of a plugin inside the base's blocks.
@Suite struct BlockFrameTests {
    private func states(rows: Int = 2, width: Int = 12, scale: Float = 1) -> Matrix {
        var random = SeededRandom(seed: 7)
        return Matrix(
            rows: rows, columns: width, values: (0..<rows * width).map { _ in random.normal() * scale })
    }

    private func question(_ scale: Float = 1) -> BlockStateFrame {
        BlockStateFrame(sequence: 5, block: 3, site: .feedForwardOutput, states: states(scale: scale))
    }

    @Test func framesSurviveTheWire() throws {
        let frame = question()
        let bytes = frame.encoded()
        #expect(bytes.count == frame.byteCount && bytes.count == 24 + 2 * 2 * 12)
        let read = try BlockStateFrame(decoding: bytes)
        #expect(read == frame && read.sequence == 5 && read.block == 3 && read.site == .feedForwardOutput)
        #expect(read.states.values == states().values.map { Float(Float16($0)) })
        let answer = BlockCorrectionFrame(to: frame, corrections: states(rows: 2, width: 7), deviceMicroseconds: 9)
        let back = try BlockCorrectionFrame(decoding: answer.encoded())
        #expect(back == answer && back.sequence == 5 && back.deviceMicroseconds == 9 && back.corrections.columns == 7)
        #expect(back.byteCount == answer.encoded().count)
    }

    @Test func theLayoutIsFixed() {
        let vectors = Matrix(rows: 1, columns: 2, values: [1, -131_072])
        let frame = BlockStateFrame(sequence: 0x0102, block: 9, site: .attentionOutput, states: vectors)
        // 131072 is no half: all numbers are halved until they fit.
        let expected: [UInt8] = [
            83, 80, 65, 70, 1, 3, 1, 0, 2, 0, 0, 0, 2, 1, 0, 0, 9, 0, 1, 2, 0, 0, 0, 0, 0, 0x34, 0, 0xF8,
        ]
        #expect(frame.encoded() == expected)
        #expect(frame.states == vectors)
    }

    @Test(arguments: [Float(1), 3e4, 1e7, 1e30]) func largeNumbersKeepTheirPrecision(scale: Float) throws {
        let read = try BlockStateFrame(decoding: question(scale).encoded())
        for (found, want) in zip(read.states.values, states(scale: scale).values) {
            #expect(abs(found - want) <= abs(want) / 1024 + scale * 1e-6)
        }
    }

    @Test func brokenFramesAreRefused() {
        let good = question().encoded()
        func problem(_ change: (inout [UInt8]) -> Void) -> String? {
            var bytes = good
            change(&bytes)
            do {
                _ = try BlockStateFrame(decoding: bytes)
                return nil
            } catch { return error.description }
        }
        #expect(problem { $0[0] = 0 }?.contains("does not begin with 'SPAF'") == true)
        #expect(problem { $0[4] = 2 }?.contains("version 2") == true)
        #expect(problem { $0[5] = 4 }?.contains("kind 4 instead of 3") == true)
        #expect(problem { $0[6] = 0 }?.contains("0 vectors of 12") == true)
        #expect(problem { $0[11] = 0xFF }?.contains("vectors of") == true)
        #expect(problem { $0[18] = 3 }?.contains("no site 3") == true)
        #expect(problem { $0[19] = 200 }?.contains("power of 200") == true)
        #expect(problem { $0.append(0) }?.contains("do not fit its 73 bytes") == true)
        #expect(problem { ($0[24], $0[25]) = (0, 0x7C) }?.contains("not finite") == true)
        for count in 0..<good.count { #expect(problem { $0 = Array($0.prefix(count)) } != nil) }
    }

    @Test func whatIsNotFiniteIsRefusedByTheOtherEnd() {
        for bad in [Float.infinity, -.infinity, .nan] {
            let frame = BlockStateFrame(
                sequence: 0, block: 0, site: .queryValue, states: Matrix(rows: 1, columns: 2, values: [1, bad]))
            #expect(throws: EngineError.badFrame(problem: "a state is not finite")) {
                try BlockStateFrame(decoding: frame.encoded())
            }
        }
    }

    @Test func decodersTakeAnyBytes() {
        let answer = BlockCorrectionFrame(to: question(), corrections: states(), deviceMicroseconds: 1).encoded()
        let frames = [question().encoded(), question(1e6).encoded(), answer]
        decodeDamaged(frames, as: [BlockStateFrame.self, BlockCorrectionFrame.self], seed: 12)
    }
}
