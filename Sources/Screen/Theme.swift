/// A colour as a theme names it. What the terminal lacks is degraded when it is drawn: rgb → 256 → 16 → 8 → none.
public enum Colour: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case terminalDefault
    /// An entry of the 256-colour palette; 0-15 are the terminal's named colours.
    case indexed(UInt8)
    /// Red, green, blue, 0-255.
    case rgb(UInt8, UInt8, UInt8)
}

/// The look of one role. A colour of nil is the terminal's default.
public struct CellStyle: Sendable, Hashable {
    /// The colour of the glyph.
    public var foreground: Colour?
    /// The colour behind it.
    public var background: Colour?
    /// Bold, underline, …
    public var attributes: Attributes

    /// Makes a style; without arguments: the terminal's default look.
    public init(foreground: Colour? = nil, background: Colour? = nil, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

/// A look for every role.
public struct Theme: Sendable, Equatable {
    /// The name the user sees.
    public var name: String
    private var styles: [CellStyle]

    /// A theme in which the roles missing from `styles` have the terminal's default look.
    public init(name: String, styles: [StyleRole: CellStyle] = [:]) {
        self.name = name
        self.styles = Array(repeating: CellStyle(), count: StyleRole.allCases.count)
        for (role, style) in styles { self[role] = style }
    }

    /// The look of `role`.
    public subscript(role: StyleRole) -> CellStyle {
        get { styles[Int(role.rawValue)] }
        set { styles[Int(role.rawValue)] = newValue }
    }
}
