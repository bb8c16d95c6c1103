import ArgumentParser
import FoundationEssentials
import Manual
import SPAEngine
import Tokenizer

/// `spa run "PROMPT"`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Answers once, on standard output.",
        discussion: """
            The answer streams; on a terminal the side's tokens are underlined and coloured. What is piped in is the \
            prompt, or follows it. Ctrl-C stops the answer and keeps what is there.
            """)

    @Argument(help: "What to ask.")
    var prompt: [String] = []
    @Flag(help: "One JSON object a line: each token, then a summary.")
    var json = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if prompt.allSatisfy({ $0.allSatisfy(\.isWhitespace) }), !Standard.hasPipedInput {
            throw ValidationError("Give a prompt, or pipe one in.")
        }
    }

    func run() throws {
        let settings = try shared.settings(.varied, Settings.Defaults(usesTaught: true))
        let piped = try Standard.pipedInput()?.trimmed ?? ""
        let question = [prompt.joined(separator: " "), piped].filter { !$0.isEmpty }.joined(separator: "\n\n")
        if question.allSatisfy(\.isWhitespace) { throw ValidationError("Give a prompt, or pipe one in.") }

        let engine = try LoadedEngine.load(settings)
        var notes = engine.notes
        if settings.mode == .side, engine.plugin == nil { notes.append("without a plugin the base speaks alone") }
        for note in notes { Standard.error("spa: note: \(note)") }

        var messages = [Message(role: .user, content: question)]
        if let system = settings.system { messages.insert(Message(role: .system, content: system), at: 0) }
        let control = GenerationControl(settings.generation)
        let interrupt = InterruptHandler { control.cancel() }
        let generator = try engine.generator()
        let stream = engine.reply(
            by: generator, plan: try engine.planner.plan(messages), options: settings.options, control: control)
        let printer = ReplyPrinter(
            decoder: StreamingDecoder(tokenizer: engine.tokenizer),
            painter: TokenPainter(
                isTerminal: Standard.outputIsTerminal && !json, environment: ProcessInfo.processInfo.environment),
            json: json)
        let failure: EngineError? = runToEnd {
            var printer = printer
            for await output in stream {
                if case .failed(let error) = output { return error }
                printer.print(output)
            }
            return nil
        }
        withExtendedLifetime(interrupt) {}
        if let failure { throw failure }
        if control.isCancelled { throw ExitCode(130) }
    }
}

/// Writes a reply as it comes.
private struct ReplyPrinter: Sendable {
    var decoder: StreamingDecoder
    let painter: TokenPainter
    let json: Bool
    private var endsLine = true
    private var lastPath = TokenPath.base

    init(decoder: StreamingDecoder, painter: TokenPainter, json: Bool) {
        self.decoder = decoder
        self.painter = painter
        self.json = json
    }

    mutating func print(_ output: GenerationOutput) {
        switch output {
        case .promptRead, .failed: break
        case .token(let event):
            let text = decoder.push(bytes: event.bytes)
            if json {
                Standard.line(EventLines.token(event, text: text).text)
            } else {
                write(text, event.path)
            }
        case .retracted(let tokens):
            // What is on a pipe cannot be taken back.
            if json { Standard.line(EventLines.retracted(tokens).text) }
        case .finished(let summary):
            let rest = decoder.finish()
            if json {
                Standard.line(EventLines.summary(summary).text)
            } else {
                write(rest, lastPath)
                if !endsLine { Standard.line("") }
            }
            if summary.stop == .repetition {
                Standard.error(
                    "spa: note: the answer began to repeat itself and was stopped; --seed N answers in other words, --repeat-stop off lets it go on"
                )
            }
        }
    }

    private mutating func write(_ text: String, _ path: TokenPath) {
        lastPath = path
        if text.isEmpty { return }
        endsLine = text.hasSuffix("\n")
        Standard.output(painter.paint(text, path))
    }
}
