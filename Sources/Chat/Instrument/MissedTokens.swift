/// Side tokens of a reply that the base spoke, by what kept the side from them.
public struct MissedTokens: Sendable, Equatable {
    /// There was no link to the plugin.
    public private(set) var offline = 0
    /// The plugin's answer came after the deadline.
    public private(set) var late = 0
    /// Whether what kept the side from any of them was simulated.
    public private(set) var isSimulated = false

    /// None.
    public init() {}

    /// All of them together.
    public var count: Int { offline + late }

    /// Counts a token, whoever spoke it.
    public mutating func count(_ token: TokenRecord) {
        switch token.fallback {
        case .offline:
            offline += 1
            // No link is a setting of the simulated network.
            isSimulated = true
        case .deadline:
            late += 1
            if token.simulated { isSimulated = true }
        case nil: break
        }
    }

    /// In a few words, such as `2 too late, 1 without a link (simulated)`; nil where there are none.
    public var words: String? {
        guard count > 0 else { return nil }
        let parts = [(late, "too late"), (offline, "without a link")].filter { $0.0 > 0 }
        return parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + (isSimulated ? " (simulated)" : "")
    }
}
