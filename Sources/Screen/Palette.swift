extension Colour {
    /// Red, green and blue, 0-255; nil for the terminal's default. The first 16 look different on every terminal: these
    /// are xterm's.
    package var components: (red: Int, green: Int, blue: Int)? {
        switch self {
        case .terminalDefault: nil
        case .rgb(let red, let green, let blue): (Int(red), Int(green), Int(blue))
        case .indexed(let index): Self.palette(index)
        }
    }

    /// The colour of a palette entry.
    package static func palette(_ index: UInt8) -> (red: Int, green: Int, blue: Int) {
        let index = Int(index)
        if index < 16 { return named[index] }
        if index >= 232 {
            let grey = 8 + 10 * (index - 232)
            return (grey, grey, grey)
        }
        let cube = index - 16
        return (cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
    }

    /// The components that the palette's cube has.
    package static let cubeLevels = [0, 95, 135, 175, 215, 255]

    /// The first 16 entries, as xterm has them.
    package static let named: [(red: Int, green: Int, blue: Int)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]
}
