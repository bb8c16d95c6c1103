import Chat

/// Instructions that have a name.
public struct NamedPrompt: Sendable, Equatable {
    /// What `/system` calls them.
    public var name: String
    /// What the model is told before the conversation.
    public var text: String

    /// Named instructions.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension State {
    /// `/system …`: a name, `off`, or the text itself; nothing tells what there is.
    mutating func useSystem(_ argument: String) -> [Effect] {
        let names = prompts.map(\.name).joined(separator: ", ")
        let known =
            names.isEmpty ? "Files in the folder prompts beside config.toml would have names." : "There are: \(names)."
        if argument.isEmpty {
            let now =
                conversation.system.map { "Instructions: “\(shortened($0, columns: 60))”. " } ?? "No instructions. "
            say(.information, now + known)
        } else if argument == "off" {
            conversation.system = nil
            say(.information, "No instructions, from the next message on.")
        } else if let prompt = prompts.first(where: { $0.name == argument }) {
            conversation.system = prompt.text
            say(.information, "Instructions “\(prompt.name)”, from the next message on.")
        } else if argument.contains(" ") {
            conversation.system = argument
            say(.information, "Instructions set, from the next message on.")
        } else {
            say(.warning, "No instructions “\(argument)”. \(known)")
        }
        return []
    }
}
