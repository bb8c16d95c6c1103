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
    public func exported(as format: ExportFormat, theme: Theme) -> String {
        let facts = makers
        return switch format {
        case .markdown: markdown(facts: facts)
        case .jsonLines: jsonLines()
        case .html: html(theme: theme, facts: facts)
        case .svg: svg(theme: theme, facts: facts)
        }
    }

    /// Who answered, as it was then: every model with every use of a plugin, in the order in which they came; empty where
    /// nobody knows.
    var makers: String {
        var makers: [String] = []
        for settings in turns.compactMap(\.settings) where !settings.model.isEmpty {
            let mode = PluginMode(rawValue: settings.mode)?.label ?? settings.mode
            let maker = "Model \(settings.model) · " + (settings.plugin.map { "plugin \($0), \(mode)" } ?? "no plugin")
            if !makers.contains(maker) { makers.append(maker) }
        }
        return makers.joined(separator: "; ")
    }
}
