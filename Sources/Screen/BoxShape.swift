/// The shapes of box and block characters in a cell.
enum BoxShape {
    /// The arms of a box character from the middle of its cell, and whether they are heavy.
    private struct Arms {
        var up = false
        var down = false
        var left = false
        var right = false
        var isHeavy = false
        var isRound = false
    }

    private static let arms: [String: Arms] = [
        "─": Arms(left: true, right: true), "│": Arms(up: true, down: true),
        "━": Arms(left: true, right: true, isHeavy: true), "┃": Arms(up: true, down: true, isHeavy: true),
        "┆": Arms(up: true, down: true), "┌": Arms(down: true, right: true), "┐": Arms(down: true, left: true),
        "└": Arms(up: true, right: true), "┘": Arms(up: true, left: true),
        "╭": Arms(down: true, right: true, isRound: true), "╮": Arms(down: true, left: true, isRound: true),
        "╰": Arms(up: true, right: true, isRound: true), "╯": Arms(up: true, left: true, isRound: true),
        "├": Arms(up: true, down: true, right: true), "┤": Arms(up: true, down: true, left: true),
        "┬": Arms(down: true, left: true, right: true), "┴": Arms(up: true, left: true, right: true),
        "┼": Arms(up: true, down: true, left: true, right: true),
    ]

    /// The lines of a box character as the commands of an SVG path; nil for other characters.
    static func path(_ text: String, x: Int, y: Int, width: Int, height: Int) -> String? {
        guard let arms = arms[text] else { return nil }
        let (middleX, middleY) = ("\(x + width / 2).5", "\(y + height / 2).5")
        if arms.isRound {
            // From one arm's end around the middle to the other's.
            let start = "\(middleX) \(arms.up ? y : y + height)"
            return "M\(start)Q\(middleX) \(middleY) \(arms.left ? x : x + width) \(middleY)"
        }
        var path = ""
        if arms.left || arms.right {
            let line = "M\(arms.left ? "\(x)" : middleX) \(middleY)H\(arms.right ? "\(x + width)" : middleX)"
            path += arms.isHeavy ? line + line.replacing(middleY, with: "\(y + height / 2 + 1).5") : line
        }
        if arms.up || arms.down {
            let line = "M\(middleX) \(arms.up ? "\(y)" : middleY)V\(arms.down ? "\(y + height)" : middleY)"
            path += arms.isHeavy ? line + line.replacing(middleX, with: "\(x + width / 2 + 1).5") : line
        }
        return path
    }

    /// The rectangle of a block character, in its cell; nil for other characters.
    static func block(_ text: String, width: Int, height: Int) -> (x: Double, y: Double, width: Double, height: Double)?
    {
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else { return nil }
        let (width, height) = (Double(width), Double(height))
        switch scalar.value {
        case 0x2581...0x2588:
            let part = height * Double(scalar.value - 0x2580) / 8
            return (0, height - part, width, part)
        case 0x2589...0x258F: return (0, 0, width * Double(0x2590 - scalar.value) / 8, height)
        case 0x2580: return (0, 0, width, height / 2)
        case 0x2590: return (width / 2, 0, width / 2, height)
        default: return nil
        }
    }
}
