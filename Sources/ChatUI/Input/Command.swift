import Chat

/// A command typed with a slash, understood.
public enum Command: Sendable, Equatable {
    /// Shows the help.
    case help
    /// `off`, `offline`, a preset, or a description that `NetworkFigures` finds no fault with.
    case network(String)
    /// How the plugin is used.
    case plugin(PluginMode)
    /// The price in nats.
    case price(Double)
    /// The gate's threshold.
    case threshold(Double)
    /// A theme's name, known or not.
    case theme(String)
    /// Begins a new conversation.
    case new
    /// Writes the conversation to a file.
    case save(String)
    /// Trains a plugin of one's own.
    case teach(TeachCommand)
    /// Instructions before the conversation: a name, `off`, or the text.
    case system(String)
    /// Shows the plugins.
    case plugins
    /// Puts something into the clipboard.
    case copy(CopySource)
    /// Something of the instrument.
    case instrument(InstrumentCommand)
    /// Lists all conversations.
    case conversations
    /// Searches all conversations for words.
    case search(String)
    /// Gives the conversation another title.
    case rename(String)
    /// Answers the last question again.
    case again
    /// Marks the next token that fits.
    case find(GateSearch)
    /// Records what happens into a new file; nil ends it.
    case record(String?)
    /// Leaves.
    case quit
}

/// Why a command was not understood; the text says what to type instead.
public struct CommandError: Error, Equatable, CustomStringConvertible {
    /// One sentence for the notice line.
    public let description: String
    init(_ description: String) { self.description = description }
}

/// One row of the table of commands, which drives parsing, hints, completion and help.
public struct CommandForm: Sendable {
    /// Its name without the slash.
    public let name: String
    /// Its argument as the hints show it; empty where it takes none, in brackets where it can be left out.
    public let argument: String
    /// What it does.
    public let help: String

    /// Every command, in the order of the help.
    public static let all: [CommandForm] =
        [
            CommandForm(name: "help", argument: "", help: "keys and commands"),
            CommandForm(
                name: "network", argument: "[off|offline|lan|wifi|4g|satellite|rtt=80ms,…]",
                help: "the simulated network; alone, its panel"),
            CommandForm(name: "plugin", argument: "gated|off|always", help: "how the side plugin is used"),
            CommandForm(name: "price", argument: "X", help: "what a side token must earn, in nats"),
            CommandForm(name: "threshold", argument: "X", help: "the gate's threshold, 0 to 1"),
            CommandForm(name: "theme", argument: "NAME", help: "colours"),
            CommandForm(name: "new", argument: "", help: "new conversation"),
            CommandForm(name: "save", argument: "FILE.md|.jsonl|.html|.svg", help: "write the conversation to a file"),
            CommandForm(name: "copy", argument: "answer|code|question|conversation", help: "to the clipboard"),
            CommandForm(
                name: "teach", argument: "[TEXT|marked|file PATH|list|forget N|again]",
                help: "what the last answer should have been, for a plugin of your own; what was taught"),
            CommandForm(name: "system", argument: "[NAME|off|TEXT]", help: "instructions before the conversation"),
            CommandForm(name: "plugins", argument: "", help: "choose another plugin"),
            CommandForm(name: "conversations", argument: "", help: "all of them: open, search, rename, delete"),
            CommandForm(name: "search", argument: "WORDS", help: "find words in all conversations"),
            CommandForm(name: "rename", argument: "TITLE", help: "another title for this conversation"),
            CommandForm(name: "again", argument: "", help: "answer the last question again"),
            CommandForm(name: "find", argument: "side|near", help: "next token of the side, or near the threshold"),
            CommandForm(name: "record", argument: "FILE|off", help: "record the session for spa replay"),
            CommandForm(name: "quit", argument: "", help: "leave"),
        ] + InstrumentCommand.forms

