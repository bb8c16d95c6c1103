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
        // Keys that steer a replay write or move elsewhere.
        let others = action.section == .replay ? [] : action.keys.compactMap(\.name).map(capitalised)
        return others.reduce(into: shown) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func capitalised(_ name: String) -> String {
        guard name.hasPrefix("Alt-"), name.count == 5 else { return name }
        return "Alt-" + name.suffix(1).uppercased()
    }

    /// "How do I open the help?"
    static func howQuestion(_ action: Action) -> String {
        "How do I \(inReplay(action.id.purpose.deed.asked, action))?"
    }

    /// "To open the help, press F1 or ?."
    static func howAnswer(_ action: Action) -> String {
        let purpose = action.id.purpose
        // Alt-1 stands in for F1.
        let keys = names(action).filter { !$0.hasPrefix("Alt-") || $0.dropFirst(4).contains { !$0.isNumber } }
        let condition = purpose.condition.isEmpty ? "" : " " + purpose.condition
        let deed = inReplay(purpose.deed.infinitive, action)
        return sentence("To \(deed), press \(keys.joined(separator: " or "))\(condition)")
    }

    private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

    private static func inReplay(_ text: String, _ action: Action) -> String {
        action.section == .replay && !text.contains("replay") ? text + " in a replay" : text
    }

    private static func askByName(
        _ name: String, _ rank: Int, _ place: Int, _ action: Action, _ writer: inout RowWriter
    ) {
        let deed = action.id.purpose.sentence
        let place = place + rank
        let isReplay = action.section == .replay
        let inReplay = isReplay ? " in a replay" : ""
        let answer = (isReplay && !deed.contains("replay") ? "In a replay, " : "") + "\(name) \(deed)."
        let asked = "What does \(name) do\(inReplay)?"
        // Each form is learned for most keys and held out for the others.
        let (forms, heldOut) = ManualRows.rotated(
            [
                "What is \(name) for\(inReplay)?", "What does the key \(name) do\(inReplay)?",
                "What happens when I press \(name)\(inReplay)?",
            ], by: place)
        var training = [asked, forms[0]]
        if rank == 0, action.section != .editing || name.contains("-") { training.append(forms[1]) }
        // Some people write it so.
        if rank == 0, place.isMultiple(of: 2), name.contains("-"), name.last?.isLetter == true {
            training.append("what does \(name.replacing("-", with: " ").lowercased()) do\(inReplay)")
        }
        let further = [
            "What do I use \(name) for\(inReplay)?", "I pressed \(name)\(inReplay). What did that do?",
            "Explain the key \(name)\(inReplay).",
        ]
        writer.ask(
            name, byName: true, answer: answer, training: training,
            development: place.isMultiple(of: 3) ? [further[place / 3 % further.count]] : [], heldOut: [heldOut])
    }

    private static func askByPurpose(_ place: Int, _ action: Action, _ writer: inout RowWriter) {
        let purpose = action.id.purpose
        guard let first = purpose.ways.first, let last = purpose.ways.last else { return }
        func question(_ before: String, _ text: String) -> String { "\(before) \(inReplay(text, action))?" }
        let (frames, other) = ManualRows.rotated(["How can I", "What do I press to", "Which key lets me"], by: place)
        let training = [
            howQuestion(action), question("Which key", purpose.deed.askedThirdPerson), question(frames[0], first.asked),
        ]
        writer.ask(
            names(action)[0], byName: false, answer: howAnswer(action),
            training: training + purpose.ways.dropFirst().dropLast().map { question("How do I", $0.asked) },
            development: place % 3 == 1 ? [question("Which key do I press to", first.asked)] : [],
            heldOut: [question(frames[1], last.asked), question(other, first.asked)])
    }
}
