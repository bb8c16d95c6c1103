import ArgumentParser
import SPAEngine

/// Everything that can be set by flag, variable and file; the raw value is the flag's name.
enum Setting: String, CaseIterable, Sendable {
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
    var key: String { rawValue.replacing("-", with: "_") }
    /// The environment variable.
    var variable: String { "SPA_" + key.uppercased() }
}

/// Where settings come from when no flag gives them.
struct SettingSources: Sendable {
    let environment: [String: String]
    let file: ConfigurationFile

    /// The flag's value, or the variable's, or the file's.
    /// - Throws: `CommandFailure.badSetting` where variable or file say what `parse` refuses.
    func value<Value>(
        _ flag: Value?, _ setting: Setting, _ parse: (String) throws -> Value
    ) throws -> Value? {
        if let flag { return flag }
        if let text = environment[setting.variable], !text.isEmpty {
            return try checked(text, source: setting.variable, parse)
        }
        guard let text = file.values[setting.key] else { return nil }
        return try checked(text, source: "\(file.path), \(setting.key)", parse)
    }

    private func checked<Value>(_ text: String, source: String, _ parse: (String) throws -> Value) throws -> Value {
        do {
            return try parse(text)
        } catch {
            throw CommandFailure.badSetting(source: source, value: text, problem: "\(error)")
        }
    }
}

/// Reads the text of settings; the errors say what is asked for and are used for flags, variables and the file alike.
enum SettingText {
    @Sendable static func text(_ text: String) -> String { text }

    @Sendable static func flag(_ text: String) throws -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw ValidationError("is neither true nor false")
        }
    }

    @Sendable static func mode(_ text: String) throws -> GenerationMode {
        guard let mode = GenerationMode(rawValue: text.lowercased()) else {
            throw ValidationError("is none of gated, base, side")
        }
        return mode
    }

    @Sendable static func earlyStop(_ text: String) throws -> BeamOptions.Stop {
        guard let stop = BeamOptions.Stop(rawValue: text.lowercased()) else {
            throw ValidationError("is none of likely, first, certain")
        }
        return stop
    }

    @Sendable static func threshold(_ text: String) throws -> Float { try number(text, in: 0...1) }
    @Sendable static func price(_ text: String) throws -> Float { try number(text, in: -100...100) }
    /// Milliseconds; nil for none.
    @Sendable static func deadline(_ text: String) throws -> DeadlineChoice {
        let wanted = text.lowercased()
        if wanted == "off" { return DeadlineChoice(milliseconds: nil) }
        let digits = wanted.hasSuffix("ms") ? wanted.dropLast(2) : wanted[...]
        guard let value = Double(digits), (1...60_000).contains(value) else {
            throw ValidationError("is neither off nor a number of milliseconds from 1 to 60000, such as 200ms")
        }
        return DeadlineChoice(milliseconds: value)
    }

    @Sendable static func temperature(_ text: String) throws -> Float { try number(text, in: 0...100) }
    @Sendable static func share(_ text: String) throws -> Float { try number(text, in: 0...1) }
    @Sendable static func penalty(_ text: String) throws -> Float { try number(text, in: 0.01...100) }
    @Sendable static func dryBase(_ text: String) throws -> Float { try number(text, in: 1...10) }
    @Sendable static func upTo64(_ text: String) throws -> Int { try integer(text, in: 1...64) }
    @Sendable static func lengthPenalty(_ text: String) throws -> Float { try number(text, in: -10...10) }
    @Sendable static func topK(_ text: String) throws -> Int { try integer(text, in: 0...1_000_000) }
    @Sendable static func positive(_ text: String) throws -> Int { try integer(text, in: 1...1_000_000) }
    @Sendable static func context(_ text: String) throws -> Int { try integer(text, in: 16...1_000_000) }
    @Sendable static func threads(_ text: String) throws -> Int { try integer(text, in: 1...256) }

    @Sendable static func seed(_ text: String) throws -> UInt64 {
        guard let seed = UInt64(text) else { throw ValidationError("is no whole number of 0 or more") }
        return seed
    }

    @Sendable static func network(_ text: String) throws -> NetworkChoice {
        do throws(EngineError) {
            return NetworkChoice(text: text, profile: try NetworkProfile.parse(text))
        } catch {
            guard case .badNetwork(_, let problem) = error else { throw ValidationError("\(error)") }
            throw ValidationError(
                "is not understood (\(problem)); use off, offline, lan, wifi, 4g, satellite or rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit,seed=1"
            )
        }
    }

    private static func number(_ text: String, in range: ClosedRange<Float>) throws -> Float {
        guard let value = Float(text), range.contains(value) else {
            throw ValidationError("is no number from \(short(range.lowerBound)) to \(short(range.upperBound))")
        }
        return value
    }

    private static func integer(_ text: String, in range: ClosedRange<Int>) throws -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw ValidationError("is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func short(_ value: Float) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}

/// How long the base waits for the plugin's answer to one token.
struct DeadlineChoice: Sendable, Equatable {
    /// nil for as long as it takes.
    var milliseconds: Double?
}

/// A network as it was asked for, and what that means.
struct NetworkChoice: Sendable, Equatable {
    /// The words.
    var text: String
    /// nil for `off`.
    var profile: NetworkProfile?
}
