/// Random numbers that are the same on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Text with everything that makes columns hard.
enum HardText {
    static let pieces = [
        "a", "word", " ", "  ", "-", "\n", "\t", "漢", "字。", "é", "e\u{301}", "\u{301}", "👩‍👩‍👧", "👍🏽", "🇩🇪", "1️⃣", "❤️", "नमस्ते",
        "ำ",
        "\u{200B}", "\u{1B}[31m", "\r\n", "\u{7}", "well-known", "longerthananyrowinthistest", "ｆｕｌｌ", "각", "\u{1FAE8}",
        "⚡",
    ]

    static func text(_ generator: inout SeededGenerator, count: Int) -> String {
        (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }
}
