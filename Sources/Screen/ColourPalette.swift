/// The 256 colours that terminals number, as most of them show these.
public enum ColourPalette {
    /// The sixteen with names.
    public static let named: [(Int, Int, Int)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]

    /// The steps of a component in the cube of 216 colours.
    public static let levels = [0, 95, 135, 175, 215, 255]

    /// Red, green and blue of an entry, 0-255 each.
    public static func components(_ index: UInt8) -> (Int, Int, Int) {
        let index = Int(index)
        if index < 16 { return named[index] }
        if index >= 232 {
            let grey = 8 + 10 * (index - 232)
            return (grey, grey, grey)
        }
        let cube = index - 16
        return (levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    }
}
