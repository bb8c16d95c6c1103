/// The one function that says how many columns a text takes, and the policy for what a terminal cell cannot hold.
public enum TextWidth {
    /// What stands for characters that cannot be shown: U+FFFD, one column.
    public static let replacement = "\u{FFFD}"
    /// The columns of a tab.
    public static let tabColumns = 4

    /// Columns of one grapheme as it is displayed: 0 to 4.
    public static func columns(of character: Character) -> Int { displayed(character).1 }

    /// Columns of a text in one line.
    public static func columns(of text: String) -> Int {
        var sum = 0
        for character in text { sum += columns(of: character) }
        return sum
    }
}

extension TextWidth {
    /// What a cell shows for a grapheme, and its columns (0 where nothing is shown).
    ///
    /// An ncurses cell holds one spacing scalar and four zero-width marks, and the C library must know the scalar. So:
    /// joined emoji, skin tones and keycaps show their base scalar; variation selectors, joiners and direction marks are dropped;
    /// a flag shows its two letters; graphemes of several spacing letters (Devanagari, Thai) keep them, up to four
    /// columns; a tab shows spaces, a line end one space, a mark without base stands on a dotted circle; other
    /// control characters and what Unicode 14 does not know show U+FFFD.
    public static func displayed(_ character: Character) -> (String, Int) {
        // Not `asciiValue`, which compares each character with "\r\n" by the rules of Unicode.
        let bytes = character.utf8
        if let ascii = bytes.first, ascii < 0x80, bytes.count == 1 || ascii == 0x0D {
            if ascii >= 0x20 && ascii < 0x7F { return (String(character), 1) }
            if ascii == 0x09 { return (String(repeating: " ", count: tabColumns), tabColumns) }
            return ascii == 0x0A || ascii == 0x0D ? (" ", 1) : (replacement, 1)
        }
        if let columns = plainColumns(character) { return (String(character), columns) }
        var shown = String.UnicodeScalarView()
        var columns = 0
        var marks = 0
        var emoji = false
        for scalar in character.unicodeScalars {
            if emoji && scalar.value == 0x200D { break }
            switch ScalarKind(scalar) {
            case .dropped: continue
            case .modifier where columns > 0: continue
            case .mark:
                if columns == 0 {
                    shown.append("\u{25CC}")
                    columns = 1
                }
                guard marks < 4 else { continue }
                shown.append(scalar)
                marks += 1
            case .modifier: columns += append(scalar, of: 2, to: &shown, after: columns)
            case .spacing(let width):
                emoji = emoji || (scalar.value > 0xFF && scalar.properties.isEmoji)
                columns += append(scalar, of: width, to: &shown, after: columns)
                marks = 0
            case .substituted(let substitute):
                columns += append(substitute, of: 1, to: &shown, after: columns)
                marks = 0
            }
        }
        return (String(shown), columns)
    }

    /// Columns of the commonest characters without a look into the Unicode tables: letters, lines, blocks, ideographs of
    /// one scalar. Nil for all others.
    package static func plainColumns(_ character: Character) -> Int? {
        let scalars = character.unicodeScalars
        guard let scalar = scalars.first, scalars.index(after: scalars.startIndex) == scalars.endIndex else {
            return nil
        }
        switch scalar.value {
        case 0xA1...0xAC, 0xAE...0x17F, 0x391...0x3A1, 0x3A3...0x3C9, 0x410...0x44F: return 1
        case 0x2010...0x2027, 0x2039...0x203A, 0x2190...0x2193, 0x2500...0x259F: return 1
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FEF, 0xAC00...0xD7A3: return 2
        default: return nil
        }
    }

    /// Appends a spacing scalar where it still fits into four columns; returns the columns it takes.
    private static func append(
        _ scalar: Unicode.Scalar, of width: Int, to shown: inout String.UnicodeScalarView, after columns: Int
    ) -> Int {
        guard columns + width <= 4 else { return 0 }
        shown.append(scalar)
        return width
    }
}

/// How one scalar takes part in a cell.
private enum ScalarKind {
    case spacing(Int)
    case mark
    case modifier
    case dropped
    case substituted(Unicode.Scalar)

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0x20...0x7E: self = .spacing(1)
        case 0xAD, 0xFE00...0xFE0F, 0x20E3, 0xE0100...0xE01EF, 0x180B...0x180D: self = .dropped
        case 0x1F3FB...0x1F3FF: self = .modifier
        // Jamo that join the one before, and a letter that was a mark in Unicode 14.
        case 0x1160...0x11FF, 0xD7B0...0xD7C6, 0xD7CB...0xD7FB, 0x1171E: self = .mark
        case 0x1F1E6...0x1F1FF:
            self = .substituted(Unicode.Scalar(value - 0x1F1E6 + 0x41) ?? "\u{FFFD}")
        default:
            let properties = scalar.properties
            guard let age = properties.age, age.major <= 14 else {
                self = .substituted("\u{FFFD}")
                return
            }
            switch properties.generalCategory {
            case .nonspacingMark, .enclosingMark: self = .mark
            case .format: self = Self.isVisibleFormat(value) ? .spacing(1) : .dropped
            case .control, .unassigned, .surrogate: self = .substituted("\u{FFFD}")
            case .lineSeparator, .paragraphSeparator: self = .substituted(" ")
            default: self = .spacing(WideScalars.contains(value) ? 2 : 1)
            }
        }
    }

    /// The signs that surround Arabic, Syriac and Kaithi numbers: format characters with a glyph.
    private static func isVisibleFormat(_ value: UInt32) -> Bool {
        switch value {
        case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: true
        default: false
        }
    }
}
