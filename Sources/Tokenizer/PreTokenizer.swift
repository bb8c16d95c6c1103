/// Splits a text into the words within which merges happen. The rules are those regular expressions by which the models
/// were trained, written out as scanners.
package struct PreTokenizer: Sendable {
    /// Which words: the name in `tokenizer.ggml.pre`.
    package enum Rules: Sendable, Equatable {
        /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
        case gpt2
        /// Every number character by itself, and between them the words of `gpt2`.
        case smollm
        /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
        /// with n = `digits`: 3 in Llama 3, 1 in Qwen 2.
        case llama3(digits: Int)

        /// One name for each kind of rules.
        package static let names = ["smollm", "gpt-2", "llama-bpe", "qwen2"]

        package init?(name: String) {
            switch name {
            case "smollm": self = .smollm
            case "gpt-2": self = .gpt2
            case "llama-bpe", "llama3", "llama-v3": self = .llama3(digits: 3)
            case "qwen2", "deepseek-r1-qwen": self = .llama3(digits: 1)
            default: return nil
            }
        }
    }

    let rules: Rules

    package init(rules: Rules) {
        self.rules = rules
    }

    /// The end of every word, as offsets into the UTF-8 text `bytes`.
    package func ends(_ bytes: [UInt8]) -> [Int] {
        let text = ClassifiedText(bytes)
        var ends: [Int] = []
        ends.reserveCapacity(text.count / 4)
        var position = 0
        switch rules {
        case .gpt2:
            while position < text.count {
                position = Self.gpt2WordEnd(text, position, limit: text.count)
                ends.append(text.starts[position])
            }
        case .smollm:
            while position < text.count {
                let limit = Self.runEnd(text, position, limit: text.count) { text.classes[$0] != .number }
                while position < limit {
                    position = Self.gpt2WordEnd(text, position, limit: limit)
                    ends.append(text.starts[position])
                }
                if position < text.count {
                    position += 1
                    ends.append(text.starts[position])
                }
            }
        case .llama3(let digits):
            while position < text.count {
                position = Self.llama3WordEnd(text, position, digits: digits)
                ends.append(text.starts[position])
            }
        }
        return ends
    }

    /// The first index from `start` on for which `isIn` fails, at most `limit`.
    @inline(__always)
    private static func runEnd(_ text: ClassifiedText, _ start: Int, limit: Int, _ isIn: (Int) -> Bool) -> Int {
        var index = start
        while index < limit, isIn(index) { index += 1 }
        return index
    }

    /// The end of the word of GPT-2's rules that begins at `start`, in a text that ends at `limit`.
    private static func gpt2WordEnd(_ text: ClassifiedText, _ start: Int, limit: Int) -> Int {
        if let end = contractionEnd(text, start, limit: limit, ignoringCase: false) { return end }
        let hasSpace = text.ascii(start) == 0x20 && start + 1 < limit && text.classes[start + 1] != .space
        let first = hasSpace ? start + 1 : start
        let kind = text.classes[first]
        if kind == .space { return whitespaceEnd(text, start, limit: limit) }
        return runEnd(text, first, limit: limit) { text.classes[$0] == kind }
    }

    /// The end of the word of Llama 3's rules that begins at `start`.
    private static func llama3WordEnd(_ text: ClassifiedText, _ start: Int, digits: Int) -> Int {
        let limit = text.count
        if let end = contractionEnd(text, start, limit: limit, ignoringCase: true) { return end }
        let kind = text.classes[start]
        if kind == .letter { return runEnd(text, start, limit: limit) { text.classes[$0] == .letter } }
        if kind == .number {
            return runEnd(text, start, limit: min(start + digits, limit)) { text.classes[$0] == .number }
        }
        if !isLineBreak(text, start), start + 1 < limit, text.classes[start + 1] == .letter {
            return runEnd(text, start + 1, limit: limit) { text.classes[$0] == .letter }
        }
        let hasSpace = text.ascii(start) == 0x20 && start + 1 < limit && text.classes[start + 1] == .other
        if kind == .other || hasSpace {
            let end = runEnd(text, hasSpace ? start + 1 : start, limit: limit) { text.classes[$0] == .other }
            return runEnd(text, end, limit: limit) { isLineBreak(text, $0) }
        }
        let end = runEnd(text, start, limit: limit) { text.classes[$0] == .space }
        if let lastBreak = (start..<end).last(where: { isLineBreak(text, $0) }) { return lastBreak + 1 }
        return whitespaceEnd(text, start, limit: limit)
    }

    /// `\s+(?!\S)|\s+`: the whitespace from `start` on, less its last character if a word follows.
    private static func whitespaceEnd(_ text: ClassifiedText, _ start: Int, limit: Int) -> Int {
        let end = runEnd(text, start, limit: limit) { text.classes[$0] == .space }
        return end == limit || end == start + 1 ? end : end - 1
    }

    private static func isLineBreak(_ text: ClassifiedText, _ index: Int) -> Bool {
        text.ascii(index) == 0x0A || text.ascii(index) == 0x0D
    }

    /// The end of an English contraction ('s, 't, 're, 've, 'm, 'll, 'd) at `start`, nil if there is none.
    private static func contractionEnd(
        _ text: ClassifiedText, _ start: Int, limit: Int, ignoringCase: Bool
    ) -> Int? {
        guard text.ascii(start) == 0x27, start + 1 < limit else { return nil }
        func letter(_ index: Int) -> UInt8 {
            guard index < limit else { return 0 }
            let byte = text.ascii(index)
            return ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch (letter(start + 1), letter(start + 2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default:
            return nil
        }
    }
}
