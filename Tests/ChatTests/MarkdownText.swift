import Chat
import TestSupport

/// Random Markdown: what models write, what they leave open, and what nobody should write.
enum MarkdownText {
    static let pieces = [
        "# ", "## ", "word", " ", "  ", "    ", "\n", "\n\n", "\n", "**", "*", "_", "__", "***", "`", "``", "```\n",
        "```swift\n",
        "~~~", "~~", "- ", "* ", "1. ", "23) ", "> ", ">", "| a | b |\n|---|:-:|\n| c | d |\n", "|", " | ", "---",
        "===",
        "[text](https://a.b/c_d)", "[", "](", ")", "<https://x.y>", "<", ">", "\\", "\\*", "!", "![p](q)", "\t", "漢字",
        "e", "\u{301}", "👩‍🚀", "\u{200B}", "\r\n", "\u{1B}[31m", "let x = 1 // no", "\"\"\"", "/*", "*/", "# no", "é",
        "!",
        "snake_case_name", "2*3*4", "\u{0}", "नि", "☃",
    ]

    static func text(_ random: inout TestRandom, count: Int) -> String {
        (0..<count).map { _ in random.pick(pieces) }.joined()
    }

    /// The text as tokens of random bytes: also characters cut in the middle.
    static func tokens(_ text: String, _ random: inout TestRandom) -> [[UInt8]] {
        var rest = Array(text.utf8)[...]
        var tokens: [[UInt8]] = []
        while !rest.isEmpty {
            let count = min(1 + Int(random.next() % 9), rest.count)
            tokens.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return tokens
    }
}

extension MarkdownBlock {
    /// A block in a line of text, without its tokens: `h2 bold<Title>`.
    var summary: String {
        var parts: [String] = isSpaced ? ["_"] : []
        for container in containers {
            switch container {
            case .quote: parts.append(">")
            case .item(let mark, _): parts.append(mark.isEmpty ? "-" : mark.map(\.text).joined())
            }
        }
        switch content {
        case .paragraph(let runs): parts.append("p " + Self.summary(runs))
        case .heading(let level, let runs): parts.append("h\(level) " + Self.summary(runs))
        case .codeStart(let runs): parts.append("code " + Self.summary(runs))
        case .codeLine(let runs, _): parts.append("| " + Self.summary(runs))
        case .codeEnd: parts.append("end")
        case .rule: parts.append("rule")
        case .table(let table):
            let rows = ([table.header] + table.rows).map { $0.map(Self.summary).joined(separator: ",") }
            parts.append("table \(table.alignments.map { "\($0)".first ?? " " }.map(String.init).joined()) ")
            parts.append(rows.joined(separator: "/"))
        }
        return parts.joined(separator: " ")
    }

    /// Text with its styles: `a b<strong> i<emphasis>`.
    static func summary(_ runs: [MarkdownRun]) -> String {
        var joined: [(String, MarkdownStyle)] = []
        for run in runs {
            if let last = joined.last, last.1 == run.style {
                joined[joined.count - 1].0 += run.text
            } else {
                joined.append((run.text, run.style))
            }
        }
        return joined.map { text, style in
            var name = ""
            if style.contains(.strong) { name += "b" }
            if style.contains(.emphasis) { name += "i" }
            if style.contains(.code) { name += "c" }
            if style.contains(.faint) { name += "f" }
            if style.contains(.struck) { name += "s" }
            return name.isEmpty ? text : "\(name)<\(text)>"
        }.joined().replacing("\n", with: "⏎")
    }
}
