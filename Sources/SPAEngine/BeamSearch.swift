import Glibc

/// Beam search: the most probable texts of each length, and of those that ended the best. It knows nothing of models: it is told
/// what can follow each beam and says which beams to go on with.
///
/// The steps are those of HuggingFace's `generate`: of the continuations of all beams the `width` most probable that do not
/// end the turn go on; one that ends it is finished where it is itself among the `width` most probable of all.
package struct BeamSearch {
    /// One token of a beam, and how it was come by.
    package struct Token: Sendable, Equatable {
        package var id: Int32
        package var path: TokenPath
        package var decision: GateDecision?
    }

    /// What can follow a beam, most probable first, and who says so.
    package struct Continuations {
        package var path: TokenPath
        package var decision: GateDecision?
        package var candidates: [TokenLogProbability]

        /// Candidates and where they come from.
        package init(path: TokenPath, decision: GateDecision?, candidates: [TokenLogProbability]) {
            (self.path, self.decision, self.candidates) = (path, decision, candidates)
        }
    }

    /// A text that is being continued.
    package struct Beam {
        package var tokens: [Token] = []
        /// Σ log p.
        package var logProbability = 0.0
    }

    /// A text that has ended, by an end of turn that its tokens do not show or by the greatest length.
    package struct Finished {
        package var tokens: [Token]
        package var score: Double
        package var endedTurn: Bool
        /// The beam that it was, in the order before the last step, where an end of turn ended it.
        package var parent: Int
    }

    package let options: BeamOptions
    private let ends: Set<Int32>
    private let greatestLength: Int
    /// The beams to go on with, most probable first; a single empty one at first.
    package private(set) var beams = [Beam()]
    /// Best first, at most `width`.
    package private(set) var finished: [Finished] = []
    package private(set) var isOver: Bool
    private var length = 0
    private var certain = 0

    /// A search that has not begun.
    /// - Parameters:
    ///   - ends: the tokens that end a turn.
    ///   - greatestLength: the tokens that a text may have.
    package init(_ options: BeamOptions, ends: Set<Int32>, greatestLength: Int) {
        self.options = options
        self.ends = ends
        self.greatestLength = greatestLength
        isOver = greatestLength <= 0
    }

    private var width: Int { max(1, options.width) }

    /// How many candidates a step needs of each beam.
    package var candidateCount: Int { width + ends.count }

    /// Continues every beam by one token, or ends it.
    /// - Parameter continuations: one for each of `beams`, with `candidateCount` candidates or all that there are.
    /// - Returns: which of the beams before each of the beams now continues.
    package mutating func step(_ continuations: [Continuations]) -> [Int] {
        length += 1
        var all: [(beam: Int, candidate: TokenLogProbability, sum: Double)] = []
        for (index, continuation) in continuations.enumerated() {
            all += continuation.candidates.map {
                (index, $0, beams[index].logProbability + Double($0.logProbability))
            }
        }
        // A stable sort: of equals the better beam's first, and in a beam's own order.
        all = all.enumerated().sorted { ($1.element.sum, $0.offset) < ($0.element.sum, $1.offset) }.map(\.element)
        var (next, parents): ([Beam], [Int]) = ([], [])
        for (rank, entry) in all.enumerated() {
            if next.count == width && rank >= width { break }
            let parent = beams[entry.beam]
            if ends.contains(entry.candidate.id) {
                if rank < width { finish(parent.tokens, entry.sum, endedTurn: true, parent: entry.beam) }
            } else if next.count < width {
                let source = continuations[entry.beam]
                let token = Token(id: entry.candidate.id, path: source.path, decision: source.decision)
                next.append(Beam(tokens: parent.tokens + [token], logProbability: entry.sum))
                parents.append(entry.beam)
            }
        }
        beams = next
        if length >= greatestLength {
            for (index, beam) in beams.enumerated() {
                finish(beam.tokens, beam.logProbability, endedTurn: false, parent: parents[index])
            }
        }
        isOver = length >= greatestLength || beams.isEmpty || nothingBetterIsExpected
        return parents
    }

    private mutating func finish(_ tokens: [Token], _ sum: Double, endedTurn: Bool, parent: Int) {
        let text = Finished(tokens: tokens, score: score(sum, length: length), endedTurn: endedTurn, parent: parent)
        let place = finished.firstIndex { $0.score < text.score } ?? finished.count
        finished.insert(text, at: place)
        if finished.count > width { finished.removeLast() }
    }

    private func score(_ sum: Double, length: Int) -> Double {
        sum / pow(Double(length), Double(options.lengthPenalty))
    }

    private var nothingBetterIsExpected: Bool {
        guard let best = finished.first, let last = finished.last, let leader = beams.first else { return false }
        switch options.stop {
        case .first: return finished.count == width
        case .likely: return finished.count == width && score(leader.logProbability, length: length) <= last.score
        case .certain:
            // No text gains probability by going on: what it can gain is a divisor, at one end of the lengths to come.
            let length = options.lengthPenalty > 0 ? greatestLength : length + 1
            return score(leader.logProbability, length: length) <= best.score
        }
    }

    /// Ends the search where it is.
    package mutating func end() { isOver = true }

    /// The best text: of the finished ones, or where there is none yet of the beams.
    package var best: (tokens: [Token], endedTurn: Bool) {
        if let best = finished.first { return (best.tokens, best.endedTurn) }
        return (beams.first?.tokens ?? [], false)
    }

    /// The tokens from the `count`-th on that every text begins with that can still become the answer.
    package mutating func newlyCertain() -> ArraySlice<Token> {
        guard !isOver else {
            let tokens = best.tokens
            defer { certain = max(certain, tokens.count) }
            return tokens[min(certain, tokens.count)...]
        }
        var common = finished.first?.tokens[...] ?? beams.first?.tokens[...] ?? []
        for beam in beams {
            let equal = zip(common, beam.tokens).dropFirst(certain).prefix { $0.id == $1.id }.count
            common = common.prefix(certain + equal)
        }
        defer { certain = common.count }
        return common[min(certain, common.count)...]
    }
}
