import SPAEngine

/// What the tables compare: the paper's systems, SPA at a second price, and the base alone.
public enum ComparedSystem: String, Sendable, CaseIterable, Codable {
    /// SPA at a price for a usage of 0.6.
    case spa
    /// The same plugin at a price for a usage of 0.35.
    case spaAt35 = "spa_035"
    case lst
    case integration
    case separation
    case lora
    case adapter
    /// The base alone.
    case base

    /// As the paper writes it.
    public var title: String {
        switch self {
        case .spa: "SPA"
        case .spaAt35: "SPA at 0.35"
        case .lst: "LST"
        case .integration: "Full Integration"
        case .separation: "Full Separation"
        case .lora: "LoRA"
        case .adapter: "Adapter"
        case .base: "Base"
        }
    }

    /// What is trained; nil for the base.
    public var method: Method? {
        switch self {
        case .spa, .spaAt35: .spa
        case .lst: .lst
        case .integration: .integration
        case .separation: .separation
        case .lora: .lora
        case .adapter: .adapter
        case .base: nil
        }
    }

    /// The usage (0 to 1) that the price is chosen for, on validation rows; nil where there is none to choose. A little below
    /// the wanted ones (0.62 and 0.35), as the usage on other rows scatters.
    var wantedUsage: Double? {
        switch self {
        case .spa, .separation: 0.59
        case .spaAt35: 0.34
        default: nil
        }
    }

    /// Table 2's columns.
    static let ofTable2: [ComparedSystem] = [.spa, .lst, .lora, .adapter]
    /// Table 3's rows, and those that the project adds.
    static let ofTable3: [ComparedSystem] = [.spa, .spaAt35, .lst, .integration, .separation, .base]
}
