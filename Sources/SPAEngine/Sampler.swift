import Compute
import Glibc

/// How a token is chosen from its logits. The defaults are greedy.
public struct SamplingOptions: Sendable, Equatable {
    /// 0: always the most probable token. Otherwise logits are divided by it.
    public var temperature: Float
    /// Only the k most probable tokens; 0 for all.
    public var topK: Int
    /// Only the most probable tokens that together hold this share of the probability; 1 for all.
    public var topP: Float
    /// Only tokens with at least this share of the most probable one's probability; 0 for all.
    public var minP: Float
    /// Divides positive and multiplies negative logits of recent tokens; 1 for none.
    public var repeatPenalty: Float
    /// How many tokens are recent.
    public var repeatWindow: Int
    /// Makes tokens less probable with which a sequence would be repeated.
    public var dry: SequencePenalty
    /// The same seed and the same prompt give the same text.
    public var seed: UInt64

    /// Whether the token is always the most probable one.
    public var isGreedy: Bool { temperature <= 0 && !penalisesRepetition }

    /// Whether it matters what the text has said already.
    var penalisesRepetition: Bool { dry.isOn || (repeatPenalty != 1 && repeatPenalty > 0) }

    /// The same without penalties, at another temperature where one is given.
    func withoutPenalties(temperature: Float?) -> SamplingOptions {
        SamplingOptions(temperature: temperature ?? self.temperature, topK: topK, topP: topP, minP: minP, seed: seed)
    }

    /// Greedy unless told otherwise.
    public init(
        temperature: Float = 0, topK: Int = 0, topP: Float = 1, minP: Float = 0, repeatPenalty: Float = 1,
        repeatWindow: Int = 64, dry: SequencePenalty = SequencePenalty(), seed: UInt64 = 0
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repeatPenalty = repeatPenalty
        self.repeatWindow = repeatWindow
        self.dry = dry
        self.seed = seed
    }
}

/// A token and its probability.
public struct Candidate: Sendable, Equatable {
    /// The token.
    public var id: Int32
    /// Its probability.
    public var probability: Float

    /// A token and its probability.
    public init(id: Int32, probability: Float) {
        self.id = id
        self.probability = probability
    }
}

/// Chooses tokens: penalties, temperature, top-k, top-p, min-p, draw, in this order.
///
/// The draw depends on the seed and the position alone. So both roles draw alike without talking to each other, and
/// what a position draws does not depend on which path its predecessors took.
public struct Sampler: Sendable {
    /// How tokens are chosen.
    public let options: SamplingOptions

    /// A sampler.
    public init(_ options: SamplingOptions = SamplingOptions()) {
        self.options = options
    }

    /// The token for `position` of the text.
    /// - Parameters:
    ///   - logits: [V]; what is not a number never wins.
    ///   - history: the reply so far, for the penalties; only its end is looked at.
    public func sample(_ logits: [Float], history: some BidirectionalCollection<Int32>, position: Int) -> Int32 {
        guard options.penalisesRepetition else { return choose(logits, position) }
        var penalised = logits
        if options.repeatPenalty != 1, options.repeatPenalty > 0 {
            for id in Set(history.suffix(max(0, options.repeatWindow))) where penalised.indices.contains(Int(id)) {
                let logit = penalised[Int(id)]
                penalised[Int(id)] = logit > 0 ? logit / options.repeatPenalty : logit * options.repeatPenalty
            }
        }
        for (id, cost) in options.dry.costs(after: history) where penalised.indices.contains(Int(id)) {
            penalised[Int(id)] -= cost
        }
        return choose(penalised, position)
    }

    /// The most probable token; the first of equals; what is not a number never wins.
    public static func greedy(_ logits: [Float]) -> Int32 {
        let largest = VectorMath.maximum(logits, in: 0..<logits.count)
        if let index = logits.firstIndex(of: largest) { return Int32(index) }
        // A kernel may return what is not a number when it meets one.
        var (best, value) = (0, -Float.infinity)
        for (index, logit) in logits.enumerated() where logit > value { (best, value) = (index, logit) }
        return Int32(best)
    }

    /// The `count` most probable tokens of softmax(logits), most probable first.
    public static func candidates(_ logits: [Float], count: Int) -> [Candidate] {
        var entries = entries(of: logits, scale: 1, above: -.infinity)
        selectLargest(&entries, count)
        let logSum = VectorMath.logSumExp(entries.map(\.logit), in: 0..<entries.count)
        var probabilities = entries.prefix(max(0, count)).map { $0.logit - logSum }
        VectorMath.exponential(&probabilities)
        return zip(entries, probabilities).map { Candidate(id: $0.id, probability: $1) }
    }

