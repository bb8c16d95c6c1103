/// Looks for what the TOML library takes for granted: it ends the program where a table's header begins with no name.
public enum TableHeaders {
    /// The first line, from 1, that begins with `[` and no name, quotation mark or bracket behind it; nil where there is none.
    public static func broken(in text: String) -> Int? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let index = lines.firstIndex { line in
            var rest = line.unicodeScalars.drop { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
            guard rest.first == "[" else { return false }
            for _ in 0..<2 where rest.first == "[" {
                rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            }
            guard let first = rest.first else { return true }
            let isName =
                ("a"..."z").contains(first) || ("A"..."Z").contains(first) || ("0"..."9").contains(first)
                || first == "_" || first == "-"
            return !(isName || first == "\"" || first == "'" || first == "]")
        }
        return index.map { $0 + 1 }
    }
}
