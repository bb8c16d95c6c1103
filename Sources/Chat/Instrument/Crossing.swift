/// What crossed between the two models for some answers, their questions included, and what it was.
public struct Crossing: Sendable, Equatable {
    /// Tokens written, those that were taken back among them.
    public private(set) var tokens = 0
    /// Exchanges cloud → device → cloud.
    public private(set) var exchanges = 0
    /// Tokens for which something crossed.
    public private(set) var crossed = 0
    /// Bytes from the cloud to the device.
    public private(set) var bytesDown = 0
    /// Bytes from the device to the cloud.
    public private(set) var bytesUp = 0
    /// Bytes of both ways for reading the questions: part of the ones above, and no token's.
    public private(set) var promptBytes = 0
    /// Side tokens that the base spoke.
    public private(set) var missed = MissedTokens()

    /// What crossed for these answers.
    public init(_ replies: some Sequence<Reply>) {
        for reply in replies {
            add(reply.tokens)
            add(reply.retracted)
            guard let prompt = reply.promptExchanges else { continue }
            exchanges += prompt.transmissions
            bytesDown += prompt.bytesDown
            bytesUp += prompt.bytesUp
            promptBytes += prompt.bytesDown + prompt.bytesUp
        }
    }

    private mutating func add(_ tokens: [TokenRecord]) {
        for token in tokens {
            self.tokens += 1
            exchanges += token.transmissions
            if token.bytesDown + token.bytesUp > 0 { crossed += 1 }
            bytesDown += token.bytesDown
            bytesUp += token.bytesUp
            missed.count(token)
        }
    }

    /// Bytes of both ways for each token written, without those of the questions; nil without tokens.
    public var bytesPerToken: Double? {
        tokens == 0 ? nil : Double(bytesDown + bytesUp - promptBytes) / Double(tokens)
    }
}

/// An answer's times on another network, reckoned from its ledger: what was computed took the time that it took, and the
/// network takes what is expected of its exchanges and bytes.
public struct Retiming: Sendable, Equatable {
    /// Milliseconds from the request to the first token; nil where that is not known.
    public var firstTokenMilliseconds: Double?
    /// Median of the tokens after the first, milliseconds.
    public var medianMilliseconds: Double?
    /// All tokens together, milliseconds.
    public var totalMilliseconds: Double
    /// Tokens a second after the first; nil where there are none.
    public var tokensPerSecond: Double?

    /// Times of a reply.
    /// - Parameters:
    ///   - figures: nil for no network.
    ///   - deadline: the longest wait for one token, milliseconds; the token is then the base's, which is not reckoned.
    public init(_ reply: Reply, on figures: NetworkFigures?, deadline: Double? = nil) {
        let times = reply.tokens.map { Self.milliseconds($0, figures, deadline) }
        totalMilliseconds = times.reduce(0, +)
        let later = times.dropFirst().sorted()
        medianMilliseconds = Metrics.median(ofSorted: later)
        let spent = later.reduce(0, +)
        tokensPerSecond = spent > 0 ? Double(later.count) / spent * 1000 : nil
        firstTokenMilliseconds = reply.firstTokenMilliseconds.flatMap { first in
            guard let token = reply.tokens.first, let time = times.first else { return nil }
            // What came before the first token stays but for the question's network; the token's own is exchanged too.
            let prompt = reply.promptExchanges
            let network =
                token.milliseconds.uplink + token.milliseconds.downlink + (prompt?.networkMilliseconds ?? 0)
            let reading = prompt.map { prompt in
                figures?.expectedMilliseconds(
                    exchanges: prompt.transmissions, bytes: prompt.bytesUp + prompt.bytesDown) ?? 0
            }
            return max(0, first - network) + (reading ?? 0) + time - token.milliseconds.base - token.milliseconds.device
        }
    }

    private static func milliseconds(_ token: TokenRecord, _ figures: NetworkFigures?, _ deadline: Double?) -> Double {
        let times = token.milliseconds
        guard let figures, token.transmissions > 0 else { return times.base + times.device }
        let network = figures.expectedMilliseconds(
            exchanges: token.transmissions, bytes: token.bytesUp + token.bytesDown)
        return times.base + min(times.device + network, deadline ?? .infinity)
    }
}

extension Reply {
    /// Shares of side tokens (0...1) in stretches of the reply, from its beginning to its end; fewer where there are fewer
    /// tokens.
    public func sideShares(stretches: Int) -> [Double] {
        let count = min(max(stretches, 0), tokens.count)
        return (0..<count).map { index in
            let range = index * tokens.count / count..<(index + 1) * tokens.count / count
            return Double(tokens[range].count { $0.path == .side }) / Double(range.count)
        }
    }
}
