/// The colours of a page or picture that fit a theme, where there is no terminal to have defaults: a theme's colours are
/// chosen for a dark or for a light ground.
package struct PageColours: Sendable, Equatable {
    /// Behind everything, as `#rrggbb`.
    package let background: String
    /// Text of no colour of its own.
    package let text: String

    /// The ground on which the side's words can be read.
    package init(_ theme: Theme) {
        // Bright words are made for a dark ground.
        let isDark =
            theme[.side].foreground?.components.map { 299 * $0.red + 587 * $0.green + 114 * $0.blue > 128_000 } ?? false
        background = isDark ? "#14171a" : "#ffffff"
        text = isDark ? "#e4e4e4" : "#1c1c1c"
    }
}

extension Colour {
    /// `#rrggbb`; nil for the terminal's default.
    package var hexadecimal: String? {
        components.map { colour in
            [colour.red, colour.green, colour.blue].reduce(into: "#") { text, value in
                let digits = String(value, radix: 16)
                text += digits.count == 1 ? "0" + digits : digits
            }
        }
    }
}

/// Text in HTML and SVG.
package enum Markup {
    /// Without what would be markup, and without control characters.
    package static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\n", "\t": result.append(scalar)
            case _ where scalar.properties.generalCategory == .control: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
