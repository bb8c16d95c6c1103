/// Sees, token by token, when a text has said one block of tokens three times in a row, over at least 48 tokens.
public struct RepetitionDetector: Sendable {
    /// How often a block has to stand in a row.
    static let copies = 3
    /// Short blocks have to stand there more often: so many tokens.
    static let fewestTokens = 48
    /// No longer block is looked for.
    static let longestBlock = 512

    private var text: [Int32] = []
    /// For each length of a block, from 1, how many of the last tokens are those that stand one block before them.
    private var runs: [Int] = []

    /// A detector of a text that is yet to begin.
    public init() {}

    /// Takes the next token.
    /// - Returns: how many tokens at the end say again what stands before them; nil where nothing is repeated. One copy of
    ///   the block stays without them.
    public mutating func push(_ token: Int32) -> Int? {
        text.append(token)
        if runs.count < min(text.count - 1, Self.longestBlock) { runs.append(0) }
        var repeated: Int?
        for block in 1..<(runs.count + 1) {
            guard text[text.count - 1 - block] == token else {
                runs[block - 1] = 0
                continue
            }
            runs[block - 1] += 1
            if repeated == nil, runs[block - 1] + block >= max(Self.copies * block, Self.fewestTokens) {
                repeated = runs[block - 1]
            }
        }
        return repeated
    }
}
