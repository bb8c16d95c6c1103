/// The fenced code blocks of an answer.
public enum CodeBlocks {
    /// The inside of the last one, without its fences; one that is not closed yet goes to the end. Nil where there is none.
    public static func last(in text: String) -> String? {
        var block: [Substring]?
        var found: [Substring]?
        var fence = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let inner = line.drop { $0 == " " }
            if block != nil, inner.hasPrefix(fence), inner.allSatisfy({ $0 == fence.first || $0 == " " }) {
                (found, block) = (block, nil)
            } else if block != nil {
                block?.append(line)
            } else if inner.hasPrefix("```") || inner.hasPrefix("~~~"), let mark = inner.first {
                fence = String(inner.prefix { $0 == mark })
                block = []
            }
        }
        return (block ?? found).map { $0.joined(separator: "\n") }
    }
}
