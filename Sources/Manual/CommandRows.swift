import ChatUI

/// Rows about slash commands: by the command's name, and by what it is for.
enum CommandRows {
    static func rows(_ part: ManualRows.Part) -> [ManualRow] {
        var writer = RowWriter(part)
        let names = CommandForm.all.flatMap(\.askedNames)
        for (place, name) in names.enumerated() {
            guard let command = CommandForm.purpose(of: name) else { continue }
            ask("/" + name, command, place, &writer)
        }
        return writer.rows
    }

    private static func ask(_ name: String, _ command: CommandPurpose, _ place: Int, _ writer: inout RowWriter) {
        let deed = command.purpose.deed
        let (forms, heldOut) = ManualRows.rotated(
            ["What is \(name) for?", "What does the command \(name) do?", "What happens when I type \(name)?"],
            by: place)
        writer.ask(
            name, byName: true, answer: "\(name) \(command.purpose.sentence).",
            training: ["What does \(name) do?"] + forms,
            development: place % 3 == 0 ? ["What do I use \(name) for?"] : [], heldOut: [heldOut])
        let typed = command.typed
        writer.ask(
            name, byName: false, answer: "The slash command to \(deed.infinitive) is \(typed).",
            training: [
                "Which slash command \(deed.askedThirdPerson)?", "What is the slash command to \(deed.asked)?",
            ],
            development: place % 3 == 1 ? ["Is there a slash command to \(deed.asked)?"] : [],
            heldOut: ["Which slash command do I type to \(deed.asked)?"])
        // Where a key does the same, it is the answer to how that is done.
        guard command.action == nil, let last = command.purpose.ways.last else { return }
        writer.ask(
            name, byName: false, answer: "To \(deed.infinitive), type \(typed).",
            training: ["How do I \(deed.asked)?"] + command.purpose.ways.dropLast().map { "How do I \($0.asked)?" },
            development: place % 3 == 2 ? ["What do I type to \(command.purpose.ways[0].asked)?"] : [],
            heldOut: ["How can I \(last.asked)?"])
    }
}
