import Screen

/// Something a key does; `Action.all` says what, for the help.
public enum ActionID: String, Sendable, CaseIterable {
    // The conversation.
    case send, newLine, stop, interrupt, endOfInput, newConversation, copyAnswer, copyCode, markTurn
    case conversations, askAgain, editQuestion, versionBefore, versionNext
    // A replay.
    case replayPause, replayBack, replayNext, replaySlower, replayFaster
    // Plugin and network.
    case network, preset, mode, plugins, priceDown, priceUp, nextSide, nextNear
    // The instrument.
    case inspect, heat, explore, networkPanel, compare, retime, minimap, ledger
    // The view.
    case help, palette, theme, panels, reading, pageUp, pageDown, lineEndOrNewest, redraw, suspend
    // The draft.
    case up, down, left, right, lineStart, wordLeft, wordRight
    case deleteWord, deleteToStart, deleteBackward, deleteForward, complete, searchHistory, editOutside
}

/// One row of the table that drives the keys, the key bar and the help.
public struct Action: Sendable {
    /// The heading it stands under in the help.
    public enum Section: String, Sendable, CaseIterable {
        case conversation = "Conversation"
        case paths = "Plugin and network"
        case instrument = "Instrument"
        case view = "View"
        case editing = "Editing"
        case replay = "In a replay, on an empty line"
    }

    /// What it does.
    public let id: ActionID
    /// The keys that do it.
    public let keys: [Key]
    /// The keys as the help names them.
    public let keyText: String
    /// What it does, as the help says it.
    public let help: String
    /// Where the help lists it.
    public let section: Section
    /// Key and word in the key bar, such as `F2` and `network`; nil where it is not shown.
    public let bar: (key: String, word: String)?

    init(
        _ id: ActionID, _ keys: [Key], _ keyText: String, _ help: String, _ section: Section,
        bar: (key: String, word: String)? = nil
    ) {
        self.id = id
        self.keys = keys
        self.keyText = keyText
        self.help = help
        self.section = section
        self.bar = bar
    }

    /// A function key and the Alt key that stands in for it.
    private static func function(
        _ number: Int, _ id: ActionID, _ help: String, _ section: Section, _ word: String, also: String = ""
    ) -> Action {
        Action(
            id, [.function(number), .alternate(Character("\(number)"))], "F\(number)\(also)", help, section,
            bar: ("F\(number)", word))
    }

