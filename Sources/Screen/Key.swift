/// One thing that a user did at the keyboard.
public enum Key: Sendable, Hashable {
    /// A typed character (a whole grapheme where its scalars arrived together).
    case character(Character)
    /// Enter.
    case enter
    /// A new line inside a text: Ctrl-J, Alt-Enter, and Shift-Enter where the terminal tells it apart.
    case newline
    /// Escape alone.
    case escape
    /// Deletes to the left.
    case backspace
    /// Deletes to the right.
    case delete
    /// Arrow left.
    case left
    /// Arrow right.
    case right
    /// Arrow up.
    case up
    /// Arrow down.
    case down
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// Tab.
    case tab
    /// Shift-Tab.
    case backTab
    /// F1 is `function(1)`.
    case function(Int)
    /// Ctrl with a key, lower case: Ctrl-C is `control("c")`.
    case control(Character)
    /// Alt with a key, as it was typed: Alt-b is `alternate("b")`.
    case alternate(Character)
    /// Text from a bracketed paste; line ends are `\n`, other control characters but tabs are gone.
    case paste(String)
    /// Ctrl-Left or Alt-Left.
    case wordLeft
    /// Ctrl-Right or Alt-Right.
    case wordRight
    /// Something done with the mouse, where it is used.
    case mouse(MouseInput)
    /// A sequence nobody here understands.
    case unknown
}

/// Something done with the mouse.
public struct MouseInput: Sendable, Hashable {
    /// What was done.
    public enum Kind: Sendable, Hashable {
        /// The left button went down.
        case press
        /// The wheel, away from the person.
        case wheelUp
        /// The wheel, towards the person.
        case wheelDown
    }

    /// What was done.
    public var kind: Kind
    /// The cell below the pointer.
    public var point: Point

    /// Something done at a place.
    public init(_ kind: Kind, at point: Point) {
        self.kind = kind
        self.point = point
    }
}
