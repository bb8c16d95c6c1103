/// The figures of one reply, from its tokens alone. Values that need data are nil before there is some.
public struct Metrics: Sendable, Equatable {
    /// Tokens produced, whether or not the reply was stopped.
    public var tokens = 0
    /// Tokens on the side path.
    public var sideTokens = 0
    /// Milliseconds from the request to the first token.
    public var firstTokenMilliseconds: Double?
    /// Median of the tokens' total milliseconds; the first token, which waits for the prompt, is not among them.
    public var medianMilliseconds: Double?
    /// 95th percentile of the same (nearest rank).
    public var percentile95Milliseconds: Double?
    /// Tokens produced after the first, by the time that these took; a single token by its own time.
    public var tokensPerSecond: Double?
    /// Milliseconds by part, added over all tokens, those that were taken back among them.
    public var sums = PartTimes()
    /// Whether any token's network time was simulated.
    public var simulated = false
    /// Bytes from the device to the cloud.
    public var bytesUp = 0
    /// Bytes from the cloud to the device.
    public var bytesDown = 0

    /// Figures of nothing.
    public init() {}

    /// Figures of a reply, finished or not.
    public init(_ reply: Reply) {
        var times: [Double] = []
        times.reserveCapacity(reply.tokens.count)
        // By index: this runs for every frame, and copies of tokens cost more than their sums.
        for index in reply.tokens.indices {
            tokens += 1
            if reply.tokens[index].path == .side { sideTokens += 1 }
            let milliseconds = reply.tokens[index].milliseconds
            sums += milliseconds
            simulated = simulated || reply.tokens[index].simulated
            bytesUp += reply.tokens[index].bytesUp
            bytesDown += reply.tokens[index].bytesDown
            let isTimed = index > 0 || reply.tokens.count == 1
            if isTimed, milliseconds.total.isFinite, milliseconds.total >= 0 { times.append(milliseconds.total) }
        }
        for token in reply.retracted {
            sums += token.milliseconds
            simulated = simulated || token.simulated
            bytesUp += token.bytesUp
            bytesDown += token.bytesDown
        }
        firstTokenMilliseconds = reply.firstTokenMilliseconds
        let spent = times.reduce(0, +)
        times.sort()
        medianMilliseconds = Self.median(ofSorted: times)
        percentile95Milliseconds = Self.percentile(95, ofSorted: times)
        if spent > 0 { tokensPerSecond = Double(times.count) / spent * 1000 }
    }

    /// Side tokens of all tokens, in percent (Table 1 of the paper); nil without tokens.
    public var usagePercent: Double? { tokens == 0 ? nil : 100 * Double(sideTokens) / Double(tokens) }

    /// Middle value of ascending values, or the mean of the two middle ones.
    package static func median(ofSorted values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// Smallest of the ascending values that at least `percent` percent of them do not exceed.
    package static func percentile(_ percent: Int, ofSorted values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = (percent * values.count + 99) / 100
        return values[min(max(rank, 1), values.count) - 1]
    }
}

/// Running sums of a session: the tokens of all of its conversations, as they come.
public struct SessionTotals: Sendable, Equatable {
    /// Tokens produced.
    public private(set) var tokens = 0
    /// Tokens on the side path.
    public private(set) var sideTokens = 0
    /// Bytes in both directions.
    public private(set) var bytes = 0

    /// Sums of nothing.
    public init() {}

    /// Adds a token.
    public mutating func count(_ token: TokenRecord) {
        tokens += 1
        if token.path == .side { sideTokens += 1 }
        bytes += token.bytesUp + token.bytesDown
    }

    /// Takes back a token that was counted; its bytes have crossed.
    public mutating func retract(_ token: TokenRecord) {
        tokens -= 1
        if token.path == .side { sideTokens -= 1 }
    }

    /// Side tokens of all tokens, in percent; nil without tokens.
    public var usagePercent: Double? { tokens == 0 ? nil : 100 * Double(sideTokens) / Double(tokens) }
}

/// One bar of the sparkline of the last tokens.
public struct SparklineValue: Sendable, Equatable {
    /// Who produced the token.
    public var path: TokenPath
    /// The gate's probability, 0...1.
    public var probability: Float

    /// One bar.
    public init(path: TokenPath, probability: Float) {
        self.path = path
        self.probability = probability
    }
}

extension Reply {
    /// The last tokens' paths and probabilities, oldest first.
    public func sparkline(last count: Int = 32) -> [SparklineValue] {
        tokens.suffix(max(count, 0)).map { SparklineValue(path: $0.path, probability: $0.probability) }
    }
}
