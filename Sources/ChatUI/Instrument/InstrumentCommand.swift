import Chat

/// A command of the instrument.
public enum InstrumentCommand: Sendable, Equatable {
    /// Walks over the tokens of the answers.
    case inspect
    /// Colours by something else; nil by the next.
    case heat(TokenColouring?)
    /// Opens the curves of usage.
    case explore
    /// Opens the network's panel.
    case networkPanel
    /// Answers the last question three ways.
    case compare
    /// The last answer's times on other networks.
    case retime
    /// Side words along each answer.
    case map
    /// What crossed the link.
    case ledger
    /// The longest wait for a side token, in milliseconds; nil for as long as it takes.
    case deadline(Double?)

    /// The rows of the table of commands.
    static let forms: [CommandForm] = [
        CommandForm(name: "inspect", argument: "", help: "walk over the tokens of the answers"),
        CommandForm(
            name: "heat", argument: "[path|probability|effect|latency]", help: "what the colours of the words say"),
        CommandForm(name: "explore", argument: "", help: "usage against threshold and price"),
        CommandForm(name: "compare", argument: "", help: "the last question by base, side and gate"),
        CommandForm(name: "retime", argument: "", help: "the last answer’s times on other networks"),
        CommandForm(name: "map", argument: "", help: "side words along each answer"),
        CommandForm(name: "ledger", argument: "", help: "what crossed the link, and how much"),
        CommandForm(name: "deadline", argument: "MS|off", help: "the longest wait for a side token"),
    ]

    /// Reads a command of `forms`.
    init(_ name: String, _ argument: String) throws(CommandError) {
        switch name {
        case "inspect": self = .inspect
        case "explore": self = .explore
        case "compare": self = .compare
        case "retime": self = .retime
        case "map": self = .map
        case "ledger": self = .ledger
        case "heat":
            guard !argument.isEmpty else {
                self = .heat(nil)
                return
            }
            guard let colouring = TokenColouring(rawValue: argument) else {
                throw CommandError("/heat is path, probability, effect or latency, not “\(argument)”.")
            }
            self = .heat(colouring)
        default:
            guard argument != "off" else {
                self = .deadline(nil)
                return
            }
            let digits = argument.hasSuffix("ms") ? String(argument.dropLast(2)) : argument
            guard let milliseconds = Command.number(digits), State.deadlineRange.contains(milliseconds) else {
                throw CommandError("/deadline is off or milliseconds from 1 to 60000, such as 200, not “\(argument)”.")
            }
            self = .deadline(milliseconds)
        }
    }
}

extension State {
    /// The deadlines that can be set, in milliseconds.
    public static let deadlineRange = 1.0...60_000

    /// Runs a command of the instrument.
    mutating func run(_ command: InstrumentCommand) -> [Effect] {
        switch command {
        case .inspect: perform(.inspect)
        case .heat(let colouring): setColouring(colouring ?? decoration.colouring.next)
        case .explore: perform(.explore)
        case .networkPanel: perform(.networkPanel)
        case .compare: perform(.compare)
        case .retime: perform(.retime)
        case .map: perform(.minimap)
        case .ledger: perform(.ledger)
        case .deadline(let milliseconds): setDeadline(milliseconds)
        }
    }

    /// Waits no longer than this for a side token, from the next one on.
    mutating func setDeadline(_ milliseconds: Double?) -> [Effect] {
        deadline = milliseconds
        say(
            .information,
            milliseconds.map { "After \(Meter.time($0)) the base’s token is taken." } ?? "No deadline for side tokens.")
        return [.instrument(.setDeadline(milliseconds))]
    }
}
