import FoundationEssentials

/// What a person chose in the chat, to begin with the next time. Flags, variables and the configuration file go before it.
public struct Choices: Sendable, Equatable, Codable {
    /// The file of the plugin, or `off` for none.
    public var plugin: String?
    /// The file of the plugin that the person taught.
    public var taught: String?
    /// The theme's name.
    public var theme: String?
    /// How the plugin is used: gated, base or side.
    public var mode: String?

    /// Nothing chosen.
    public init() {}

    /// Choices as they were written; keys of another time are ignored.
    /// - Throws: where this is nothing that was written so.
    public init(reading bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(Choices.self, from: Data(bytes))
        // A text without letters is no name of anything.
        for part in [\Choices.plugin, \.taught, \.theme, \.mode] where self[keyPath: part]?.isEmpty == true {
            self[keyPath: part] = nil
        }
    }

    /// The choices as a file has them.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Forgets the files that are not there any more.
    /// - Returns: what is to be said of them.
    public mutating func forgetMissing(_ exists: (String) -> Bool) -> [String] {
        var notes: [String] = []
        if let path = plugin, path != "off", !exists(path) {
            notes.append("the plugin that was chosen last is not there any more (\(path))")
            plugin = nil
        }
        if let path = taught, !exists(path) {
            notes.append("what was taught is not there any more (\(path))")
            taught = nil
        }
        return notes
    }
}
