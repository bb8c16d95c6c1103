import SPAEngine

/// An answer, and who spoke each part of it.
public struct SpokenText: Sendable, Equatable {
    /// The text.
    public private(set) var text = ""
    /// Stretches of one speaker, in order.
    private var stretches: [(bytes: Int, isSide: Bool)] = []

    /// Nothing said.
    public init() {}

    /// Adds what a token has completed.
    public mutating func add(_ part: String, _ path: TokenPath) {
        guard !part.isEmpty else { return }
        text += part
        let isSide = path == .side
        if let last = stretches.indices.last, stretches[last].isSide == isSide {
            stretches[last].bytes += part.utf8.count
        } else {
            stretches.append((part.utf8.count, isSide))
        }
    }

    /// Whether the side has said some of these bytes of the text.
    func hasSide(_ bytes: Range<Int>) -> Bool {
        var start = 0
        return stretches.contains { stretch in
            let own = start..<start + stretch.bytes
            start = own.upperBound
            return stretch.isSide && own.overlaps(bytes)
        }
    }

    /// The text with the side's words as `[side: …]`; spaces stay outside.
    public var marked: String {
        var rest = Array(text.utf8)[...]
        return stretches.reduce(into: "") { result, stretch in
            let part = String(decoding: rest.prefix(stretch.bytes), as: UTF8.self)
            rest = rest.dropFirst(stretch.bytes)
            let start = part.prefix { $0.isWhitespace }
            let end = part.reversed().prefix { $0.isWhitespace }
            if !stretch.isSide || start.count == part.count {
                result += part
            } else {
                result += "\(start)[side: \(part.dropFirst(start.count).dropLast(end.count))]\(String(end.reversed()))"
            }
        }
    }

    /// The same text by the same speakers.
    public static func == (left: SpokenText, right: SpokenText) -> Bool {
        left.text == right.text && left.stretches.elementsEqual(right.stretches, by: ==)
    }
}
