/// Puts lines together to blocks: the containers that a line goes on with, those that it opens, and what is left of it.
struct BlockParser: Sendable {
    typealias Line = LineForms.Line

    /// Quotations and items deeper than this are text.
    private static let deepest = 8

    private struct Container: Sendable {
        /// How far in the mark and the content of an item begin; nil for a quotation.
        var item: (markIndent: Int, contentIndent: Int)?
        var mark: [MarkdownRun] = []
        var columns = 0
    }

    /// The block that the next line may go on with.
    private enum Leaf: Sendable {
        case none
        case paragraph([MarkedCharacter], lines: Int)
        case code(LineForms.Fence, CodeHighlighter)
        case table(MarkdownTable)
    }

    /// Blocks that no later line can change; `take` hands them out.
    private var finished: [MarkdownBlock] = []
    /// Characters looked at.
    private var work = 0
    /// The last line may go on: nothing is decided that the next character may undo.
    var isOpen = false

    private var containers: [Container] = []
    /// Containers that were there when the leaf began.
    private var shared = 0
    private var leaf = Leaf.none
    private var tokens: ClosedRange<Int32> = 0...0
    /// An empty line came since the last block.
    private var isSpaced = false
    private var isFirst = true

    /// Hands out what is finished, and adds what it cost.
    mutating func take(_ work: inout Int) -> [MarkdownBlock] {
        work += self.work
        self.work = 0
        let blocks = finished
        finished = []
        return blocks
    }

    // MARK: Lines

    /// Takes a line without its end; `end` is the token that ended it. A line that goes on a cut one is text.
    mutating func feed(_ source: Line, end: Int32, isCut: Bool) {
        work += source.count
        let span = (source.first?.token ?? end)...max(end, source.first?.token ?? end)
        if case .code(let fence, let highlighter) = leaf {
            // The rest of a cut line stands in what its start stood in.
            if let line = isCut ? source : matchInCode(source) {
                feedCode(line, fence, highlighter, span, isCut: isCut)
                return
            }
            closeLeaf()
        }
        if isCut {
            addText(LineForms.trimmed(source), span)
            return
        }
        let line = LineForms.expanded(source)
        var (matched, rest) = match(line)
        if LineForms.isBlank(rest) {
            feedBlank(matched)
            return
        }
        var opened: [Container] = []
        while matched + opened.count < Self.deepest,
            let container = opening(&rest, !(containers.isEmpty && opened.isEmpty))
        {
            opened.append(container)
        }
        if opened.isEmpty, matched < containers.count, case .paragraph = leaf, !beginsBlock(rest) {
            // A paragraph goes on without the marks of its containers.
            addText(LineForms.trimmed(rest), span)
            return
        }
        if matched < containers.count || !opened.isEmpty {
            closeLeaf()
            containers.removeLast(containers.count - matched)
            shared = matched
            containers += opened
        }
        feedLeaf(rest, span)
    }

    /// How many containers the line goes on with, and what is left of it.
    private func match(_ line: Line) -> (Int, Line) {
        var rest = line
        var matched = 0
        for container in containers {
            let indent = LineForms.indent(rest)
            if let item = container.item {
                if indent >= item.contentIndent {
                    rest = rest.dropFirst(item.contentIndent)
                } else if !LineForms.isBlank(rest) {
                    // Nested lists are often indented by less than the standard wants.
                    guard indent >= item.markIndent + 2, LineForms.listMark(rest.dropFirst(indent)) != nil else {
                        break
                    }
                    rest = rest.dropFirst(indent)
                }
            } else {
                guard let next = afterQuoteMark(rest) else { break }
                rest = next
            }
            matched += 1
        }
        return (matched, rest)
    }

    private func afterQuoteMark(_ line: Line) -> Line? {
        let indent = LineForms.indent(line)
        let rest = line.dropFirst(indent)
        guard indent <= 3, rest.first?.character == ">" else { return nil }
        let next = rest.dropFirst()
        return next.first?.character == " " ? next.dropFirst() : next
    }

