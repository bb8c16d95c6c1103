/// One character of a reply and the token that completed it.
struct MarkedCharacter: Sendable, Equatable {
    var character: Character
    var token: Int32
}

/// Reads Markdown as it streams. Finished blocks are handed out once and never looked at again; of the open end only the
/// last block is read anew, and a block has a largest size, so a token costs the same in a long message as in a short one.
///
/// What the characters say is what counts, not how they were cut: any split into pieces gives the same blocks. A line end
/// of the writer's stays one. Markup that makes a difference to weight, indent or boxes is hidden; everything else stays.
public struct MarkdownParser: Sendable {
    /// Where a paragraph or a line is cut although it goes on.
    static let longestLine = 1200

    private var blockParser = BlockParser()
    private var line: [MarkedCharacter] = []
    /// The line goes on one that was cut: it has no structure of its own.
    private var isCut = false
    /// Characters looked at so far, for the test that says what a token costs.
    package private(set) var work = 0

    /// A parser of nothing.
    public init() {}

    /// Takes text that will not change any more, and returns the blocks that it finishes.
    public mutating func append(_ text: Substring, token: Int) -> [MarkdownBlock] {
        let token = Int32(clamping: token)
        for character in text {
            work += 1
            if character.isNewline {
                feed(end: token)
            } else {
                line.append(MarkedCharacter(character: character, token: token))
                if line.count == Self.longestLine { cut() }
            }
        }
        return blockParser.take(&work)
    }

    /// The blocks that the open end makes as it stands, with a piece that may still change.
    public mutating func open(_ last: TextPiece?) -> [MarkdownBlock] {
        var parser = blockParser
        var rest = line
        for character in last?.text ?? "" where !character.isNewline {
            rest.append(MarkedCharacter(character: character, token: Int32(clamping: last?.token ?? 0)))
        }
        parser.isOpen = true
        if let token = rest.last?.token { parser.feed(rest[...], end: token, isCut: isCut) }
        parser.close()
        return parser.take(&work)
    }

    /// The text has ended: returns what was open.
    public mutating func finish() -> [MarkdownBlock] {
        if let token = line.last?.token { feed(end: token) }
        blockParser.close()
        return blockParser.take(&work)
    }

    private mutating func feed(end: Int32) {
        blockParser.feed(line[...], end: end, isCut: isCut)
        line.removeAll(keepingCapacity: true)
        isCut = false
    }

    /// Cuts a line that is too long, at a space where there is one.
    private mutating func cut() {
        let space = line.lastIndex { $0.character == " " } ?? 0
        let end = space > Self.longestLine / 2 ? space + 1 : line.count
        let rest = Array(line[end...])
        blockParser.feed(line[..<end], end: line[end - 1].token, isCut: isCut)
        blockParser.closeCut()
        line = rest
        isCut = true
    }
}
