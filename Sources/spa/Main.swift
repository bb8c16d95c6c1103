import ArgumentParser
import Glibc

/// The command: arguments and composition only.
@main
struct SPA: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spa",
        abstract: "A chat in which a frozen base model and a private side plugin speak with one voice.",
        discussion: """
            A gate decides token by token who speaks. Without a command the chat opens.

            Every setting can be given by a flag, by an environment variable (--max-tokens is SPA_MAX_TOKENS) or in \
            $XDG_CONFIG_HOME/spa/config.toml (max_tokens = 200); a flag goes before a variable, and a variable \
            before the file.
            """,
        version: "0.1.0",
        subcommands: [
            ChatCommand.self, ConversationsCommand.self, ReplayCommand.self, RunCommand.self, TrainCommand.self,
            EvaluateCommand.self,
            TablesCommand.self,
            StudyGateCommand.self,
            PluginCommand.self,
            TokenizeCommand.self, PerplexityCommand.self, BenchCommand.self, BenchTrainingCommand.self,
            DoctorCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: ChatCommand.self)

    /// Errors at run time are one line and exit status 1; wrong usage is told by ArgumentParser, with 64.
    static func main() {
        // A file that may not grow is an error like a full disk, and no reason to end.
        signal(SIGXFSZ, SIG_IGN)
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            exit(withError: error)
        }
        do {
            try command.run()
        } catch {
            // By the whole command, so that usage and help name it as it is typed: `spa plugin`, not `plugin`.
            if error is ExitCode || exitCode(for: error) != .failure { exit(withError: error) }
            let message = "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmed }.joined(separator: " ")
            Standard.error("spa: \(message)")
            Log.shared.error("\(message)")
            Glibc.exit(1)
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
