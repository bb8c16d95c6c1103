import ChatUI

/// Everything that can be set by flag, variable and file; the raw value is the flag's name.
public enum Setting: String, CaseIterable, Sendable {
    case model, plugin, taught, context, threads, mode, threshold, price, network, deadline, temperature
    case topK = "top-k"
    case topP = "top-p"
    case minP = "min-p"
    case repeatPenalty = "repeat-penalty"
    case dry
    case dryBase = "dry-base"
    case dryLength = "dry-length"
    case dryWindow = "dry-window"
    case sideTemperature = "side-temperature"
    case repeatStop = "repeat-stop"
    case beams
    case lengthPenalty = "length-penalty"
    case earlyStop = "early-stop"
    case seed
    case maxTokens = "max-tokens"
    case system, raw, theme, mouse

    /// The key in the configuration file.
    public var key: String { rawValue.replacing("-", with: "_") }
    /// The environment variable.
    public var variable: String { "SPA_" + key.uppercased() }
    /// The flag.
    public var flag: String { "--" + rawValue }

    /// What the help of the flag says, with the default where it is worth saying.
    public var help: String {
        let text = facts.help
        guard let standard = facts.shownDefault else { return text }
        return "\(text.dropLast()) (default: \(standard))."
    }

    /// What it is, in words: "the temperature".
    public var name: String { facts.name }
    /// What it is for.
    public var purpose: Purpose { facts.purpose }
    /// Its value where nobody sets it.
    public var standard: String { facts.standard }
    /// A line of the configuration file that sets it.
    public var example: String { "\(key) = \(facts.example)" }
}

/// What is to be said of a setting.
struct SettingFacts {
    /// As the person calls it: "the temperature".
    let name: String
    /// A sentence for the help of the flag.
    let help: String
    let purpose: Purpose
    /// The default as a sentence says it.
    let standard: String
    /// The default as the flag's help says it; nil where the help's sentence does already, or there is nothing to say.
    let shownDefault: String?
    /// A value in the configuration file.
    let example: String

    /// - Parameter shows: whether the flag's help says the default.
    init(
        _ name: String, _ help: String, _ purpose: Purpose, default standard: String, shows: Bool = true,
        example: String
    ) {
        (self.name, self.help, self.purpose, self.standard, self.example) = (name, help, purpose, standard, example)
        shownDefault = shows ? standard : nil
    }
}
