import Screen
import Terminal
import Testing

@Suite struct ColourMappingTests {
    func number(_ colour: Colour?, _ colours: Int, direct: Bool = false, defaults: Bool = true) -> Int {
        ColourMapping.number(
            colour, foreground: true,
            capability: ColourCapability(colours: colours, isDirect: direct, hasDefaults: defaults)
        ).0
    }

    @Test func degrades() {
        #expect(number(.rgb(255, 135, 0), 256) == 208)
        #expect(number(.rgb(128, 128, 128), 256) == 244)
        #expect(number(.rgb(250, 5, 5), 16) == 9)
        #expect(number(.rgb(250, 5, 5), 8) == 1)
        #expect(number(.indexed(208), 256) == 208)
        #expect(number(.indexed(12), 8) == 4)
        #expect(number(.rgb(1, 2, 3), 1 << 24, direct: true) == 0x010203)
        #expect(number(.indexed(196), 1 << 24, direct: true) == 0xFF0000)
        #expect(number(nil, 256) == -1)
        #expect(number(.terminalDefault, 8, defaults: false) == 7)
        let bright = ColourMapping.number(
            .indexed(9), foreground: true, capability: ColourCapability(colours: 8))
        #expect(bright.bold)
    }

    @Test func everyEntryOfTheCubeIsNearestToItself() {
        for index in UInt8(16)...255 {
            let nearest = ColourMapping.nearestIndex(Colour.palette(index))
            #expect(Colour.palette(UInt8(nearest)) == Colour.palette(index))
        }
    }
}
