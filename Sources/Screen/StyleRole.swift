/// What a cell means. A theme turns a role into colours and attributes; nothing else on the screen names a colour.
public enum StyleRole: UInt8, Sendable, Hashable, CaseIterable {
    /// Ordinary text of the program.
    case text
    /// A token on the base path.
    case base
    /// A token on the side path.
    case side
    /// What the user wrote.
    case user
    /// A message of the program in the transcript.
    case system
    /// Less important text.
    case dim
    /// A heading inside a text.
    case heading
    /// Lines around panels.
    case border
    /// The title of a panel.
    case title
    /// Bar: time in the base.
    case barBase
    /// Bar: time in the device.
    case barDevice
    /// Bar: time on the way up.
    case barUplink
    /// Bar: time on the way down.
    case barDownlink
    /// The name of a key in the key bar.
    case keyName
    /// What that key does.
    case keyHint
    /// The line being written.
    case input
    /// A drawn cursor.
    case cursor
    /// A warning.
    case warning
    /// An error.
    case error
    /// Good news.
    case good
    /// Something chosen.
    case selection
    /// The network line.
    case network
    /// The mark that says how much lies below.
    case scrollMark
    /// Reading view: a word of a programming language.
    case codeKeyword
    /// Reading view: a text in code.
    case codeString
    /// Reading view: a number in code.
    case codeNumber
    /// Reading view: a comment in code.
    case codeComment
    /// Heat view: the lowest of five levels.
    case heat1
    /// Heat view: the second level.
    case heat2
    /// Heat view: the third level.
    case heat3
    /// Heat view: the fourth level.
    case heat4
    /// Heat view: the highest level.
    case heat5

    /// One letter a role, unique, for the style planes of golden tests.
    public var letter: Character {
        switch self {
        case .text: "."
        case .base: "b"
        case .side: "S"
        case .user: "u"
        case .system: "y"
        case .dim: "d"
        case .heading: "h"
        case .border: "|"
        case .title: "t"
        case .barBase: "1"
        case .barDevice: "2"
        case .barUplink: "3"
        case .barDownlink: "4"
        case .keyName: "k"
        case .keyHint: "i"
        case .input: ">"
        case .cursor: "_"
        case .warning: "w"
        case .error: "e"
        case .good: "g"
        case .selection: "*"
        case .network: "n"
        case .scrollMark: "m"
        case .codeKeyword: "K"
        case .codeString: "s"
        case .codeNumber: "#"
        case .codeComment: "c"
        case .heat1: "5"
        case .heat2: "6"
        case .heat3: "7"
        case .heat4: "8"
        case .heat5: "9"
        }
    }

    /// The role's name as theme files spell it: `bar-base`, `key-name`, …
    public var name: String {
        switch self {
        case .text: "text"
        case .base: "base"
        case .side: "side"
        case .user: "user"
        case .system: "system"
        case .dim: "dim"
        case .heading: "heading"
        case .border: "border"
        case .title: "title"
        case .barBase: "bar-base"
        case .barDevice: "bar-device"
        case .barUplink: "bar-uplink"
        case .barDownlink: "bar-downlink"
        case .keyName: "key-name"
        case .keyHint: "key-hint"
        case .input: "input"
        case .cursor: "cursor"
        case .warning: "warning"
        case .error: "error"
        case .good: "good"
        case .selection: "selection"
        case .network: "network"
        case .scrollMark: "scroll-mark"
        case .codeKeyword: "code-keyword"
        case .codeString: "code-string"
        case .codeNumber: "code-number"
        case .codeComment: "code-comment"
        case .heat1: "heat-1"
        case .heat2: "heat-2"
        case .heat3: "heat-3"
        case .heat4: "heat-4"
        case .heat5: "heat-5"
        }
    }
}

/// How a cell is set, apart from its colours.
public struct Attributes: OptionSet, Sendable, Hashable {
    /// One bit an attribute.
    public let rawValue: UInt8
    /// From bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bold.
    public static let bold = Attributes(rawValue: 1)
    /// Faint.
    public static let dim = Attributes(rawValue: 2)
    /// Underlined.
    public static let underline = Attributes(rawValue: 4)
    /// Foreground and background exchanged.
    public static let reverse = Attributes(rawValue: 8)
    /// Italic.
    public static let italic = Attributes(rawValue: 16)
}
