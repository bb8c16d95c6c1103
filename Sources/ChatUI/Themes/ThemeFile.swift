import FoundationEssentials
import Screen
import TOMLKit

/// A theme read from TOML; `Themes/dark.toml` documents the format.
///
/// A file that is no TOML gives no theme; a role that is not understood keeps the built-in look. Either way a warning
/// names file, line and role, and the chat starts.
public struct ThemeFile: Sendable, Equatable {
    /// The background that the colours are chosen for.
    public enum Background: String, Sendable { case dark, light, any }

    /// The theme; nil where the file is no TOML.
    public var theme: Theme?
    /// The background that the colours are chosen for.
    public var background = Background.any
    /// What was not understood, one sentence each.
    public var warnings: [String] = []

    /// Reads a theme's text; `path` names it in warnings, and its last part without `.toml` is the name where the text gives none.
    public init(text: String, path: String) {
        if let line = TableHeaders.broken(in: text) {
            warnings = ["Theme \(path), line \(line): a table has no name. The default theme is used."]
            return
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let line = error.source.begin.line
            warnings = ["Theme \(path), line \(line): \(error.description.firstLine). The default theme is used."]
            return
        } catch {
            warnings = ["Theme \(path): it cannot be read. The default theme is used."]
            return
        }
        let fileName = path.split(separator: "/").last.map(String.init) ?? path
        var theme = Theme(name: fileName.hasSuffix(".toml") ? String(fileName.dropLast(5)) : fileName)
        for key in table.keys where !["name", "background", "roles"].contains(key) {
            warnings.append("Theme \(path), line \(Self.line(of: key, in: text)): “\(key)” is not known.")
        }
        if let name = table["name"] {
            if let name = name.string, !name.isEmpty { theme.name = name } else { warn(path, text, "name", "no name") }
        }
        if let value = table["background"] {
            if let known = value.string.flatMap(Background.init(rawValue:)) {
                background = known
            } else {
                warn(path, text, "background", "not dark, light or any")
            }
        }
        let roles = table["roles"]?.table
        if table["roles"] != nil, roles == nil { warn(path, text, "roles", "no table") }
        for name in roles?.keys ?? [] where !StyleRole.allCases.contains(where: { $0.name == name }) {
            warn(path, text, name, "no role of that name")
        }
        for role in StyleRole.allCases {
            guard let value = roles?[role.name] else { continue }
            do throws(Fault) {
                theme[role] = try Self.style(value)
            } catch {
                warn(path, text, role.name, error.text + "; the default look is used")
                theme[role] = builtinTheme[role]
            }
        }
        if !theme[.side].attributes.contains(.underline) {
            if roles?["side"] != nil {
                warn(path, text, "side", "it has no underline, and colour alone must not tell the gate; underlined")
            }
            theme[.side].attributes.insert(.underline)
        }
        self.theme = theme
    }

    /// Reads every `*.toml` of these folders. Of two themes with one name the earlier folder's counts; missing folders
    /// are skipped. The built-in themes are there in any case, and the five known names come first, in their order.
    public static func load(directories: [String]) -> (themes: [Theme], warnings: [String]) {
        var themes: [Theme] = []
        var warnings: [String] = []
        for directory in directories {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".toml") && !name.hasPrefix(".") {
                let path = directory + "/" + name
                guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
                    warnings.append("Theme \(path): it cannot be read.")
                    continue
                }
                let file = ThemeFile(text: String(decoding: data, as: UTF8.self), path: path)
                warnings += file.warnings
                if let theme = file.theme, !themes.contains(where: { $0.name == theme.name }) { themes.append(theme) }
            }
        }
        for theme in [builtinTheme, monochromeTheme] where !themes.contains(where: { $0.name == theme.name }) {
            themes.append(theme)
        }
        let order = ["dark", "light", "sixteen", "colour-blind", "monochrome"]
        let known = order.compactMap { name in themes.first { $0.name == name } }
        return (known + themes.filter { !order.contains($0.name) }.sorted { $0.name < $1.name }, warnings)
    }

    // MARK: Parts

    private struct Fault: Error { let text: String }

    private mutating func warn(_ path: String, _ text: String, _ key: String, _ fault: String) {
        warnings.append("Theme \(path), line \(Self.line(of: key, in: text)), \(key): \(fault).")
    }

    /// The line that gives a key, from 1.
    private static func line(of key: String, in text: String) -> Int {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let index = lines.firstIndex { line in
            let start = line.drop { $0 == " " || $0 == "\t" || $0 == "[" || $0 == "\"" }
            let name = start.hasPrefix("roles.") ? start.dropFirst(6) : start
            guard name.hasPrefix(key) else { return false }
            let next = name.dropFirst(key.count).first
            return next.map { " =].\"\t".contains($0) } ?? true
        }
        return (index ?? 0) + 1
    }

    private static func style(_ value: any TOMLValueConvertible) throws(Fault) -> CellStyle {
        guard let table = value.table else { throw Fault(text: "it needs { foreground = …, attributes = […] }") }
        var style = CellStyle()
        for key in table.keys {
            guard let part = table[key] else { continue }
            switch key {
            case "foreground": style.foreground = try colour(part)
            case "background": style.background = try colour(part)
            case "attributes":
                guard let list = part.array else { throw Fault(text: "attributes is no list") }
                for item in list {
                    guard let name = item.string, let attribute = attributes[name] else {
                        throw Fault(text: "an attribute is not bold, dim, underline, reverse or italic")
                    }
                    style.attributes.insert(attribute)
                }
            default: throw Fault(text: "“\(key)” is not foreground, background or attributes")
            }
        }
        return style
    }

    private static let attributes: [String: Attributes] = [
        "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse, "italic": .italic,
    ]
    private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

    /// A colour: a name, a palette number, or "#rrggbb"; "default" is nil.
    private static func colour(_ value: any TOMLValueConvertible) throws(Fault) -> Colour? {
        if let number = value.int {
            guard let index = UInt8(exactly: number) else { throw Fault(text: "colour \(number) is not 0 to 255") }
            return .indexed(index)
        }
        guard let text = value.string else { throw Fault(text: "a colour is a name, 0-255 or \"#rrggbb\"") }
        if text == "default" { return nil }
        if let number = UInt8(text) { return .indexed(number) }
        if text.hasPrefix("#"), text.utf8.count == 7, text.dropFirst().allSatisfy(\.isHexDigit),
            let rgb = UInt32(text.dropFirst(), radix: 16)
        {
            return .rgb(UInt8(rgb >> 16 & 0xFF), UInt8(rgb >> 8 & 0xFF), UInt8(rgb & 0xFF))
        }
        let bright = text.hasPrefix("bright-")
        let plain = bright ? String(text.dropFirst(7)) : text
        guard let index = names.firstIndex(of: plain) else {
            throw Fault(text: "“\(text)” is no colour: a name, 0-255 or \"#rrggbb\"")
        }
        return .indexed(UInt8(index + (bright ? 8 : 0)))
    }
}

extension String {
    fileprivate var firstLine: Substring { prefix { !$0.isNewline } }
}
