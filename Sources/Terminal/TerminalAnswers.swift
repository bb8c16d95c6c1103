/// Whether a terminal's background is dark or light.
public enum TerminalBackground: Sendable, Equatable {
    /// Light text on it.
    case dark
    /// Dark text on it.
    case light
}

/// What a terminal says of itself when it is asked: its background's colour and whether it can show a frame at once.
package struct TerminalAnswers: Sendable, Equatable {
    /// The questions. Every terminal answers the last one, which says that no other answer will come.
    package static let questions = "\u{1B}]11;?\u{1B}\\\u{1B}[?2026$p\u{1B}[c"
    /// Milliseconds to wait for the answers; what comes later is passed over as keys nobody knows.
    package static let patience = 200

    /// The background; nil where the terminal does not say.
    package private(set) var background: TerminalBackground?
    /// Whether mode 2026 is known.
    package private(set) var drawsTogether = false
    /// Whether every answer has come.
    package private(set) var isComplete = false
    /// What came besides: keys that were pressed meanwhile.
    package private(set) var rest: [UInt8] = []

    /// Reads everything that has come so far.
    package init(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            if let length = takeColour(bytes[index...]) ?? takeReport(bytes[index...]) {
                index += length
            } else {
                rest.append(bytes[index])
                index += 1
            }
        }
    }

    /// Whether such a terminal is asked: those that would print the questions are not.
    package static func mayAsk(_ type: String) -> Bool {
        !type.isEmpty && !["linux", "dumb", "vt", "ansi", "cons", "sun", "wy"].contains { type.hasPrefix($0) }
    }

    /// What the variable `COLORFGBG` says: `15;0` is white on black.
    package static func background(colours: String?) -> TerminalBackground? {
        guard let last = colours?.split(separator: ";").last, let number = Int(last), (0...15).contains(number) else {
            return nil
        }
        return number == 7 || number > 8 ? .light : .dark
    }

    /// `ESC ] 11 ; rgb:R/G/B` and its end: the bytes of it.
    private mutating func takeColour(_ bytes: ArraySlice<UInt8>) -> Int? {
        let start = Array("\u{1B}]11;".utf8)
        guard bytes.starts(with: start) else { return nil }
        let body = bytes.dropFirst(start.count).prefix { $0 != 0x07 && $0 != 0x1B }
        guard let end = bytes[body.endIndex...].first else { return nil }
        let isLong = end == 0x1B && bytes[body.endIndex...].dropFirst().first == 0x5C
        guard end == 0x07 || isLong else { return nil }
        background = Self.background(of: String(decoding: body, as: UTF8.self))
        return start.count + body.count + (isLong ? 2 : 1)
    }

    /// `rgb:ffff/ffff/ffff`, with one to four digits a part.
    private static func background(of text: String) -> TerminalBackground? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let parts = text[text.index(after: colon)...].split(separator: "/").prefix(3).compactMap { part -> Double? in
            guard (1...4).contains(part.count), let value = Int(part, radix: 16) else { return nil }
            return Double(value) / Double((1 << (4 * part.count)) - 1)
        }
        guard parts.count == 3 else { return nil }
        return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] > 0.5 ? .light : .dark
    }

    /// `ESC [ ? 2026 ; N $ y` and `ESC [ ? … c`: the bytes of it.
    private mutating func takeReport(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.starts(with: [0x1B, 0x5B, 0x3F]) else { return nil }
        let body = bytes.dropFirst(3).prefix { (0x30...0x3B).contains($0) }
        let end = bytes[body.endIndex...]
        if end.first == 0x63 {
            isComplete = true
            return body.count + 4
        }
        guard end.starts(with: [0x24, 0x79]) else { return nil }
        let numbers = body.split(separator: 0x3B).map { Int(String(decoding: $0, as: UTF8.self)) }
        // 1 set, 2 reset; 0 unknown, 4 never.
        if numbers.count == 2, numbers[0] == 2026 { drawsTogether = numbers[1] == 1 || numbers[1] == 2 }
        return body.count + 5
    }
}