    private func choose(_ logits: [Float], _ position: Int) -> Int32 {
        let best = Self.greedy(logits)
        guard options.temperature > 0, options.temperature.isFinite, !logits.isEmpty else { return best }
        let largest = logits[Int(best)]
        guard largest.isFinite, (1 / options.temperature).isFinite else { return best }

        // Logits are taken relative to the largest, so that exp neither overflows nor vanishes.
        let scale = 1 / options.temperature
        var floor = options.minP > 0 ? largest + options.temperature * log(min(options.minP, 1)) : -.infinity
        // With top-p and nothing before it, most tokens are known to be out before any are ordered.
        var logSum: Float?
        if options.topP < 1, options.topK == 0, options.minP == 0 {
            logSum = Self.logSum(of: logits, scale: scale)
            if let logSum { floor = Self.floor(logSum: logSum, scale: scale, share: options.topP, count: logits.count) }
        }
        var entries = Self.entries(of: logits, scale: scale, above: floor, less: largest)
        if options.topK > 0 && options.topK < entries.count {
            Self.selectLargest(&entries, options.topK)
            entries.removeLast(entries.count - options.topK)
        }
        if options.topP < 1 {
            Self.keepMass(&entries, max(0, options.topP), logSum: logSum.map { $0 - largest * scale })
        }

        var weights = entries.map(\.logit)
        VectorMath.exponential(&weights)
        var draws = SeededRandom(seed: options.seed, stream: UInt64(truncatingIfNeeded: position))
        let sum = weights.reduce(0.0) { $0 + Double($1) }
        var left = Double(draws.uniform()) * sum
        for (entry, weight) in zip(entries, weights) {
            left -= Double(weight)
            if left < 0 { return entry.id }
        }
        return best
    }

    private struct Entry {
        let id: Int32
        let logit: Float

        /// More probable, and first of equals.
        static func precedes(_ a: Entry, _ b: Entry) -> Bool {
            a.logit > b.logit || (a.logit == b.logit && a.id < b.id)
        }
    }

    private static func entries(of logits: [Float], scale: Float, above floor: Float, less origin: Float = 0) -> [Entry]
    {
        var entries: [Entry] = []
        entries.reserveCapacity(logits.count)
        for (index, logit) in logits.enumerated() where logit >= floor && logit.isFinite {
            entries.append(Entry(id: Int32(index), logit: (logit - origin) * scale))
        }
        return entries
    }

    /// log Σ exp(scale · logit); nil where it is no number.
    private static func logSum(of logits: [Float], scale: Float) -> Float? {
        var scaled = logits
        VectorMath.scale(&scaled, by: scale)
        let logSum = VectorMath.logSumExp(scaled, in: 0..<scaled.count)
        return logSum.isFinite ? logSum : nil
    }

    /// A logit below which no token is among the most probable that hold `share`: all that are less probable than
    /// (1 - share) / V hold less than the rest together.
    private static func floor(logSum: Float, scale: Float, share: Float, count: Int) -> Float {
        // A little lower, for rounding.
        (logSum + log((1 - max(0, share)) / Float(count)) - 0.01) / scale
    }

    /// Cuts to the smallest set of most probable entries that holds `share` of the probability; `logSum` that of all tokens, or
    /// nil for that of the entries.
    private static func keepMass(_ entries: inout [Entry], _ share: Float, logSum: Float?) {
        let logSum = logSum ?? VectorMath.logSumExp(entries.map(\.logit), in: 0..<entries.count)
        var count = min(64, entries.count)
        while true {
            selectLargest(&entries, count)
            var mass: Float = 0
            for index in 0..<count {
                mass += exp(entries[index].logit - logSum)
                if mass >= share {
                    entries.removeLast(entries.count - index - 1)
                    return
                }
            }
            if count == entries.count { return }
            count = min(4 * count, entries.count)
        }
    }

    /// Puts the `count` largest first, in order; the rest stay behind in any order. Selection, not a sort of all.
    private static func selectLargest(_ entries: inout [Entry], _ count: Int) {
        guard count > 0, count < entries.count else {
            if count > 0 { entries.sort(by: Entry.precedes) }
            return
        }
        var (low, high) = (0, entries.count - 1)
        while low < high {
            // Hoare's partition around the middle of three.
            let middle = low + (high - low) / 2
            if Entry.precedes(entries[middle], entries[low]) { entries.swapAt(middle, low) }
            if Entry.precedes(entries[high], entries[low]) { entries.swapAt(high, low) }
            if Entry.precedes(entries[high], entries[middle]) { entries.swapAt(high, middle) }
            let pivot = entries[middle]
            var (i, j) = (low, high)
            while i <= j {
                while Entry.precedes(entries[i], pivot) { i += 1 }
                while Entry.precedes(pivot, entries[j]) { j -= 1 }
                if i <= j {
                    entries.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if count - 1 <= j {
                high = j
            } else if count - 1 >= i {
                low = i
            } else {
                break
            }
        }
        entries[0..<count].sort(by: Entry.precedes)
    }
}
