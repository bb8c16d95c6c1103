/// What a command, or one of its forms, is for, and how it is typed.
public struct CommandPurpose: Sendable {
    /// As it is typed, with the slash: "/save FILE.md".
    public let typed: String
    /// What it is for.
    public let purpose: Purpose
    /// The action that does the same; its key is what most people want to know.
    public let action: ActionID?

    fileprivate init(_ typed: String, _ purpose: Purpose) { (self.typed, self.purpose, action) = (typed, purpose, nil) }
    fileprivate init(_ typed: String, _ action: ActionID) {
        // A condition is that of the key.
        (self.typed, purpose, self.action) = (typed, action.purpose.unconditional, action)
    }
}

extension Purpose {
    fileprivate var unconditional: Purpose { condition.isEmpty ? self : Purpose(deed.infinitive) }
}

extension CommandForm {
    /// What it is for; nil where the table below lacks it, which a test finds.
    public var purpose: CommandPurpose? { Self.purposes[name] }

    /// Its names by which somebody can ask for it: its own, and where words behind it do something else each, such as
    /// "teach marked", theirs.
    public var askedNames: [String] {
        guard Self.severalDeeds.contains(name) else { return [name] }
        let alternatives = argument.filter { !"[]".contains($0) }.split(separator: "|")
        let words = alternatives.compactMap { $0.split(separator: " ").first }.filter { $0.allSatisfy(\.isLowercase) }
        return [name] + words.map { "\(name) \($0)" }
    }

    /// What one of `askedNames` is for.
    public static func purpose(of askedName: String) -> CommandPurpose? { purposes[askedName] }

    /// Commands whose first word says what they do.
    private static let severalDeeds: Set = ["teach"]

    private static let purposes: [String: CommandPurpose] = [
        "help": .init("/help", .help),
        "network": .init("/network lan", Purpose("choose the simulated network by its name")),
        "plugin": .init("/plugin gated, off or always", Purpose("set how the side plugin is used")),
        "price": .init(
            "/price X",
            Purpose(
                "set what a side token must earn, in nats", "set the price to a number",
                "give the price an exact value",
                "type in a price")),
        "threshold": .init(
            "/threshold X",
            Purpose(
                "set the gate's threshold, from 0 to 1", "set the threshold", "change the threshold",
                "move the threshold")),
        "theme": .init(
            "/theme NAME",
            Purpose(
                "choose a theme by its name", "use the light theme", "set the theme to monochrome",
                "pick the colour-blind theme")),
        "new": .init("/new", .newConversation),
        "save": .init(
            "/save FILE.md",
            Purpose(
                "write the conversation to a file", "save the conversation", "export the conversation",
                "save this chat as Markdown", "keep this chat in a file")),
        "copy": .init(
            "/copy answer, code, question or conversation",
            Purpose(
                "copy an answer, its code, a question or the conversation", "copy the whole conversation",
                "copy your question", "copy this chat to the clipboard")),
        "teach": .init(
            "/teach TEXT",
            Purpose(
                "teach the plugin what the last answer should have been", "teach the plugin something",
                "correct a wrong answer", "teach it a new fact", "tell the plugin the right answer")),
        "teach marked": .init(
            "/teach marked",
            Purpose("train on the answers that you marked", "teach the marked answers", "learn what you marked")),
        "teach file": .init(
            "/teach file PATH",
            Purpose("train on the rows of a file", "teach it a whole file", "learn from a file of rows")),
        "teach list": .init(
            "/teach list",
            Purpose("list what you have taught", "see all lessons", "look at what the plugin was taught")),
        "teach forget": .init(
            "/teach forget N",
            Purpose("make the plugin forget a lesson", "take a lesson back", "remove something that you taught")),
        "teach again": .init(
            "/teach again", Purpose("train all lessons again", "repeat the lessons", "train what you taught once more")),
        "system": .init(
            "/system TEXT",
            Purpose(
                "give the model instructions before the conversation", "set a system prompt",
                "tell the model how to answer", "give instructions to the model")),
        "plugins": .init("/plugins", .plugins),
        "conversations": .init("/conversations", .conversations),
        "search": .init(
            "/search WORDS",
            Purpose(
                "find words in all conversations", "search all conversations", "search your old chats",
                "find an old chat")),
        "rename": .init(
            "/rename TITLE",
            Purpose(
                "give this conversation another title", "rename the conversation", "change the title of this chat")),
        "again": .init("/again", .askAgain),
        "find": .init("/find side or near", Purpose("go to the next token of the side, or near the threshold")),
        "record": .init(
            "/record FILE",
            Purpose("record the session for spa replay", "record the session", "make a recording of this chat")),
        "quit": .init("/quit", .endOfInput),
        "inspect": .init("/inspect", .inspect),
        "heat": .init("/heat", .heat),
        "explore": .init("/explore", .explore),
        "compare": .init("/compare", .compare),
        "retime": .init("/retime", .retime),
        "map": .init("/map", .minimap),
        "ledger": .init("/ledger", .ledger),
        "deadline": .init(
            "/deadline MS",
            Purpose(
                "set the longest wait for a side token", "set a deadline", "limit the wait for the side",
                "wait no longer than 200 ms for the side")),
    ]
}
