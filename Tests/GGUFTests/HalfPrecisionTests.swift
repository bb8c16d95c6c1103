import GGUF
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyHalfMatchesTheHardwareType() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let found = HalfPrecision.float(bits)
            if expected.isNaN {
                #expect(found.isNaN)
            } else {
                #expect(found.bitPattern == expected.bitPattern)
                #expect(HalfPrecision.half(found) == bits)
            }
        }
    }

    @Test func roundingMatchesTheHardwareType() {
        var bits: UInt32 = 12345
        for _ in 0..<200_000 {
            bits = bits &* 1_664_525 &+ 1_013_904_223
            let value = Float(bitPattern: bits)
            guard !value.isNaN else { continue }
            #expect(HalfPrecision.half(value) == Float16(value).bitPattern)
        }
    }

    @Test func brainFloatsRoundToEven() {
        #expect(HalfPrecision.brain(1) == 0x3F80)
        #expect(HalfPrecision.brain(Float(bitPattern: 0x3F80_8000)) == 0x3F80)
        #expect(HalfPrecision.brain(Float(bitPattern: 0x3F81_8000)) == 0x3F82)
        #expect(HalfPrecision.floatFromBrain(HalfPrecision.brain(.nan)).isNaN)
        #expect(HalfPrecision.floatFromBrain(0xC000) == -2)
    }
}
