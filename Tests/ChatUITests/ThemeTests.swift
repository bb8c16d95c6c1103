import ChatUI
import Foundation
import Screen
import TestSupport
import Testing

private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Themes")
private let names = ["dark", "light", "sixteen", "colour-blind", "monochrome"]

private func file(_ name: String) throws -> ThemeFile {
    let url = folder.appending(path: "\(name).toml")
    return ThemeFile(text: try String(contentsOf: url, encoding: .utf8), path: url.path)
}

@Test(arguments: names)
func shippedThemesAreComplete(_ name: String) throws {
    let file = try file(name)
    #expect(file.warnings == [])
    let theme = try #require(file.theme)
    #expect(theme.name == name)
    #expect(theme[.side].attributes.contains(.underline))
    #expect(!theme[.base].attributes.contains(.underline))
    let text = try String(contentsOf: folder.appending(path: "\(name).toml"), encoding: .utf8)
    for role in StyleRole.allCases { #expect(text.contains("\n\(role.name) = "), "\(role.name)") }
}

@Test func builtinThemesEqualTheirFiles() throws {
    #expect(try file("dark").theme == builtinTheme)
    #expect(try file("monochrome").theme == monochromeTheme)
    for role in StyleRole.allCases {
        #expect(monochromeTheme[role].foreground == nil && monochromeTheme[role].background == nil)
    }
}

/// WCAG 2.1: text needs 4.5:1 against what is behind it; lines and bars, which are no text, 3:1. Text keeps it on the usual
/// backgrounds that are not quite black or white, too.
@Test(arguments: names)
func contrast(_ name: String) throws {
    let file = try file(name)
    let theme = try #require(file.theme)
    let grounds: [[UInt8]] =
        file.background == .light
        ? [[0xFF, 0xFF, 0xFF], [0xFA, 0xFA, 0xFA], [0xEE, 0xEE, 0xEE]]
        : [[0, 0, 0], [0x1E, 0x1E, 0x1E], [0x28, 0x2C, 0x34]]
    for role in StyleRole.allCases {
        let style = theme[role]
        guard case .rgb(let r, let g, let b) = style.foreground else { continue }
        let isLine = [.border, .barBase, .barDevice, .barUplink, .barDownlink].contains(role)
        for ground in isLine ? Array(grounds.prefix(1)) : grounds {
            var behind = ground
            if case .rgb(let r, let g, let b) = style.background { behind = [r, g, b] }
            let ratio = contrastRatio([r, g, b].map { Double($0) / 255 }, behind.map { Double($0) / 255 })
            #expect(ratio >= (isLine ? 3 : 4.5), "\(name) \(role.name) on \(behind): \(ratio)")
        }
    }
}

private func contrastRatio(_ a: [Double], _ b: [Double]) -> Double {
    func luminance(_ colour: [Double]) -> Double {
        let linear = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
    let (x, y) = (luminance(a), luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

@Test func aFileThatIsNoTomlGivesAWarningAndNoTheme() {
    let file = ThemeFile(text: "name = \"x\"\n[roles\n", path: "themes/x.toml")
    #expect(file.theme == nil)
    #expect(file.warnings.count == 1 && file.warnings[0].hasPrefix("Theme themes/x.toml, line 2"))
}

/// The TOML library would end the program.
@Test(arguments: ["[", "[=x]", "a = 1\n  [ #roles]", "[[!x]]", "\u{FEFF}[é]"])
func aTableWithoutANameIsABrokenFile(text: String) {
    let file = ThemeFile(text: text, path: "x.toml")
    #expect(file.theme == nil && file.warnings.count == 1)
}

@Test func aBrokenRoleKeepsTheDefaultAndIsNamed() throws {
    let text = """
        name = "mine"
        [roles]
        error = { foreground = "reddish" }
        sidee = {}
        side = { foreground = 300 }
        dim = { foreground = "bright-blue", attributes = ["bold"] }
        user = { attributes = ["loud"] }
        """
    let file = ThemeFile(text: text, path: "mine.toml")
    let theme = try #require(file.theme)
    #expect(theme[.error] == builtinTheme[.error] && theme[.side] == builtinTheme[.side])
    #expect(theme[.dim] == CellStyle(foreground: .indexed(12), attributes: .bold))
    #expect(
        file.warnings.sorted() == [
            "Theme mine.toml, line 3, error: “reddish” is no colour: a name, 0-255 or \"#rrggbb\"; the default look is used.",
            "Theme mine.toml, line 4, sidee: no role of that name.",
            "Theme mine.toml, line 5, side: colour 300 is not 0 to 255; the default look is used.",
            "Theme mine.toml, line 7, user: an attribute is not bold, dim, underline, reverse or italic; the default look is used.",
        ])
}

@Test func theSideIsAlwaysUnderlined() throws {
    let file = ThemeFile(text: "[roles]\nside = { foreground = \"red\" }", path: "a/plain.toml")
    #expect(file.theme?.name == "plain")
    #expect(file.theme?[.side] == CellStyle(foreground: .indexed(1), attributes: .underline))
    #expect(file.warnings.count == 1)
    #expect(ThemeFile(text: "", path: "e.toml").theme?[.side].attributes == .underline)
}

@Test func colours() {
    let text = "[roles]\nbase = { foreground = \"#0A0b0C\", background = \"17\" }\ntext = { foreground = \"default\" }"
    let theme = ThemeFile(text: text, path: "c.toml").theme
    #expect(theme?[.base] == CellStyle(foreground: .rgb(10, 11, 12), background: .indexed(17)))
    #expect(theme?[.text] == CellStyle())
}

/// Any damage to a theme's text gives a theme or a warning, never a trap.
@Test func damagedThemes() throws {
    let bytes = Array(try String(contentsOf: folder.appending(path: "dark.toml"), encoding: .utf8).utf8)
    var random = TestRandom(seed: 3)
    for _ in 0..<300 {
        var damaged = bytes
        for _ in 0..<(1 + random.next() % 4) {
            let place = Int(random.next() % UInt64(damaged.count))
            if random.next() % 3 == 0 {
                damaged.removeSubrange(place...)
            } else {
                damaged[place] = UInt8(random.next() % 256)
            }
            if damaged.isEmpty { break }
        }
        let file = ThemeFile(text: String(decoding: damaged, as: UTF8.self), path: "x.toml")
        #expect(file.theme != nil || !file.warnings.isEmpty)
        if let theme = file.theme { #expect(theme[.side].attributes.contains(.underline)) }
    }
}

@Test func foldersAreReadInOrder() throws {
    let (themes, warnings) = ThemeFile.load(directories: ["/nowhere/at/all", folder.path])
    #expect(themes.map(\.name) == names && warnings == [])
    #expect(ThemeFile.load(directories: []).themes == [builtinTheme, monochromeTheme])
}