    /// In a code block its quotations go on and its items lose their indent, as far as it is there; nil where a quotation ends.
    /// What is left keeps its tabs: code is copied as it was written.
    private func matchInCode(_ line: Line) -> Line? {
        var rest = line
        for container in containers {
            if let item = container.item {
                rest = LineForms.withoutIndent(rest, item.contentIndent)
            } else {
                guard let next = afterQuoteMark(rest) else { return nil }
                rest = next
            }
        }
        return rest
    }

    /// The container that the line opens, taken off it.
    private func opening(_ rest: inout Line, _ isInside: Bool) -> Container? {
        if let next = afterQuoteMark(rest) {
            rest = next
            return Container()
        }
        let indent = LineForms.indent(rest)
        guard indent <= 3 || isInside, !LineForms.isRule(rest) else { return nil }
        guard let (mark, contentIndent) = LineForms.listMark(rest.dropFirst(indent)) else { return nil }
        if case .paragraph = leaf, !isInside {
            // "The year was\n1984." is a sentence, and an empty item begins nothing inside of a paragraph.
            let text = String(mark.map(\.character))
            guard "-*+".contains(text) || text.dropLast() == "1" else { return nil }
            guard !LineForms.isBlank(rest.dropFirst(indent + mark.count)) else { return nil }
        }
        let token = mark.first?.token ?? 0
        let isBullet = mark.count == 1
        let shown = isBullet ? [MarkdownRun("•", token: token)] : InlineParser.plain(Array(mark))
        rest = rest.dropFirst(min(indent + contentIndent, rest.count))
        return Container(
            item: (indent, indent + contentIndent), mark: shown, columns: isBullet ? 2 : mark.count + 1)
    }

    private func beginsBlock(_ line: Line) -> Bool {
        LineForms.heading(line) != nil || LineForms.fence(line) != nil || LineForms.isRule(line)
    }

    // MARK: Leaves

    private mutating func feedBlank(_ matched: Int) {
        closeLeaf()
        isSpaced = !isFirst
        // A quotation ends with a line that does not have its mark.
        let end = containers[matched...].firstIndex { $0.item == nil } ?? containers.count
        containers.removeLast(containers.count - end)
        shared = containers.count
    }

    private mutating func feedCode(
        _ line: Line, _ fence: LineForms.Fence, _ highlighter: CodeHighlighter, _ span: ClosedRange<Int32>, isCut: Bool
    ) {
        if !isCut, LineForms.indent(LineForms.expanded(line)) <= 3, LineForms.closes(line, fence) {
            tokens = span
            leaf = .none
            emit(.codeEnd)
            return
        }
        let code = isCut ? line : LineForms.withoutIndent(line, fence.indent)
        var next = highlighter
        next.skip(code.map(\.character))
        tokens = span
        emit(.codeLine(InlineParser.plain(Array(code)), highlighter), goesOnLine: isCut)
        leaf = .code(fence, next)
    }

    private mutating func feedLeaf(_ rest: Line, _ span: ClosedRange<Int32>) {
        if let (level, text) = LineForms.heading(rest) {
            closeLeaf()
            tokens = span
            emit(.heading(level: level, inline(Array(text))))
        } else if let (fence, info) = LineForms.fence(rest) {
            closeLeaf()
            tokens = span
            let name = info.prefix { !$0.character.isBlank }
            emit(.codeStart(InlineParser.plain(Array(name))))
            leaf = .code(fence, CodeHighlighter(language: String(name.map(\.character))))
        } else if !isOpen, case .paragraph(let text, _) = leaf, let level = LineForms.underline(rest) {
            tokens = tokens.lowerBound...span.upperBound
            leaf = .none
            emit(.heading(level: level, inline(text)))
        } else if LineForms.isRule(rest) {
            closeLeaf()
            tokens = span
            emit(.rule)
        } else if case .table(var table) = leaf, !LineForms.isBlank(rest) {
            leaf = .none
            tokens = tokens.lowerBound...span.upperBound
            addRow(rest, to: &table)
        } else if !isOpen, case .paragraph(let text, 1) = leaf, beginTable(text[...], rest) {
            tokens = tokens.lowerBound...span.upperBound
        } else if LineForms.isBlank(rest) {
            // A list's mark alone.
            tokens = span
            emit(.paragraph([]))
        } else if LineForms.indent(rest) >= 4, !isInParagraph {
            tokens = span
            emit(.codeLine(InlineParser.plain(Array(rest.dropFirst(4))), CodeHighlighter(language: "")))
        } else {
            addText(LineForms.trimmed(rest), span)
        }
    }

