import Chat
import Screen

/// The kinds of files that a conversation can be written to.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// Questions quoted, answers as they are.
    case markdown = "md"
    /// Everything, for programs: all branches, every token.
    case jsonLines = "jsonl"
    /// A page with the gate's colours.
    case html
    /// A picture with the gate's colours.
    case svg

    /// The kind that a file's name asks for; Markdown where it asks for none.
    public init(path: String) {
        let end = path.split(separator: "/").last?.split(separator: ".").dropFirst().last ?? ""
        self = Self(rawValue: end.lowercased()) ?? .markdown
    }
}

extension Conversation {
    /// The conversation in one of the kinds of files.
    ///
    /// - Parameter facts: a line on who answered; left out when empty.
    public func exported(as format: ExportFormat, theme: Theme, facts: String = "") -> String {
        switch format {
        case .markdown: markdown(facts: facts)
        case .jsonLines: jsonLines()
        case .html: html(theme: theme, facts: facts)
        case .svg: svg(theme: theme, facts: facts)
        }
    }
}
