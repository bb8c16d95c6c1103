/// How a stretch of Markdown text stands out. None of these is a colour or a line below the text: those say who wrote it.
public struct MarkdownStyle: OptionSet, Sendable, Hashable {
    /// One bit a style.
    public let rawValue: UInt8
    /// From bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `**strong**`.
    public static let strong = MarkdownStyle(rawValue: 1)
    /// `*emphasis*`.
    public static let emphasis = MarkdownStyle(rawValue: 2)
    /// Inside of backticks.
    public static let code = MarkdownStyle(rawValue: 4)
    /// Of less weight: the backticks themselves, and the address of a link.
    public static let faint = MarkdownStyle(rawValue: 8)
    /// `~~struck out~~`.
    public static let struck = MarkdownStyle(rawValue: 16)
}

/// Visible text of one token in one style.
public struct MarkdownRun: Sendable, Equatable {
    /// Whole graphemes; a line end is `\n`.
    public var text: String
    /// The token that completed them, in the reply.
    public var token: Int32
    /// How they stand out.
    public var style: MarkdownStyle

    /// A stretch of text.
    public init(_ text: String, token: Int32, style: MarkdownStyle = []) {
        self.text = text
        self.token = token
        self.style = style
    }
}

/// Where the text of a table's column stands.
public enum MarkdownAlignment: Sendable, Equatable {
    /// At the left, as without colons.
    case left
    /// In the middle.
    case centre
    /// At the right.
    case right
}

/// A table, or the next rows of a long one.
public struct MarkdownTable: Sendable, Equatable {
    /// One cell a column.
    public typealias Row = [[MarkdownRun]]
    /// The names of the columns.
    public var header: Row
    /// One a column.
    public var alignments: [MarkdownAlignment]
    /// The rows below the header, each with as many cells as the header.
    public var rows: [Row] = []
    /// The rows before these were too many: this piece goes on below them and shows no header.
    public var isContinuation = false

    /// The most rows of one piece, so that a row more costs the same in a long table.
    static let mostRows = 40
}

/// A piece of Markdown that is laid out on its own. A code block is one block for each of its lines and two for its
/// frame, so that a long one costs no more than its last line.
public struct MarkdownBlock: Sendable, Equatable {
    /// What it is.
    public enum Content: Sendable, Equatable {
        /// Text; its line ends are the writer's.
        case paragraph([MarkdownRun])
        /// A heading of level 1 to 6.
        case heading(level: Int, [MarkdownRun])
        /// The upper end of a code block, with the name of its language.
        case codeStart([MarkdownRun])
        /// One line of code, and what the line before it left open.
        case codeLine([MarkdownRun], CodeHighlighter)
        /// The lower end of a code block.
        case codeEnd
        /// A line across.
        case rule
        /// A table.
        case table(MarkdownTable)
    }

    /// What a block stands in, from the outside in.
    public enum Container: Sendable, Equatable {
        /// A quotation.
        case quote
        /// An item of a list. The mark is empty except at the item's first block; `columns` is what it takes there.
        case item(mark: [MarkdownRun], columns: Int)
    }

    /// What it is.
    public var content: Content
    /// What it stands in.
    public var containers: [Container]
    /// How many of the containers were there already.
    public var sharedContainers: Int
    /// An empty row stands before it.
    public var isSpaced: Bool
    /// It goes on the line of code before it, which was too long for one block.
    public var goesOnLine = false
    /// The first and the last token with a character in its source, hidden markup included.
    public var tokens: ClosedRange<Int32>
}