    private var isInParagraph: Bool {
        if case .paragraph = leaf { true } else { false }
    }

    private mutating func addText(_ text: Line, _ span: ClosedRange<Int32>) {
        if case .paragraph(var before, let lines) = leaf {
            leaf = .none
            before.append(MarkedCharacter(character: "\n", token: text.first?.token ?? span.lowerBound))
            before += text
            tokens = tokens.lowerBound...span.upperBound
            leaf = .paragraph(before, lines: lines + 1)
            if before.count >= MarkdownParser.longestLine { closeLeaf() }
        } else {
            closeLeaf()
            tokens = span
            leaf = .paragraph(Array(text), lines: 1)
        }
    }

    /// A header and the line below it begin a table.
    private mutating func beginTable(_ header: Line, _ line: Line) -> Bool {
        guard header.contains(where: { $0.character == "|" }), let alignments = LineForms.alignments(line) else {
            return false
        }
        let cells = LineForms.cells(header)
        guard cells.count == alignments.count else { return false }
        leaf = .table(MarkdownTable(header: cells.map { inline(Array($0)) }, alignments: alignments))
        return true
    }

    private mutating func addRow(_ line: Line, to table: inout MarkdownTable) {
        if table.rows.count == MarkdownTable.mostRows {
            emit(.table(table))
            table.rows = []
            table.isContinuation = true
            isSpaced = false
            tokens = tokens.upperBound...tokens.upperBound
        }
        var cells = LineForms.cells(line).prefix(table.header.count).map { inline(Array($0)) }
        while cells.count < table.header.count { cells.append([]) }
        table.rows.append(cells)
        leaf = .table(table)
    }

    // MARK: Blocks

    /// A line was cut: what it has begun does not go on in the next one, except code.
    mutating func closeCut() {
        if case .code = leaf { return }
        closeLeaf()
    }

    /// The text is over, or looked at as if it were.
    mutating func close() { closeLeaf() }

    private mutating func closeLeaf() {
        switch leaf {
        case .none: break
        case .paragraph(let text, _): emit(.paragraph(inline(text)))
        case .table(let table): emit(.table(table))
        case .code:
            if !isOpen {
                tokens = tokens.upperBound...tokens.upperBound
                emit(.codeEnd)
            }
        }
        leaf = .none
    }

    private mutating func inline(_ text: [MarkedCharacter]) -> [MarkdownRun] {
        work += text.count
        return InlineParser.runs(text, isOpen: isOpen)
    }

    private mutating func emit(_ content: MarkdownBlock.Content, goesOnLine: Bool = false) {
        let places = containers.map { container -> MarkdownBlock.Container in
            container.item == nil ? .quote : .item(mark: container.mark, columns: container.columns)
        }
        finished.append(
            MarkdownBlock(
                content: content, containers: places, sharedContainers: min(shared, places.count), isSpaced: isSpaced,
                goesOnLine: goesOnLine, tokens: tokens))
        for index in containers.indices { containers[index].mark = [] }
        shared = containers.count
        isSpaced = false
        isFirst = false
    }
}
