import Glibc

/// Makes tokens less probable with which a text would go on saying what it has said before ("don't repeat yourself", DRY):
/// where the last n tokens stand earlier in the text as well, the logit of what followed them there falls by
/// multiplier · base^(n - allowed length).
public struct SequencePenalty: Sendable, Equatable {
    /// What is taken from the logit for a sequence of the allowed length; 0 for none.
    public var multiplier: Float
    /// How many times more each further token of the sequence costs.
    public var base: Float
    /// Shorter sequences cost nothing.
    public var allowedLength: Int
    /// How many of the last tokens are looked at.
    public var window: Int

    /// No penalty unless told otherwise.
    public init(multiplier: Float = 0, base: Float = 1.75, allowedLength: Int = 3, window: Int = 1024) {
        self.multiplier = multiplier
        self.base = base
        self.allowedLength = allowedLength
        self.window = window
    }

    /// Whether any token costs anything.
    public var isOn: Bool { multiplier > 0 && base > 0 && window > 1 }

    /// What is taken from the logits of the tokens that would repeat the longest sequences.
    public func costs(after history: some BidirectionalCollection<Int32>) -> [Int32: Float] {
        guard isOn else { return [:] }
        let text = Array(history.suffix(window).reversed())
        let matches = Self.matches(text)
        var longest: [Int32: Int] = [:]
        for place in text.indices.dropFirst() where matches[place] >= max(1, allowedLength) {
            longest[text[place - 1]] = max(longest[text[place - 1]] ?? 0, matches[place])
        }
        return longest.mapValues { min(multiplier * pow(base, Float($0 - allowedLength)), Self.most) }
    }

    /// For each place of a text, how many tokens from there on are those that it begins with: the Z function, in linear time.
    private static func matches(_ text: [Int32]) -> [Int] {
        var matches = [Int](repeating: 0, count: text.count)
        // The match found so far that reaches furthest.
        var (start, end) = (0, 0)
        for place in text.indices.dropFirst() {
            var length = place < end ? min(end - place, matches[place - start]) : 0
            while place + length < text.count, text[length] == text[place + length] { length += 1 }
            if place + length > end { (start, end) = (place, place + length) }
            matches[place] = length
        }
        return matches
    }

    /// So that a logit stays a number.
    private static let most: Float = 1e6
}
