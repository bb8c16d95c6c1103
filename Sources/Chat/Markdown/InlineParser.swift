/// The markup inside of a paragraph: strong, emphasis, struck out, code, links, escapes.
///
/// Backticks stay, of less weight, because nothing else tells code apart without a colour; a link shows its text and its
/// address. The rules of what opens and closes emphasis are CommonMark's, and two tildes go by them too.
struct InlineParser {
    private var characters: [MarkedCharacter]
    private var isHidden: [Bool]
    /// No markup: escaped, in code, in an address.
    private var isLiteral: [Bool]
    private var styles: [MarkdownStyle]
    /// Where a space is put before a character.
    private var spaces: Set<Int> = []
    /// How many of each style begin less how many end at a character; the last one is for the end.
    private var strongSteps: [Int]
    private var emphasisSteps: [Int]
    private var struckSteps: [Int]

    /// Text without markup.
    static func plain(_ characters: [MarkedCharacter]) -> [MarkdownRun] {
        var parser = InlineParser(characters)
        return parser.collect()
    }

    /// Text with its markup taken out. In a text that is still open, what is begun counts as done.
    static func runs(_ characters: [MarkedCharacter], isOpen: Bool) -> [MarkdownRun] {
        var parser = InlineParser(characters)
        let markup: Set<Character> = ["*", "_", "~", "`", "[", "<", "\\"]
        if characters.contains(where: { markup.contains($0.character) }) {
            parser.findLiterals()
            parser.findEmphasis(isOpen: isOpen)
        }
        return parser.collect()
    }

    private init(_ characters: [MarkedCharacter]) {
        self.characters = characters
        isHidden = Array(repeating: false, count: characters.count)
        isLiteral = isHidden
        styles = Array(repeating: [], count: characters.count)
        strongSteps = Array(repeating: 0, count: characters.count + 1)
        emphasisSteps = strongSteps
        struckSteps = strongSteps
    }

    private func character(_ index: Int) -> Character? {
        characters.indices.contains(index) ? characters[index].character : nil
    }

    // MARK: Code, links, escapes

    private mutating func findLiterals() {
        /// Open brackets that may begin a link.
        var brackets: [Int] = []
        /// Lengths of backtick fences known not to come again.
        var missing: Set<Int> = []
        var index = 0
        while index < characters.count {
            switch characters[index].character {
            case "\\":
                if let next = character(index + 1), next.isASCII, next.isPunctuation || next.isSymbol {
                    isHidden[index] = true
                    isLiteral[index + 1] = true
                    index += 1
                }
            case "`":
                index = code(from: index, &missing)
            case "[":
                brackets.append(index)
            case "]":
                if let open = brackets.popLast(), let end = link(from: open, to: index) {
                    // No link inside of a link.
                    brackets = []
                    index = end
                }
            case "<":
                index = address(from: index)
            default: break
            }
            index += 1
        }
    }

    /// The last character of a stretch of code, or of its backticks where they are not closed.
    private mutating func code(from start: Int, _ missing: inout Set<Int>) -> Int {
        var end = start
        while character(end) == "`" { end += 1 }
        let length = end - start
        guard !missing.contains(length) else { return end - 1 }
        var index = end
        while index < characters.count {
            guard characters[index].character == "`" else {
                index += 1
                continue
            }
            let close = index
            while character(index) == "`" { index += 1 }
            guard index - close == length else { continue }
            for inside in start..<index { isLiteral[inside] = true }
            for inside in end..<close { styles[inside].insert(.code) }
            for mark in Array(start..<end) + Array(close..<index) { styles[mark].insert(.faint) }
            return index - 1
        }
        missing.insert(length)
        return end - 1
    }

    /// `[text](address)`: its last character, once it is set; nil where there is no address.
    private mutating func link(from open: Int, to close: Int) -> Int? {
        guard character(close + 1) == "(" else { return nil }
        var depth = 0
        var end = close + 1
        while let next = character(end), next != "\n" {
            if next == "(" { depth += 1 }
            if next == ")" { depth -= 1 }
            if depth == 0 { break }
            end += 1
        }
        guard character(end) == ")", end > close + 2 else { return nil }
        isHidden[open] = true
        isHidden[close] = true
        if open > 0, characters[open - 1].character == "!", !isLiteral[open - 1] { isHidden[open - 1] = true }
        let text = characters[open + 1..<close].map(\.character)
        let isAddress = text == characters[close + 2..<end].map(\.character)
        for index in close + 1...end {
            isLiteral[index] = true
            styles[index].insert(.faint)
            if isAddress { isHidden[index] = true }
        }
        if isAddress {
            for index in open + 1..<close { isLiteral[index] = true }
        } else if close > open + 1 {
            spaces.insert(close + 1)
        }
        return end
    }

    /// `<https://…>`: its last character, or the bracket itself.
    private mutating func address(from start: Int) -> Int {
        var end = start + 1
        var hasColon = false
        while let next = character(end), !next.isWhitespace, next != "<", next != ">" {
            hasColon = hasColon || next == ":" || next == "@"
            end += 1
        }
        guard character(end) == ">", hasColon, end > start + 2 else { return start }
        isHidden[start] = true
        isHidden[end] = true
        for index in start...end { isLiteral[index] = true }
        return end
    }

