import ChatUI
import FoundationEssentials

/// Instructions with a name: the text files of a folder, each named by its file without the ending.
enum PromptFiles {
    /// Those that can be read, by name; others and an absent folder give none.
    static func read(_ folder: String) -> [NamedPrompt] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.sorted().compactMap { file in
            guard file.hasSuffix(".txt") || file.hasSuffix(".md"), !file.hasPrefix("."),
                let text = try? Files.text("\(folder)/\(file)").trimmed, !text.isEmpty
            else { return nil }
            let name = file.prefix(upTo: file.lastIndex(of: ".") ?? file.endIndex)
            return NamedPrompt(name: String(name).replacing(" ", with: "-"), text: text)
        }
    }
}