    /// Every action, in the order of the help; the key bar keeps this order among the actions that it shows.
    public static let all: [Action] = [
        Action(.send, [.enter], "Enter", "send; while a reply is written, queue one message", .conversation),
        Action(.newLine, [.newline], "Ctrl-J, Alt-Enter", "new line", .conversation),
        Action(.stop, [.escape], "Esc", "stop the reply; its text stays", .conversation, bar: ("Esc", "stop")),
        Action(.interrupt, [.control("c")], "Ctrl-C", "stop, then clear the line, then quit", .conversation),
        Action(.endOfInput, [.control("d")], "Ctrl-D", "quit, on an empty line", .conversation),
        function(1, .help, "this help", .view, "help", also: ", ?"),
        Action(
            .replayPause, [.character(" ")], "Space", "stand still, go on", .replay, bar: ("Space", "pause")),
        Action(.replayBack, [.left], "←", "to the question, or to the one before", .replay, bar: ("←", "back")),
        Action(.replayNext, [.right], "→", "to the next question", .replay, bar: ("→", "next")),
        Action(.replaySlower, [.character("-")], "-", "slower", .replay, bar: ("-", "slower")),
        Action(
            .replayFaster, [.character("+"), .character("=")], "+", "faster", .replay, bar: ("+", "faster")),
        function(2, .network, "network on or off", .paths, "network"),
        function(3, .preset, "next network: lan, wifi, 4g, satellite", .paths, "preset"),
        function(4, .mode, "plugin: gated, off, always", .paths, "plugin"),
        function(5, .priceDown, "price down by 0.1 nats: more side tokens", .paths, "price −"),
        function(6, .priceUp, "price up by 0.1 nats: fewer side tokens", .paths, "price +"),
        function(7, .theme, "next theme", .view, "theme"),
        function(8, .newConversation, "new conversation", .conversation, "new"),
        function(9, .panels, "panels on or off", .view, "panels"),
        Action(.copyAnswer, [.control("y")], "Ctrl-Y", "copy the last answer to the clipboard", .conversation),
        Action(.copyCode, [.alternate("y")], "Alt-Y", "copy its last code block", .conversation),
        Action(
            .markTurn, [.alternate("k")], "Alt-K", "mark the last answer as right, for /teach marked", .conversation),
        Action(.plugins, [.alternate("s")], "Alt-S", "choose another plugin", .paths),
        Action(
            .conversations, [.alternate("o")], "Alt-O", "all conversations: open, search, rename, delete", .conversation
        ),
        Action(
            .askAgain, [.alternate("r")], "Alt-R", "answer the last question again; the answer before stays",
            .conversation),
        Action(
            .editQuestion, [.alternate("e")], "Alt-E", "edit the last question, or the one before", .conversation),
        Action(.versionBefore, [.alternate(",")], "Alt-,", "version before, where a question shows 2/3", .conversation),
        Action(.versionNext, [.alternate(".")], "Alt-.", "next version", .conversation),
        Action(.nextSide, [.alternate("n")], "Alt-N", "inspect the next token of the side", .instrument),
        Action(.nextNear, [.alternate("m")], "Alt-M", "inspect the next token near the threshold", .instrument),
        Action(.palette, [.control("p")], "Ctrl-P", "find an action or a command by its name", .view),
        Action(
            .reading, [.alternate("v")], "Alt-V", "reading view: wide, code in colours, none for the gate",
            .view),
        Action(.inspect, [.alternate("i")], "Alt-I", "walk over the tokens of the answers", .instrument),
        Action(
            .heat, [.alternate("h")], "Alt-H", "colour by path, probability, expected gain, time", .instrument),
        Action(
            .explore, [.alternate("t")], "Alt-T", "usage against threshold and price, which move there", .instrument),
        Action(.networkPanel, [.alternate("p")], "Alt-P", "the network’s values, no link, a deadline", .instrument),
        Action(
            .compare, [.alternate("c")], "Alt-C", "the last question by base, side and gate, compared", .instrument),
        Action(.retime, [.alternate("d")], "Alt-D", "the last answer’s times on other networks", .instrument),
        Action(.minimap, [.alternate("g")], "Alt-G", "side words along each answer; go to one", .instrument),
        Action(.ledger, [.alternate("l")], "Alt-L", "what crossed the link, and how much", .instrument),
        Action(.pageUp, [.pageUp], "PgUp", "scroll up; the reply goes on below", .view),
        Action(.pageDown, [.pageDown], "PgDn", "scroll down", .view),
        Action(
            .lineEndOrNewest, [.end, .control("e")], "End, Ctrl-E", "to the end of the line, then to the newest", .view),
        Action(.redraw, [.control("l")], "Ctrl-L", "draw the window again", .view),
        Action(.suspend, [.control("z")], "Ctrl-Z", "back to the shell; fg returns", .view),
        Action(.up, [.up], "Up", "row up; on the first row, the message before", .editing),
        Action(.down, [.down], "Down", "row down; on the last row, the message after", .editing),
        Action(.lineStart, [.home, .control("a")], "Home, Ctrl-A", "start of the line", .editing),
        Action(.wordLeft, [.wordLeft, .alternate("b")], "Alt-B, Ctrl-Left", "word to the left", .editing),
        Action(.wordRight, [.wordRight, .alternate("f")], "Alt-F, Ctrl-Right", "word to the right", .editing),
        Action(.deleteWord, [.control("w")], "Ctrl-W", "delete the word before the cursor", .editing),
        Action(.deleteToStart, [.control("u")], "Ctrl-U", "delete to the start of the line", .editing),
        Action(.searchHistory, [.control("r")], "Ctrl-R", "search what was written before", .editing),
        Action(.editOutside, [.control("o")], "Ctrl-O", "write the message in $EDITOR", .editing),
        Action(.complete, [.tab], "Tab", "complete a command", .editing),
        Action(.left, [.left, .control("b")], "Left", "to the left", .editing),
        Action(.right, [.right, .control("f")], "Right", "to the right", .editing),
        Action(.deleteBackward, [.backspace], "Backspace", "delete before the cursor", .editing),
        Action(.deleteForward, [.delete], "Delete", "delete after the cursor", .editing),
    ]
}
