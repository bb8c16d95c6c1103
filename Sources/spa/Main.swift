import ArgumentParser

/// The command.
@main
struct SPA: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "spa")
}
