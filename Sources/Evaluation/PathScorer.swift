import Compute
import SPAEngine
import Training

/// What both paths make of one given token.
public struct TokenScore: Sendable, Equatable {
    /// The token that was to be foretold.
    public var token: Int32
    /// -ln p_f(token), nats.
    public var baseLoss: Float
    /// The loss of the side path, nats; nil without a plugin.
    public var sideLoss: Float?
    /// What the gate says of the position; nil without a gate.
    public var decision: GateDecision?

    /// Who would have spoken.
    public func path(_ mode: GenerationMode, threshold: Float) -> TokenPath {
        let settings = GenerationSettings(mode: mode, threshold: threshold)
        return sideLoss != nil && settings.asksSide(decision) ? .side : .base
    }

    /// The loss of the path that would have spoken, nats.
    public func loss(_ mode: GenerationMode, threshold: Float) -> Float {
        path(mode, threshold: threshold) == .side ? sideLoss ?? baseLoss : baseLoss
    }
}

/// Teacher forcing: the loss of given tokens on both paths, with the half-precision states that the device would get.
public struct PathScorer {
    private let base: BaseModel
    private let plugin: Plugin?
    private let price: Float
    private let cache: KVCache
    /// For a plugin inside the base's blocks: it reads each text a second time.
    private let blocks: (cache: KVCache, exchanges: BlockExchanges)?

    /// A scorer.
    /// - Parameters:
    ///   - price: nil for the plugin's own.
    ///   - window: the longest text that is read at once.
    public init(base: BaseModel, plugin: Plugin?, price: Float? = nil, window: Int) throws(EngineError) {
        self.base = base
        self.plugin = plugin
        self.price = price ?? plugin?.price ?? 0
        cache = try base.makeCache(capacity: max(2, window))
        if let plugin, let exchanges = try BlockExchanges(plugin, base: base) {
            blocks = (try base.makeCache(capacity: max(2, window)), exchanges)
        } else {
            blocks = nil
        }
    }

    /// The longest text that is read at once.
    public var window: Int { cache.capacity }

    /// Scores the token after each position.
    /// - Parameters:
    ///   - tokens: what is read, at most `window` and the last target.
    ///   - positions: indices of tokens whose successors are scored, ascending.
    ///   - subject: how likely the answer is the plugin's subject, where that was decided before it.
    public func score(
        _ tokens: [Int32], after positions: [Int], subject: Float? = nil
    ) throws(EngineError) -> [TokenScore] {
        guard let last = positions.last else { return [] }
        cache.reset()
        blocks?.cache.reset()
        var scores: [TokenScore] = []
        scores.reserveCapacity(positions.count)
        var start = 0
        var next = positions.startIndex
        while start <= last {
            let end = min(start + Self.piece, last + 1)
            let first = next
            while next < positions.endIndex, positions[next] < end { next += 1 }
            let wanted = positions[first..<next]
            let (text, rows) = (Array(tokens[start..<end]), BaseModel.Wanted.positions(wanted.map { $0 - start }))
            let states = try base.forward(
                text, cache: cache, taps: plugin?.side?.configuration.taps ?? [], wanted: rows)
            let adapted = try blocks.map { blocks throws(EngineError) in
                try base.forward(text, cache: blocks.cache, wanted: rows, exchanges: blocks.exchanges).finals
            }
            scores += score(states, adapted: adapted, targets: wanted.map { tokens[$0 + 1] }, subject: subject)
            start = end
        }
        return scores
    }

    /// Scores all of a text but its first token. A text longer than the window is read in windows, each of which knows
    /// nothing of those before.
    /// - Parameter progress: called with the tokens done.
    public func score(text tokens: [Int32], progress: (Int) -> Void = { _ in }) throws(EngineError) -> [TokenScore] {
        var scores: [TokenScore] = []
        var start = 0
        while start + 1 < tokens.count {
            let end = min(start + window, tokens.count)
            scores += try score(Array(tokens[start..<end]), after: Array(0..<end - start - 1))
            start = end - 1
            progress(end)
        }
        return scores
    }

    private func score(
        _ states: BaseModel.States, adapted: Matrix?, targets: [Int32], subject: Float?
    ) -> [TokenScore] {
        var scores: [TokenScore] = []
        for start in stride(from: 0, to: targets.count, by: Self.rows) {
            let range = start..<min(start + Self.rows, targets.count)
            scores += score(
                final: states.finals.rows(range), taps: states.taps.map { $0.rows(range) },
                adapted: adapted?.rows(range), targets: targets[range], subject: subject)
        }
        return scores
    }

    /// - Parameter adapted: the final states with a plugin inside the base's blocks.
    private func score(
        final: Matrix, taps: [Matrix], adapted: Matrix?, targets: ArraySlice<Int32>, subject: Float?
    ) -> [TokenScore] {
        let logits = base.head(final)
        let baseLosses = losses(logits, targets)
        guard let plugin, let side = plugin.side else {
            let pluginLosses = adapted.map { losses(base.head($0), targets) }
            return targets.enumerated().map { index, token in
                TokenScore(token: token, baseLoss: baseLosses[index], sideLoss: pluginLosses?[index], decision: nil)
            }
        }
        let normalised = VectorMath.rms(final)
        let decisions = plugin.gate.map { gate in
            gate.decide(GateInput(for: gate, final: final, taps: taps) { logits }, price: price, team: base.team)
                .map { $0.about(subject, price: price) }
        }
        var state = side.forward(taps.map { VectorMath.rms($0).halved }, team: base.team)
        if plugin.method.addsToBase { VectorMath.addScaled(&state.values, normalised.halved.values, factor: 1) }
        let sideLosses = losses(base.head(state), targets)
        return targets.enumerated().map { index, token in
            TokenScore(
                token: token, baseLoss: baseLosses[index], sideLoss: sideLosses[index], decision: decisions?[index])
        }
    }

    private func losses(_ logits: Matrix, _ targets: ArraySlice<Int32>) -> [Float] {
        FullVocabulary.losses(logits, targets, team: base.team)
    }

    /// Tokens that the base reads at once.
    private static let piece = 128
    /// Rows whose logits are in memory at once.
    private static let rows = 16
}

extension Matrix {
    /// Some rows.
    func rows(_ range: Range<Int>) -> Matrix {
        Matrix(
            rows: range.count, columns: columns,
            values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
    }

    /// Rounded to half precision, as the wire does.
    var halved: Matrix {
        Matrix(rows: rows, columns: columns, values: HalfVector.decode(HalfVector.encode(values)))
    }
}