    /// The words that its argument can be or begin with, each with a space behind it where something follows.
    public var choices: [String] {
        argument.drop { $0 == "[" }.prefix { $0 != "]" }.split(separator: "|").compactMap { choice in
            let words = choice.split(separator: " ")
            guard let word = words.first, word.allSatisfy({ $0.isLowercase || $0.isNumber }) else { return nil }
            return words.count > 1 ? word + " " : String(word)
        }
    }

    /// Whether the argument can be left out.
    public var isOptional: Bool { argument.isEmpty || argument.hasPrefix("[") }

    /// The commands whose name begins with what a draft says so far; empty where the draft is no command.
    public static func matching(_ draft: String) -> [CommandForm] {
        guard draft.hasPrefix("/"), !draft.hasPrefix("//"), !draft.contains("\n") else { return [] }
        let rest = draft.dropFirst()
        let name = rest.prefix { $0 != " " }
        return rest.contains(" ") ? all.filter { $0.name == name } : all.filter { $0.name.hasPrefix(name) }
    }
}

extension Command {
    /// Reads a line that begins with a slash.
    ///
    /// - Throws: `CommandError` with the sentence to show.
    public static func parse(_ line: String) throws(CommandError) -> Command {
        let words = line.dropFirst().split(whereSeparator: \.isWhitespace)
        let name = words.first.map(String.init) ?? ""
        let argument = words.dropFirst().joined(separator: " ")
        guard let form = CommandForm.all.first(where: { $0.name == name }) else {
            let near = CommandForm.all.min { distance($0.name, name) < distance($1.name, name) }
            let guess = near.flatMap { distance($0.name, name) <= 2 ? " Did you mean /\($0.name)?" : nil }
            throw CommandError("No command /\(name).\(guess ?? " /help lists them; // sends a slash.")")
        }
        if form.argument.isEmpty, !argument.isEmpty { throw CommandError("/\(name) takes nothing after it.") }
        if !form.isOptional, argument.isEmpty { throw CommandError("/\(name) needs \(form.argument).") }
        switch name {
        case "help": return .help
        case "new": return .new
        case "plugins": return .plugins
        case "system": return .system(argument)
        case "teach": return .teach(TeachCommand(line.dropFirst("/teach".count).drop(while: \.isWhitespace)))
        case "quit": return .quit
        case "conversations": return .conversations
        case "search": return .search(argument)
        case "record": return .record(argument == "off" ? nil : argument)
        case "again": return .again
        case "rename":
            guard let title = ConversationTitle.typed(argument) else { throw CommandError("/rename needs TITLE.") }
            return .rename(title)
        case "find":
            guard let search = GateSearch(rawValue: argument) else {
                throw CommandError("/find is side or near, not “\(argument)”.")
            }
            return .find(search)
        case "save": return .save(argument)
        case "theme": return .theme(argument)
        case "copy":
            guard let source = CopySource(rawValue: argument) else {
                throw CommandError("/copy is answer, code, question or conversation, not “\(argument)”.")
            }
            return .copy(source)
        case "network":
            if argument.isEmpty { return .instrument(.networkPanel) }
            if let fault = NetworkFigures.fault(in: argument) { throw CommandError(fault) }
            return .network(argument)
        case "plugin":
            guard let mode = PluginMode(label: argument) else {
                throw CommandError("/plugin is gated, off or always, not “\(argument)”.")
            }
            return .plugin(mode)
        case "price":
            guard let price = number(argument), State.priceRange.contains(price) else {
                throw CommandError("/price is a number of nats from −4 to 4, such as 0.3, not “\(argument)”.")
            }
            return .price(price)
        case "threshold":
            guard let threshold = number(argument), (0...1).contains(threshold) else {
                throw CommandError("/threshold is a number from 0 to 1, such as 0.5, not “\(argument)”.")
            }
            return .threshold(threshold)
        default: return .instrument(try InstrumentCommand(name, argument))
        }
    }

    static func number(_ text: String) -> Double? {
        Double(text.replacing("−", with: "-").replacing(",", with: ".")).flatMap { $0.isFinite ? $0 : nil }
    }

    /// Letters to add, drop or replace to make one name the other (Levenshtein).
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b.prefix(20))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (b[j] == letter ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
