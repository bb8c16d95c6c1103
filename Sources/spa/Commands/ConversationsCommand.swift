import ArgumentParser
import Chat
import ChatUI
import FoundationEssentials
import Screen
import Store

/// `spa conversations …`
struct ConversationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversations", abstract: "Lists, searches, exports and deletes what the chat has kept.",
        subcommands: [List.self, Search.self, Export.self, Delete.self], defaultSubcommand: List.self)

    /// The kept conversations; an error where there are none yet.
    fileprivate static func database() throws -> ConversationDatabase {
        let paths = Paths(environment: ProcessInfo.processInfo.environment)
        guard Paths.exists(paths.conversations) else { throw StoreError.empty }
        let database = try ConversationDatabase(path: paths.conversations)
        if let note = database.note { Standard.error("spa: note: \(note)") }
        return database
    }

    /// A row of a list: what a program would read, and what a person does.
    fileprivate static func show(_ rows: [(json: JSON, text: String)], asJSON: Bool) {
        for row in rows { Standard.line(asJSON ? row.json.text : row.text) }
    }

    /// `spa conversations list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every conversation, the one changed last first: number, date, turns, share of the side, title.")
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let rows = try database().list()
            if rows.isEmpty, !json { throw StoreError.empty }
            let width = rows.map { String($0.turns).count }.max() ?? 1
            show(
                rows.map { row in
                    let usage = row.tokens == 0 ? nil : 100 * Double(row.sideTokens) / Double(row.tokens)
                    let turns = String(repeating: " ", count: width - String(row.turns).count) + String(row.turns)
                    let side = usage.map { DecimalText.text($0, digits: 0) } ?? "–"
                    let padded = String(repeating: " ", count: max(3 - side.count, 0)) + side
                    return (
                        .object([
                            ("id", .string(row.id.text)), ("title", .string(row.title)),
                            ("created", .rounded(row.created)), ("changed", .rounded(row.changed)),
                            ("turns", .integer(row.turns)), ("tokens", .integer(row.tokens)),
                            ("side_tokens", .integer(row.sideTokens)),
                        ]),
                        "\(row.id.shortText)  \(Timestamp.local(row.changed))  \(turns) \(row.turns == 1 ? "turn " : "turns")"
                            + "  side \(padded) %  \(row.title)"
                    )
                }, asJSON: json)
        }
    }

    /// `spa conversations search WORDS`
    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Questions and answers with all of these words, or words that begin so.")
        @Argument(help: "What to look for.") var words: [String]
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let hits = try database().search(words.joined(separator: " "))
            show(
                hits.map { hit in
                    let excerpt = hit.excerpt.map(\.text).joined()
                    return (
                        .object([
                            ("id", .string(hit.conversation.text)), ("title", .string(hit.title)),
                            ("turn", .string(hit.turn.text)), ("in", .string(hit.isAnswer ? "answer" : "question")),
                            ("excerpt", .string(excerpt)),
                        ]), "\(hit.conversation.shortText)  \(hit.title)\(hit.isAnswer ? "  " : " › ")\(excerpt)"
                    )
                }, asJSON: json)
            if hits.isEmpty { throw ExitCode(1) }
        }
    }

    /// `spa conversations export NUMBER`
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a conversation as Markdown, JSON lines, HTML or SVG.")
        @Argument(help: "The first digits of its number; the newest one without.") var number: String?
        @Option(
            help: ArgumentHelp(
                "The file, .md, .jsonl, .html or .svg; an existing one is left as it is (default: standard output).",
                valueName: "file"), completion: .file())
        var out: String?
        @Option(help: ArgumentHelp("md, jsonl, html or svg (default: by the file's name, else md).", valueName: "kind"))
        var format: ExportFormat?
        @Option(
            help: ArgumentHelp("The colours of HTML and SVG (default: dark).", valueName: "name"), completion: .themes)
        var theme: String?

        func run() throws {
            let database = try database()
            let conversation = try database.conversation(try database.find(number))
            let themes = ThemeFile.load(directories: Paths(environment: ProcessInfo.processInfo.environment).themes)
            let known = themes.themes.isEmpty ? [builtinTheme, monochromeTheme] : themes.themes
            guard
                let look = known.first(where: { $0.name == theme ?? builtinTheme.name })
                    ?? (theme == nil ? builtinTheme : nil)
            else {
                throw ValidationError(
                    "There is no theme '\(theme ?? "")': \(known.map(\.name).joined(separator: ", ")).")
            }
            let kind = format ?? out.map(ExportFormat.init(path:)) ?? .markdown
            let text = conversation.exported(as: kind, theme: look)
            guard let out else { return Standard.output(text) }
            let path = Files.expanded(out)
            if Paths.exists(path) { throw CommandFailure.cannotWrite(path: path, reason: "it exists") }
            try Files.write(text, to: path)
        }
    }

    /// `spa conversations delete NUMBER…`
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes conversations for good.")
        @Argument(help: "The first digits of their numbers.") var numbers: [String]

        func run() throws {
            let database = try database()
            // All are found before one is deleted.
            let ids = try numbers.map { try database.find($0) }
            let titles = try database.list()
            try database.write(ids.map(StoreRequest.deleted))
            try database.purge(Set(ids))
            for id in ids {
                Standard.line("deleted \(id.shortText)  \(titles.first { $0.id == id }?.title ?? "")")
            }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
