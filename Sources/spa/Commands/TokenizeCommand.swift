import ArgumentParser
import GGUF
import Tokenizer

/// `spa tokenize TEXT`
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Shows the tokens of a text: ids and pieces.",
        discussion: "Without TEXT, standard input is read. A special token that is spelled out is text.")

    @Argument(help: "The text.")
    var text: [String] = []
    @Flag(help: "One JSON object.")
    var json = false
    @OptionGroup(title: "Base model") var base: BaseOptions

    func validate() throws {
        if text.isEmpty, !Standard.hasPipedInput { throw ValidationError("Give a text, or pipe one in.") }
    }

    func run() throws {
        let settings = try Settings(Settings.sources(), base)
        let words = text.joined(separator: " ")
        let text = words.isEmpty ? try Standard.pipedInput() ?? "" : words
        guard Paths.exists(settings.model) else { throw CommandFailure.noModel(path: settings.model) }
        let tokenizer = try Tokenizer(file: try GGUFFile(path: settings.model))
        let ids = tokenizer.encode(text)
        if json {
            let tokens = ids.map { id in
                JSON.object([("id", .integer(Int(id))), ("piece", .string(tokenizer.piece(of: id)))])
            }
            Standard.line(JSON.object([("tokens", .array(tokens))]).text)
            return
        }
        let width = ids.map { String($0).count }.max() ?? 0
        for id in ids {
            let number = String(id)
            let padding = String(repeating: " ", count: width - number.count)
            Standard.line("\(padding)\(number)  \(JSON.string(tokenizer.piece(of: id)).text)")
        }
    }
}
