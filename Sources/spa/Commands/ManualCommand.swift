import ArgumentParser
import ChatUI
import FoundationEssentials
import Manual

/// `spa manual`: the man page, from the same tables that parse options, keys and commands; or rows about them to train on.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Writes the man page to standard output.",
        discussion: """
            For example: spa manual > ~/.local/share/man/man1/spa.1

            With --rows it writes questions about the keys, commands and settings, with their answers, as rows for \
            'spa train': what the bundled plugin learns.
            """)

    @Flag(help: "Write rows to train a plugin on instead.")
    var rows = false
    @Flag(help: "With --rows: further phrasings, for a training to measure itself on.")
    var development = false
    @Flag(help: "With --rows: further phrasings that no training may see.")
    var heldOut = false

    func validate() throws {
        if development && heldOut { throw ValidationError("Give --development or --held-out, not both.") }
        if !rows, development || heldOut { throw ValidationError("--development and --held-out are for --rows.") }
    }

    func run() throws {
        if rows {
            for row in ManualRows.rows(development ? .development : heldOut ? .heldOut : .training) {
                Standard.line(Self.object(row).text)
            }
            return
        }
        guard let description = ToolDescription.current else {
            throw CommandFailure.engine("the description of the commands cannot be read; please report this")
        }
        Standard.output(ManualPage(description).text)
    }

    /// As `spa train` reads it, with what it is about.
    private static func object(_ row: ManualRow) -> JSON {
        func message(_ role: String, _ text: String) -> JSON {
            .object([("role", .string(role)), ("content", .string(text))])
        }
        let about: [(String, JSON)] = [("about", .string(row.about)), ("by_name", .bool(row.isByName))]
        guard let earlier = row.earlier else {
            return .object([("prompt", .string(row.last.prompt)), ("response", .string(row.last.response))] + about)
        }
        let messages = [earlier, row.last].flatMap {
            [message("user", $0.prompt), message("assistant", $0.response)]
        }
        return .object([("messages", .array(messages))] + about)
    }
}

/// What ArgumentParser says of the commands (its `--experimental-dump-help`).
struct ToolDescription: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
        let shouldDisplay: Bool?
    }

    struct Argument: Decodable {
        let kind: String
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let abstract: String?
    }

    struct Name: Decodable {
        let kind: String
        let name: String
    }

    /// Of this program.
    static var current: ToolDescription? {
        do {
            _ = try SPA.parseAsRoot(["--experimental-dump-help"])
            return nil
        } catch {
            let text = SPA.fullMessage(for: error)
            return try? JSONDecoder().decode(ToolDescription.self, from: Data(text.utf8))
        }
    }
}

/// A page in the `man` macros.
struct ManualPage {
    private(set) var text = ""

    init(_ tool: ToolDescription) {
        let root = tool.command
        line(".TH SPA 1 \"\" \"spa \(SPA.configuration.version)\" \"User Commands\"")
        line(".SH NAME")
        line("spa \\- " + escaped(root.abstract ?? ""))
        line(".SH SYNOPSIS")
        line(".B spa\n[\\fIcommand\\fR] [\\fIoptions\\fR]")
        if let discussion = root.discussion {
            line(".SH DESCRIPTION")
            paragraph(discussion)
        }
        line(".SH COMMANDS")
        for command in root.subcommands ?? [] where command.shouldDisplay != false && command.commandName != "help" {
            add(command, path: "spa \(command.commandName)")
        }
        line(".SH KEYS IN THE CHAT")
        for section in Action.Section.allCases {
            line(".SS " + escaped(section.rawValue))
            for action in Action.all where action.section == section {
                item(action.keyText, action.id.purpose.sentence)
            }
        }
        line(".SH COMMANDS IN THE CHAT")
        for form in CommandForm.all {
            let sentence = form.purpose?.purpose.sentence ?? form.help
            item("/" + form.name + (form.argument.isEmpty ? "" : " " + form.argument), sentence)
        }
        line(".SH BINDING KEYS")
        paragraph(
            "A table [keys] in config.toml gives actions other keys: network = \"Ctrl-T\", or a list of keys, or \"\" for none. "
                + "'spa doctor --keys' lists the actions.")
        line(".SH FILES")
        item("$XDG_CONFIG_HOME/spa/config.toml", "settings by the names of their flags, with underscores, and [keys]")
        item("$XDG_CONFIG_HOME/spa/themes", "your own themes")
        item("$XDG_CONFIG_HOME/spa/prompts", "your own instructions, a file each, for /system")
        item("$XDG_DATA_HOME/spa", "models, plugins, conversations")
        item("$XDG_STATE_HOME/spa/choices.json", "plugin, theme and mode as they were chosen last in the chat")
        item("$XDG_STATE_HOME/spa/spa.log", "the log")
        line(".SH EXIT STATUS")
        paragraph(
            "0: all went well. 1: something failed; one line on standard error says what and what to do. 64: wrong usage."
        )
    }

    private mutating func add(_ command: ToolDescription.Command, path: String) {
        line(".SS " + escaped(path))
        if let abstract = command.abstract { paragraph(abstract) }
        if let discussion = command.discussion { paragraph(discussion) }
        for argument in command.arguments ?? [] where argument.shouldDisplay {
            let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
            let value = argument.valueName.map { "<\($0)>" } ?? ""
            let name: String =
                switch argument.kind {
                case "positional": value + (argument.isRepeating ? " ..." : "")
                case "flag": names.joined(separator: ", ")
                default: names.joined(separator: ", ") + " " + value
                }
            if names.contains("--help") || names.contains("--version") { continue }
            item(name, argument.abstract ?? "")
        }
        for inner in command.subcommands ?? [] where inner.shouldDisplay != false && inner.commandName != "help" {
            add(inner, path: "\(path) \(inner.commandName)")
        }
    }

    private mutating func item(_ name: String, _ text: String) {
        line(".TP\n.B " + escaped(name))
        line(escaped(text))
    }

    private mutating func paragraph(_ text: String) {
        line(".PP")
        for part in text.split(separator: "\n", omittingEmptySubsequences: true) { line(escaped(String(part))) }
    }

    private mutating func line(_ text: String) { self.text += text + "\n" }

    /// Text that no macro or escape of `man` is read in.
    private func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
