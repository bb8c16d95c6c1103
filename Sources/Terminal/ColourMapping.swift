import Screen

/// What a terminal can show.
package struct ColourCapability: Sendable, Equatable {
    /// How many colours there are; 0 means none.
    package var colours: Int
    /// Whether colour numbers are RGB values (terminals named `…-direct`).
    package var isDirect: Bool
    /// Whether -1 names the terminal's default colours.
    package var hasDefaults: Bool

    package init(colours: Int, isDirect: Bool = false, hasDefaults: Bool = true) {
        self.colours = colours
        self.isDirect = isDirect
        self.hasDefaults = hasDefaults
    }
}

/// Degrades colours to what a terminal has: rgb → 256 → 16 → 8 → none.
package enum ColourMapping {
    /// The number of a foreground or background; bold says that a bright colour was asked of a terminal with eight.
    package static func number(_ colour: Colour?, foreground: Bool, capability: ColourCapability) -> (Int, bold: Bool) {
        switch colour ?? .terminalDefault {
        case .terminalDefault: return (capability.hasDefaults ? -1 : foreground ? 7 : 0, false)
        case .indexed(let index):
            if capability.isDirect { return (direct(Colour.palette(index)), false) }
            if capability.colours >= 256 { return (Int(index), false) }
            let named = index < 16 ? Int(index) : nearestNamed(Colour.palette(index))
            return reduced(named, capability)
        case .rgb(let red, let green, let blue):
            let wanted = (Int(red), Int(green), Int(blue))
            if capability.isDirect { return (direct(wanted), false) }
            if capability.colours >= 256 { return (nearestIndex(wanted), false) }
            return reduced(nearestNamed(wanted), capability)
        }
    }

    private static func reduced(_ named: Int, _ capability: ColourCapability) -> (Int, bold: Bool) {
        if capability.colours >= 16 || named < 8 { return (named, false) }
        return (named - 8, true)
    }

    /// Numbers below 8 are palette entries even in direct terminals; the difference is not to be seen.
    private static func direct(_ colour: (Int, Int, Int)) -> Int {
        let number = colour.0 << 16 | colour.1 << 8 | colour.2
        return number == 0 ? 0 : max(8, number)
    }

    /// The nearest of the entries 16-255: the first 16 look different on every terminal.
    package static func nearestIndex(_ colour: (Int, Int, Int)) -> Int {
        func level(_ value: Int) -> Int {
            Colour.cubeLevels.indices.min { abs(Colour.cubeLevels[$0] - value) < abs(Colour.cubeLevels[$1] - value) }
                ?? 0
        }
        let cube = 16 + 36 * level(colour.0) + 6 * level(colour.1) + level(colour.2)
        let mean = (colour.0 + colour.1 + colour.2) / 3
        let grey = 232 + min(23, max(0, (mean - 3) / 10))
        let ofCube = distance(Colour.palette(UInt8(cube)), colour)
        return distance(Colour.palette(UInt8(grey)), colour) < ofCube ? grey : cube
    }

    /// The nearest of the 16 named colours.
    package static func nearestNamed(_ colour: (Int, Int, Int)) -> Int {
        Colour.named.indices.min { distance(Colour.named[$0], colour) < distance(Colour.named[$1], colour) } ?? 7
    }

    private static func distance(_ a: (Int, Int, Int), _ b: (Int, Int, Int)) -> Int {
        // The eye weighs green most.
        let (red, green, blue) = (a.0 - b.0, a.1 - b.1, a.2 - b.2)
        return 3 * red * red + 4 * green * green + 2 * blue * blue
    }
}