    // MARK: Emphasis

    /// A run of `*` or `_`, or two tildes.
    private struct Delimiter {
        var character: Character
        /// The characters of it that are not used yet.
        var start: Int
        var end: Int
        let length: Int
        let opens: Bool
        let closes: Bool
        var count: Int { end - start }
    }

    private mutating func findEmphasis(isOpen: Bool) {
        let found = delimiters()
        var open: [Delimiter] = []
        /// Below this many open ones there is none for a closing one of this kind.
        var bottoms = Array(repeating: 0, count: 18)
        for var next in found {
            while next.closes, next.count > 0 {
                let first = next.character == "*" ? 0 : next.character == "_" ? 6 : 12
                let kind = first + (next.opens ? 3 : 0) + next.length % 3
                guard let index = open[bottoms[kind]...].lastIndex(where: { Self.match($0, next) }) else {
                    bottoms[kind] = open.count
                    break
                }
                open.removeLast(open.count - index - 1)
                let used = min(open[index].count, next.count, 2)
                hide(open[index].end - used..<open[index].end)
                hide(next.start..<next.start + used)
                style(
                    open[index].end..<next.start, next.character == "~" ? .struck : used == 2 ? .strong : .emphasis)
                open[index].end -= used
                next.start += used
                if open[index].count == 0 { open.removeLast() }
                for kind in bottoms.indices { bottoms[kind] = min(bottoms[kind], open.count) }
            }
            if next.opens, next.count > 0 { open.append(next) }
        }
        guard isOpen else { return }
        for one in open where one.end < characters.count && character(one.start - 1)?.isWhitespace != false {
            hide(one.start..<one.end)
            let rest = one.end..<characters.count
            if one.character == "~" {
                style(rest, .struck)
                continue
            }
            if one.count != 2 { style(rest, .emphasis) }
            if one.count > 1 { style(rest, .strong) }
        }
    }

    /// CommonMark's rule of three: `**` and `*` that could be both do not pair to three.
    private static func match(_ opening: Delimiter, _ closing: Delimiter) -> Bool {
        guard opening.character == closing.character else { return false }
        guard opening.closes || closing.opens, (opening.length + closing.length) % 3 == 0 else { return true }
        return opening.length % 3 == 0 && closing.length % 3 == 0
    }

    private func delimiters() -> [Delimiter] {
        var result: [Delimiter] = []
        var index = 0
        while index < characters.count {
            let character = characters[index].character
            guard character == "*" || character == "_" || character == "~", !isLiteral[index] else {
                index += 1
                continue
            }
            let start = index
            while index < characters.count, characters[index].character == character, !isLiteral[index] { index += 1 }
            if character == "~", index - start != 2 { continue }
            let before = self.character(start - 1)
            let after = self.character(index)
            let spaceBefore = before?.isWhitespace ?? true
            let spaceAfter = after?.isWhitespace ?? true
            let markBefore = before.map { $0.isPunctuation || $0.isSymbol } ?? false
            let markAfter = after.map { $0.isPunctuation || $0.isSymbol } ?? false
            let left = !spaceAfter && (!markAfter || spaceBefore || markBefore)
            let right = !spaceBefore && (!markBefore || spaceAfter || markAfter)
            let isWord = character == "_"
            result.append(
                Delimiter(
                    character: character, start: start, end: index, length: index - start,
                    opens: left && (!isWord || !right || markBefore),
                    closes: right && (!isWord || !left || markAfter)))
        }
        return result
    }

    private mutating func hide(_ range: Range<Int>) {
        for index in range { isHidden[index] = true }
    }

    private mutating func style(_ range: Range<Int>, _ style: MarkdownStyle) {
        func step(_ steps: inout [Int]) {
            steps[range.lowerBound] += 1
            steps[range.upperBound] -= 1
        }
        switch style {
        case .strong: step(&strongSteps)
        case .emphasis: step(&emphasisSteps)
        default: step(&struckSteps)
        }
    }

    // MARK: Runs

    private mutating func collect() -> [MarkdownRun] {
        var runs: [MarkdownRun] = []
        var strong = 0
        var emphasis = 0
        var struck = 0
        for (index, marked) in characters.enumerated() {
            strong += strongSteps[index]
            emphasis += emphasisSteps[index]
            struck += struckSteps[index]
            guard !isHidden[index] else { continue }
            var style = styles[index]
            if strong > 0 { style.insert(.strong) }
            if emphasis > 0 { style.insert(.emphasis) }
            if struck > 0 { style.insert(.struck) }
            let space = spaces.contains(index) ? " " : ""
            if let last = runs.indices.last, runs[last].token == marked.token, runs[last].style == style {
                runs[last].text += space
                runs[last].text.append(marked.character)
            } else {
                runs.append(MarkdownRun(space + String(marked.character), token: marked.token, style: style))
            }
        }
        return runs
    }
}
