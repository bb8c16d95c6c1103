/// The code blocks of an answer.
public enum CodeBlocks {
    /// The inside of the last one, without its frame, lines that were too long for one block put together again; one that
    /// is not closed yet goes to the end. Nil where there is none.
    public static func last(in text: String) -> String? {
        var parser = MarkdownParser()
        let blocks = parser.append(text[...], token: 0) + parser.finish()
        var lines: [String]?
        var isFenced = false
        var isGoingOn = false
        for block in blocks {
            switch block.content {
            case .codeStart:
                lines = []
                (isFenced, isGoingOn) = (true, true)
            case .codeLine(let runs, _):
                let code = runs.map(\.text).joined()
                if !isGoingOn { lines = [] }
                if block.goesOnLine, let line = lines?.popLast() {
                    lines?.append(line + code)
                } else {
                    // Code without a fence has its empty lines between its blocks.
                    if isGoingOn, !isFenced, block.isSpaced { lines?.append("") }
                    lines?.append(code)
                }
                isGoingOn = true
            default: (isFenced, isGoingOn) = (false, false)
            }
        }
        return lines?.joined(separator: "\n")
    }
}
