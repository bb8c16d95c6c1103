/// Finds strings, comments, numbers and keywords in code, line by line, for most languages at once: for reading, not for
/// compiling. What one line leaves open (a comment, a long string) is the value's own and goes into the next.
public struct CodeHighlighter: Sendable, Equatable {
    /// What a stretch of code is.
    public enum Kind: Sendable, Equatable {
        case text, keyword, string, number, comment
    }

    private enum Family: Sendable, Equatable {
        /// `//` and `/* */`.
        case braces
        /// `#`; long strings between three quotation marks.
        case hash
        /// `--`.
        case dashes
        /// `<!-- -->`.
        case markup
        /// Not code that this knows: no part of it stands out.
        case none
    }

    private enum Open: Sendable, Equatable {
        case nothing, blockComment
        case longString(String)
    }

    private let family: Family
    private var open = Open.nothing

    /// A highlighter for the language that a code block names; an unknown or missing name is read as one with braces.
    public init(language: String) {
        switch language.lowercased() {
        case "python", "py", "ruby", "rb", "bash", "sh", "shell", "zsh", "yaml", "yml", "toml", "r", "perl", "make",
            "makefile", "dockerfile", "ini", "conf", "elixir", "julia":
            family = .hash
        case "sql", "lua", "haskell", "hs", "ada", "elm": family = .dashes
        case "html", "xml", "svg", "markdown", "md": family = .markup
        case "text", "txt", "plain", "plaintext", "output", "console", "diff", "csv", "": family = .none
        default: family = .braces
        }
    }

    /// Goes over a line for what it leaves open.
    mutating func skip(_ line: [Character]) { _ = kinds(of: line) }

    /// What each character of the line is.
    public mutating func kinds(of line: [Character]) -> [Kind] {
        var kinds = Array(repeating: Kind.text, count: line.count)
        guard family != .none else { return kinds }
        var index = 0
        while index < line.count {
            let start = index
            let kind: Kind
            switch open {
            case .blockComment:
                index = skip(to: family == .markup ? "-->" : "*/", in: line, from: index)
                kind = .comment
            case .longString(let mark):
                index = skip(to: mark, in: line, from: index)
                kind = .string
            case .nothing:
                kind = token(in: line, &index)
            }
            for place in start..<index { kinds[place] = kind }
        }
        return kinds
    }

    /// The end of what is open, or the line's where it goes on.
    private mutating func skip(to mark: String, in line: [Character], from start: Int) -> Int {
        for index in start..<line.count where Self.begins(line, index, mark) {
            open = .nothing
            return index + mark.count
        }
        return line.count
    }

    private mutating func token(in line: [Character], _ index: inout Int) -> Kind {
        let first = line[index]
        if let opening = blockOpening, Self.begins(line, index, opening) {
            index += opening.count
            open = .blockComment
            return .comment
        }
        if lineComments.contains(where: { Self.begins(line, index, $0) }),
            family != .hash || Self.startsWord(line, index)
        {
            index = line.count
            return .comment
        }
        if first == "\"" || first == "'" || first == "`" {
            let long = String(repeating: String(first), count: 3)
            if family == .hash || family == .braces, first != "`", Self.begins(line, index, long) {
                index += 3
                open = .longString(long)
                return .string
            }
            // An apostrophe inside of a word is no string.
            guard first != "'" || Self.startsWord(line, index) || index == 0 || !line[index - 1].isLetter else {
                index += 1
                return .text
            }
            index = Self.stringEnd(line, index)
            return .string
        }
        if first.isNumber {
            while index < line.count, Self.isWord(line[index]) || line[index] == "." { index += 1 }
            return .number
        }
        if Self.isWord(first) {
            let start = index
            while index < line.count, Self.isWord(line[index]) { index += 1 }
            let word = String(line[start..<index])
            let isKeyword =
                CodeKeywords.common.contains(word)
                || family == .dashes && CodeKeywords.queries.contains(word.lowercased())
            return isKeyword && family != .markup ? .keyword : .text
        }
        index += 1
        return .text
    }

    private var blockOpening: String? {
        switch family {
        case .braces: "/*"
        case .markup: "<!--"
        case .hash, .dashes, .none: nil
        }
    }

    private var lineComments: [String] {
        switch family {
        case .braces: ["//"]
        case .hash: ["#"]
        case .dashes: ["--"]
        case .markup, .none: []
        }
    }

    private static func begins(_ line: [Character], _ index: Int, _ mark: String) -> Bool {
        index < line.count && line[index...].starts(with: mark)
    }

    private static func startsWord(_ line: [Character], _ index: Int) -> Bool {
        index == 0 || line[index - 1].isWhitespace
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// Behind the closing mark of a string on one line; the line's end where it is not closed.
    private static func stringEnd(_ line: [Character], _ start: Int) -> Int {
        var index = start + 1
        while index < line.count {
            if line[index] == "\\" {
                index += 2
                continue
            }
            if line[index] == line[start] { return index + 1 }
            index += 1
        }
        return line.count
    }
}

/// Words with a meaning of their own in common languages.
enum CodeKeywords {
    static let common: Set<String> = Set(
        """
        abstract actor and any as assert async await begin bool boolean break case catch char class const constexpr continue
        def default defer del delete do done double elif else elseif elsif end enum esac except explicit export extends
        extension extern false fi final finally float fn for foreach from func function global goto guard if impl implements
        import in include init inout int interface internal is lambda let local long loop match mod module mut namespace
        new nil none None not null nullptr object of operator or override package pass private protected protocol pub public
        raise ref return select self Self short signed sizeof static string struct super switch template then this throw
        throws trait true True False try type typedef typename typeof union unless unsafe unsigned until use using val var
        virtual void volatile when where while with yield
        """.split { $0.isWhitespace }.map(String.init))

    /// Those of SQL, in small letters.
    static let queries: Set<String> = Set(
        """
        select from where as and or not null in is case when then else end with union begin returns
        create drop table insert into values update set delete join left right inner outer on group by order having limit
        distinct primary key foreign references alter add column index view
        """.split { $0.isWhitespace }.map(String.init))
}
