import CTerminal
import Screen

/// Draws cells with the theme's looks through ncurses; keeps the colour pairs.
final class CellPainter {
    private struct Pair: Hashable {
        let foreground: Int
        let background: Int
    }

    private struct Look {
        var attributes: UInt8
        var pair: Int32
    }

    private var looks: [Look] = []
    /// Those of the cell being drawn; kept, because there are many cells.
    private var scalars: [UInt32] = []
    private var pairs: [Pair: Int32] = [:]
    private let pairCount = Int(spa_screen_pairs())
    private let capability = ColourCapability(
        colours: Int(spa_screen_colours()), isDirect: spa_screen_direct_colour(),
        hasDefaults: spa_screen_default_colours())

    /// Works out every role's attributes and pair.
    func setTheme(_ theme: Theme) {
        // Pairs are used again from the start: their cells are all drawn anew.
        pairs = [:]
        looks = StyleRole.allCases.map { role in
            let style = theme[role]
            var attributes = style.attributes.rawValue
            guard capability.colours >= 8 else { return Look(attributes: attributes, pair: 0) }
            let (foreground, bold) = ColourMapping.number(style.foreground, foreground: true, capability: capability)
            let (background, _) = ColourMapping.number(style.background, foreground: false, capability: capability)
            if bold { attributes |= Attributes.bold.rawValue }
            return Look(attributes: attributes, pair: pair(Pair(foreground: foreground, background: background)))
        }
    }

    private func pair(_ wanted: Pair) -> Int32 {
        if let known = pairs[wanted] { return known }
        if wanted.foreground == -1 && wanted.background == -1 { return 0 }
        let number = pairs.count + 1
        guard number < pairCount, number < 32_768,
            spa_screen_define_pair(Int32(number), Int32(wanted.foreground), Int32(wanted.background))
        else { return 0 }
        pairs[wanted] = Int32(number)
        return Int32(number)
    }

    /// Draws in each row the stretch that differs from `former` (everything where it is nil or of another size).
    func paint(_ frame: Frame, over former: Frame?, on size: Size) {
        let columns = min(frame.size.columns, size.columns)
        guard columns > 0 else { return }
        let same = former?.size == frame.size ? former : nil
        for row in 0..<min(frame.size.rows, size.rows) {
            let start = row * frame.size.columns
            let cells = frame.cells[start..<start + columns]
            var first = cells.startIndex
            var end = cells.endIndex
            if let same {
                let old = same.cells
                while first < end, cells[first] == old[first] { first += 1 }
                while end > first, cells[end - 1] == old[end - 1] { end -= 1 }
                if first == end { continue }
                // A wide cell is drawn from its first column.
                while first > cells.startIndex, cells[first].isContinuation || old[first].isContinuation { first -= 1 }
            }
            for index in first..<end where !cells[index].isContinuation {
                draw(cells[index], row, index - start, columns)
            }
        }
    }

    private func draw(_ cell: Cell, _ row: Int, _ column: Int, _ columns: Int) {
        let look = looks[Int(cell.role.rawValue)]
        // Cut at the screen's edge where the frame is wider than the screen.
        let width = min(Int(cell.width), columns - column)
        scalars.removeAll(keepingCapacity: true)
        if width == Int(cell.width) {
            if cell.text.utf8.count == 1, let ascii = cell.text.utf8.first {
                scalars.append(UInt32(ascii))
            } else {
                for scalar in cell.text.unicodeScalars { scalars.append(scalar.value) }
            }
        }
        spa_screen_draw(
            Int32(row), Int32(column), scalars, Int32(scalars.count), Int32(width),
            look.attributes | cell.extra.rawValue, look.pair)
    }
}
