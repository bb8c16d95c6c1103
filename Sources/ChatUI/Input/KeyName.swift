import Screen

extension Key {
    /// Keys with a name of their own, in the order in which one is chosen to write a key down.
    private static let named: [(name: String, key: Key)] = [
        ("Enter", .enter), ("Ctrl-J", .newline), ("Alt-Enter", .newline), ("Esc", .escape), ("Backspace", .backspace),
        ("Delete", .delete), ("Left", .left), ("Right", .right), ("Up", .up), ("Down", .down), ("Home", .home),
        ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Tab", .tab), ("Shift-Tab", .backTab),
        ("Ctrl-Left", .wordLeft), ("Ctrl-Right", .wordRight),
    ]

    /// Reads a key as the help names it: `F2`, `Ctrl-T`, `Alt-x`, `PgUp`. Case counts for the letter behind `Alt-` alone;
    /// nil where there is no such key. Keys that write, such as `a`, are none.
    public init?(name: String) {
        if let known = Self.named.first(where: { $0.name.lowercased() == name.lowercased() }) {
            self = known.key
            return
        }
        let lower = name.lowercased()
        if lower.hasPrefix("f"), let number = Int(name.dropFirst()), (1...24).contains(number) {
            self = .function(number)
        } else if lower.hasPrefix("ctrl-"), name.count == 6, let letter = lower.last, letter.isASCII {
            self = .control(letter)
        } else if lower.hasPrefix("alt-"), name.count == 5, let letter = name.last {
            self = .alternate(letter)
        } else {
            return nil
        }
    }

    /// As `init(name:)` reads it; nil for what has no name.
    public var name: String? {
        if let known = Self.named.first(where: { $0.key == self }) { return known.name }
        switch self {
        case .function(let number): return "F\(number)"
        case .control(let letter): return "Ctrl-\(letter.uppercased())"
        case .alternate(let letter): return "Alt-\(letter)"
        default: return nil
        }
    }
}
