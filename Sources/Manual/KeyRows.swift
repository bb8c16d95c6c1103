import ChatUI
import Screen

/// Rows about keys: by the key's name, and by what it is for.
enum KeyRows {
    static func rows(_ part: ManualRows.Part) -> [ManualRow] {
        var writer = RowWriter(part)
        for (place, action) in Action.all.enumerated() {
            for (rank, name) in names(action).enumerated() { askByName(name, rank, place, action, &writer) }
            askByPurpose(place, action, &writer)
        }
        return writer.rows
    }

    /// The keys of an action as a person names them: those of the help first, then the others that do the same.
    static func names(_ action: Action) -> [String] {
        let spoken = ["←": "Left", "→": "Right", "-": "Minus", "+": "Plus"]
        let shown = action.keyText.split(separator: ", ").map { spoken[String($0)] ?? String($0) }
        // "Alt-," has the comma that names are parted by.
        let names = action.keyText.hasSuffix(",") ? [action.keyText] : shown
        let others = action.section == .replay ? [] : action.keys.compactMap(\.name).map(capitalised)
        return others.reduce(into: names) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func capitalised(_ name: String) -> String {
        guard name.hasPrefix("Alt-"), name.count == 5 else { return name }
        return "Alt-" + name.suffix(1).uppercased()
    }

    private static func isReplay(_ action: Action) -> Bool { action.section == .replay }

    private static func askByName(
        _ name: String, _ rank: Int, _ place: Int, _ action: Action, _ writer: inout RowWriter
    ) {
        let purpose = action.id.purpose
        let place = place + rank
        let inReplay = isReplay(action) ? " in a replay" : ""
        let answer = (isReplay(action) ? "In a replay, " : "") + "\(name) \(purpose.sentence)."
        let spaced = name.replacing("-", with: " ").lowercased()
        var training = ["What does \(name) do\(inReplay)?", "What is \(name) for\(inReplay)?"]
        let isMain = rank == 0 && (action.section != .editing || name.contains("-"))
        if isMain { training.append("What happens when I press \(name)\(inReplay)?") }
        if isMain, spaced.contains(" ") || name.hasPrefix("F") { training.append("what does \(spaced) do\(inReplay)") }
        let further = [
            "What do I use \(name) for\(inReplay)?", "I pressed \(name)\(inReplay). What did that do?",
            "Explain the key \(name)\(inReplay).",
        ]
        writer.ask(
            name, byName: true, answer: answer, training: training,
            development: place.isMultiple(of: 3) ? [further[place / 3 % further.count]] : [],
            heldOut: ["What does the key \(name) do\(inReplay)?"])
    }

    private static func askByPurpose(_ place: Int, _ action: Action, _ writer: inout RowWriter) {
        let purpose = action.id.purpose
        guard let last = purpose.ways.last else { return }
        let keys = names(action).filter { !$0.hasPrefix("Alt-") || $0.dropFirst(4).contains { !$0.isNumber } }
        let condition = purpose.condition.isEmpty ? "" : " " + purpose.condition
        let first = purpose.deed
        func inReplay(_ text: String) -> String {
            isReplay(action) && !text.contains("replay") ? text + " in a replay" : text
        }
        let answer = "To \(inReplay(first.infinitive)), press \(keys.joined(separator: " or "))\(condition)."
        var training = [
            "How do I \(inReplay(first.asked))?", "Which key \(inReplay(purpose.ways[0].askedThirdPerson))?",
            "How can I \(inReplay(purpose.ways[0].asked))?",
        ]
        training += purpose.ways.dropFirst().dropLast().map { "How do I \(inReplay($0.asked))?" }
        writer.ask(
            names(action)[0], byName: false, answer: answer, training: training,
            development: place % 3 == 1 ? ["Which key do I press to \(inReplay(purpose.ways[0].asked))?"] : [],
            heldOut: [
                "What do I press to \(inReplay(last.asked))?", "Which key \(inReplay(first.askedThirdPerson))?",
            ])
    }
}
