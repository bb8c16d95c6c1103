import TestSupport

/// Text with everything that makes columns hard.
enum HardText {
    static let pieces = [
        "a", "word", " ", "  ", "-", "\n", "\t", "漢", "字。", "é", "e\u{301}", "\u{301}", "👩‍👩‍👧", "👍🏽", "🇩🇪", "1️⃣", "❤️", "नमस्ते",
        "ำ",
        "\u{200B}", "\u{1B}[31m", "\r\n", "\u{7}", "well-known", "longerthananyrowinthistest", "ｆｕｌｌ", "각", "\u{1FAE8}",
        "⚡",
    ]

    static func text(_ generator: inout TestRandom, count: Int) -> String {
        (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }
}
