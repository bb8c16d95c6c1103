import Screen

/// The default theme, equal to `Themes/dark.toml`: there is a look even where no theme file can be read.
public let builtinTheme = Theme(
    name: "dark",
    styles: [
        .side: CellStyle(foreground: .rgb(0x5F, 0xD7, 0xFF), attributes: .underline),
        .user: CellStyle(attributes: .bold),
        .system: CellStyle(foreground: .rgb(0xAF, 0xAF, 0xAF)),
        .dim: CellStyle(foreground: .rgb(0x8A, 0x8A, 0x8A)),
        .heading: CellStyle(foreground: .rgb(0xD7, 0xD7, 0xFF), attributes: .bold),
        .border: CellStyle(foreground: .rgb(0x4E, 0x4E, 0x4E)),
        .title: CellStyle(foreground: .rgb(0xD7, 0xD7, 0xFF), attributes: .bold),
        .barBase: CellStyle(foreground: .rgb(0x9E, 0x9E, 0x9E)),
        .barDevice: CellStyle(foreground: .rgb(0x5F, 0xD7, 0xFF)),
        .barUplink: CellStyle(foreground: .rgb(0xFF, 0xAF, 0x5F)),
        .barDownlink: CellStyle(foreground: .rgb(0xD7, 0x87, 0xFF)),
        .keyName: CellStyle(foreground: .rgb(0xD7, 0xD7, 0xFF)),
        .keyHint: CellStyle(foreground: .rgb(0x8A, 0x8A, 0x8A)),
        .cursor: CellStyle(attributes: .reverse),
        .warning: CellStyle(foreground: .rgb(0xFF, 0xD7, 0x5F)),
        .error: CellStyle(foreground: .rgb(0xFF, 0x87, 0x87), attributes: .bold),
        .good: CellStyle(foreground: .rgb(0x87, 0xD7, 0x87)),
        .selection: CellStyle(attributes: .reverse),
        .network: CellStyle(foreground: .rgb(0xFF, 0xAF, 0x5F)),
        .scrollMark: CellStyle(attributes: .reverse),
        .codeKeyword: CellStyle(foreground: .rgb(0xD7, 0xAF, 0xFF)),
        .codeString: CellStyle(foreground: .rgb(0xAF, 0xD7, 0x87)),
        .codeNumber: CellStyle(foreground: .rgb(0xFF, 0xAF, 0x87)),
        .codeComment: CellStyle(foreground: .rgb(0x9E, 0x9E, 0x9E), attributes: .italic),
    ])

/// The theme without colours, equal to `Themes/monochrome.toml`: what `NO_COLOR` starts with.
public let monochromeTheme = Theme(
    name: "monochrome",
    styles: [
        .side: CellStyle(attributes: .underline),
        .user: CellStyle(attributes: .bold),
        .system: CellStyle(attributes: .italic),
        .dim: CellStyle(attributes: .dim),
        .heading: CellStyle(attributes: .bold),
        .border: CellStyle(attributes: .dim),
        .title: CellStyle(attributes: .bold),
        .barDevice: CellStyle(attributes: .bold),
        .keyName: CellStyle(attributes: .bold),
        .cursor: CellStyle(attributes: .reverse),
        .warning: CellStyle(attributes: .bold),
        .error: CellStyle(attributes: [.bold, .reverse]),
        .selection: CellStyle(attributes: .reverse),
        .network: CellStyle(attributes: .bold),
        .scrollMark: CellStyle(attributes: .reverse),
        .codeKeyword: CellStyle(attributes: .bold),
        .codeComment: CellStyle(attributes: .italic),
    ])
