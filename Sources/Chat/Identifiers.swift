/// The name of a conversation, unique over all machines and sessions without asking anybody: 63 random bits.
public struct ConversationID: RawRepresentable, Sendable, Hashable, Codable {
    /// Greater than zero for every conversation that can be stored.
    public let rawValue: Int64
    /// From its number.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Sixteen hexadecimal digits; whoever types one may give the first few.
    public var text: String { hexadecimal(rawValue) }

    /// The digits that lists show.
    public var shortText: String { String(text.prefix(8)) }
}

/// The name of one turn on any branch of any conversation: 63 random bits, so that two programs that write into the same
/// conversation never take the same one.
public struct TurnID: RawRepresentable, Sendable, Hashable, Codable {
    /// Greater than zero for every turn that can be stored.
    public let rawValue: Int64
    /// From its number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// Sixteen hexadecimal digits.
    public var text: String { hexadecimal(rawValue) }
    /// A turn that nobody has named.
    public static let unnamed = TurnID(rawValue: 0)
}

/// Makes names from a seed (SplitMix64), so that a session with a fixed seed repeats exactly.
public struct IdentifierSource: Sendable, Equatable {
    private var state: UInt64

    /// A source; a program takes a random seed, a test a fixed one.
    public init(seed: UInt64) { state = seed }

    /// The next conversation's name.
    public mutating func conversation() -> ConversationID { ConversationID(rawValue: next()) }
    /// The next turn's name.
    public mutating func turn() -> TurnID { TurnID(rawValue: next()) }

    private mutating func next() -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return max(Int64((mixed ^ (mixed >> 31)) >> 1), 1)
    }
}

private func hexadecimal(_ number: Int64) -> String {
    let digits = String(UInt64(bitPattern: number), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
