import Compute
import SPAEngine
import Tokenizer
import Training

/// ROUGE-L against usage: rows answered anew, token by token, while a gate, a simple rule on the base alone or chance lets the
/// side speak more and more. What curves of loss cannot show: an answer goes on from what was really said.
package struct RougeOverUsage: Sendable {
    /// One way to choose who speaks.
    package struct Curve: Sendable, Equatable {
        package let name: String
        /// Usage and ROUGE-L (F1, no stemming), both in percent, from the base alone to the side alone.
        package let points: [SIMD2<Double>]
    }

    /// A gate with the scores by which it admits held-out tokens.
    package struct Candidate {
        let name: String
        let gate: Gate
        /// What a price is compared with, or a threshold where the gate has no effect.
        let scores: [Float]

        /// A gate by its name.
        package init(name: String, gate: Gate, scores: [Float]) {
            self.name = name
            self.gate = gate
            self.scores = scores
        }
    }

    private let answering: Answering
    private let plugin: Plugin
    /// What is answered.
    package let rows: [TrainingRow]
    private let maximumTokens: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - plugin: the side; its gate is replaced by the candidates'.
    ///   - rows: those whose prompts leave room for an answer are answered.
    package init(answering: Answering, plugin: Plugin, rows: [TrainingRow], maximumTokens: Int, seed: UInt64) {
        self.answering = answering
        self.plugin = plugin
        self.rows = rows.filter { answering.takes($0, maximumTokens: maximumTokens) }
        self.maximumTokens = maximumTokens
        self.seed = seed
    }

    /// The shares of held-out tokens that gates are set to admit; what they then admit of their own answers is measured.
    package static let shares = [0.15, 0.3, 0.45, 0.6, 0.8]
    package static let chance = "random"

    /// - Parameter tick: called after each row with how many there are to come; false ends by `stopped`.
    package func curves(_ candidates: [Candidate], tick: (_ left: Int) -> Bool) throws -> [Curve] {
        var side = Speaker(plugin: plugin, identity: "")
        side.setting.threshold = -1
        let chance = Self.shares.map { share in
            var speaker = Speaker(plugin: plugin, identity: "", lots: seed)
            speaker.setting.threshold = Float(1 - share)
            return speaker
        }
        let speakers = [.base, side] + candidates.flatMap(speakers) + chance
        let answers = try answering.answers(speakers, rows: rows, maximumTokens: maximumTokens, tick: tick)
        let points = answers.map { answers in
            let mean = MeanScore(answers.map(\.score))
            return SIMD2(mean.usagePercent, mean.rougeL)
        }
        return (candidates.map(\.name) + [Self.chance]).enumerated().map { index, name in
            let start = 2 + index * Self.shares.count
            return Curve(
                name: name,
                points: ([points[0], points[1]] + points[start..<start + Self.shares.count]).sorted { $0.x < $1.x })
        }
    }

    /// A candidate set to each of the shares.
    private func speakers(_ candidate: Candidate) -> [Speaker] {
        var plugin = plugin
        plugin.gate = candidate.gate
        let speaker = Speaker(plugin: plugin, identity: "")
        let scores = candidate.scores.sorted(by: >)
        return Self.shares.map { share in
            guard !scores.isEmpty else { return speaker }
            let score = scores[min(scores.count - 1, Int(share * Double(scores.count)))]
            var speaker = speaker
            speaker.setting =
                candidate.gate.kind == .effect ? GateSetting(price: score) : GateSetting(threshold: score)
            return speaker
        }
    }
}

extension Gate {
    /// A rule on how sure the base is as a gate: the side speaks where `sign` times a column of `GateInput.confidence` is
    /// greater than the price.
    package static func rule(column: Int, sign: Float, baseWidth: Int) -> Gate {
        var always = LinearGate(baseWidth: baseWidth)
        always.bias = [-30, 30]
        // silu(z) is z where z is large: the shift keeps it there, and is taken away again.
        let shift: Float = 40
        var score = GateNetwork(sources: [.confidence], inputWidth: 4, hiddenWidth: 1)
        score.hidden[0, column] = sign
        score.hiddenBias = [shift]
        score.output[0, 0] = 1
        score.outputBias = -shift
        return Gate(linear: always, effect: score)
    }
}
