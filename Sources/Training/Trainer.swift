import Compute
import SPAEngine
import Tokenizer

/// Trains a plugin on a person's rows: features once, then the side, then the gate on cross-fitted effects.
public struct Trainer: Sendable {
    private let base: BaseModel
    private let encoder: RowEncoder
    private let tokenizer: Tokenizer
    private let template: ChatTemplate
    private let options: TrainingOptions
    private let configuration: SideConfiguration
    private let questions: [String]

    /// A trainer for one base.
    /// - Parameter questions: the anchor questions; the built-in ones unless given.
    public init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, options: TrainingOptions,
        questions: [String] = AnchorQuestions.all
    ) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        self.options = options
        self.questions = questions
        encoder = RowEncoder(tokenizer: tokenizer, template: template, longest: options.longestRow)
        let standard = SideConfiguration.standard(for: base.configuration)
        configuration = SideConfiguration(
            taps: options.configuration.taps ?? standard.taps, width: options.configuration.width ?? standard.width,
            baseWidth: standard.baseWidth)
    }

    /// Trains a plugin.
    /// - Parameters:
    ///   - heldOut: rows to measure on; nil holds a share of `rows` out.
    ///   - progress: called often; returning false ends the training as soon as there is a usable plugin.
    public func train(
        _ rows: [TrainingRow], heldOut: [TrainingRow]?, progress: (TrainingProgress) -> Bool
    ) throws -> TrainingReport {
        let split = heldOut.map { (learned: rows, heldOut: $0) } ?? Split.holdOut(rows, share: options.heldOutShare)
        let (learnedRows, learned, cut) = encode(split.learned)
        let (heldOutRows, heldOutEncoded, _) = encode(split.heldOut)
        guard !learned.isEmpty else { throw TrainingError.noRows(paths: ["the training data"]) }

        let anchors = try Anchors.make(
            questions: questions, base: base, tokenizer: tokenizer, template: template, folder: options.anchorsFolder
        ) { progress(TrainingProgress(phase: .anchors, fraction: Double($0) / Double(max(1, questions.count)))) }
        // Every sixth anchor is kept to measure the usage on general chat.
        let anchorRows = anchors.anchors.map(\.encoded)
        let total = learned.count + heldOutEncoded.count + anchorRows.count
        var read = 0
        func features(_ rows: [EncodedRow]) throws -> Features {
            let features = try Features(rows, base: base, taps: configuration.taps) { done, _ in
                progress(TrainingProgress(phase: .features, fraction: Double(read + done) / Double(total)))
            }
            read += rows.count
            return features
        }
        let data = try features(learned)
        let heldOutData = try features(heldOutEncoded)
        let anchorData = try features(anchorRows.enumerated().filter { $0.offset % 6 != 5 }.map(\.element))
        let general = try features(anchorRows.enumerated().filter { $0.offset % 6 == 5 }.map(\.element))

        let subset = try VocabularySubset(data.vocabulary + anchorData.vocabulary, base: base)
        let job = Job(
            trainer: self, data: data, heldOut: heldOutData, anchors: anchorData, general: general,
            anchorGoals: AnchorGoals(anchorData.allFinals, subset: subset, team: base.team),
            loss: SideLoss(subset: subset),
            folds: Split.folds(learnedRows, count: options.folds), key: key(learnedRows, heldOutRows))
        return try job.run(rows: learnedRows.count, heldOutRows: heldOutRows.count, cut: cut, progress)
    }

    private func encode(_ rows: [TrainingRow]) -> (rows: [TrainingRow], encoded: [EncodedRow], cut: Int) {
        var (kept, encoded, cut): ([TrainingRow], [EncodedRow], Int) = ([], [], 0)
        for row in rows {
            let result = encoder.encode(row)
            if result.cut { cut += 1 }
            guard let tokens = result.row else { continue }
            kept.append(row)
            encoded.append(tokens)
        }
        return (kept, encoded, cut)
    }

    /// What a checkpoint depends on.
    private func key(_ rows: [TrainingRow], _ heldOut: [TrainingRow]) -> String {
        let parts =
            [
                base.fingerprint, "\(options.side)", "\(options.seed)", "\(options.folds)", "\(configuration)",
                questions.joined(),
            ]
            + rows.map { "\($0.hash)" } + ["held out"] + heldOut.map { "\($0.hash)" }
        return "\(stableHash(parts.joined(separator: "\n")))"
    }

    /// One training with its features at hand.
    private struct Job {
        let trainer: Trainer
        let data: Features
        let heldOut: Features
        let anchors: Features
        let general: Features
        let anchorGoals: AnchorGoals
        let loss: SideLoss
        /// The fold of each row.
        let folds: [Int]
        let key: String

        var options: TrainingOptions { trainer.options }
        var base: BaseModel { trainer.base }

        func run(
            rows: Int, heldOutRows: Int, cut: Int, _ progress: (TrainingProgress) -> Bool
        ) throws -> TrainingReport {
            var checkpoint = Checkpoint()
            if let path = options.checkpoint {
                checkpoint = try Checkpoint.read(path, key: key, configuration: trainer.configuration)
            }
            let allRows = Array(data.rows.indices)
            var stages = [sideTrainer(allRows, anchors, heldOut, stream: 0)]
            for fold in 0..<options.folds {
                // Learns all but one fold of rows and anchors, to score that one.
                let others = anchors.rows(where: { $0 % options.folds != fold })
                stages.append(
                    sideTrainer(allRows.filter { folds[$0] != fold }, others, nil, stream: UInt64(fold) + 1))
            }
            var meter = Meter(left: stages.reduce(0) { $0 + $1.positionsPerEpoch * options.side.epochs })
            var stopped = false
            for (stage, trainer) in stages.enumerated() where !stopped {
                // A side that scores a fold learns as long as the one that it stands for.
                let epochs = stage == 0 ? options.side.epochs : checkpoint.stages[0]?.bestEpoch ?? options.side.epochs
                stopped = try !train(trainer, stage, epochs: epochs, &checkpoint, &meter, progress)
            }
            guard let main = checkpoint.stages[0], main.optimiser.step > 0 else { throw TrainingError.cancelled }

            // As its file will hold it, so that the gate is trained for, and measured with, what is loaded.
            var side = main.best
            side.update { values, isMatrix in
                if isMatrix { values = HalfVector.decode(HalfVector.encode(values)) }
            }
            let heldOutLosses = FullVocabulary.sideLosses(side, heldOut, base: base)
            let tau = self.effects(side, checkpoint, heldOutLosses: heldOutLosses, crossFitted: !stopped)
            let finals = data.allFinals.above(anchors.allFinals)
            let gateTrainer = GateTrainer(recipe: options.gate, seed: options.seed, team: base.team)
            let gate = gateTrainer.train(finals, tau: tau, dataCount: data.count) { fraction in
                _ = progress(TrainingProgress(phase: .gate, fraction: fraction))
                return true
            }
            _ = progress(TrainingProgress(phase: .evaluate, fraction: 0))
            var plugin = Plugin(
                side: side, gate: gate, price: options.price, baseName: base.name, baseFingerprint: base.fingerprint,
                facts: TrainingFacts())
            plugin.facts = facts(
                plugin, main, rows: rows, heldOutRows: heldOutRows, heldOutLosses: heldOutLosses)
            return TrainingReport(
                plugin: plugin, epochs: main.epochs.map { ($0.loss, $0.heldOutLoss) }, cutRows: cut, stopped: stopped)
        }

        private func sideTrainer(
            _ rows: [Int], _ anchors: Features, _ heldOut: Features?, stream: UInt64
        ) -> SideTrainer {
            SideTrainer(
                base: base, features: data, anchors: anchors, anchorGoals: anchorGoals, loss: loss,
                recipe: options.side, seed: options.seed, stream: stream, rows: rows, heldOut: heldOut,
                price: options.price)
        }

        /// - Returns: false where the caller asked to stop.
        private func train(
            _ trainer: SideTrainer, _ stage: Int, epochs: Int, _ checkpoint: inout Checkpoint, _ meter: inout Meter,
            _ progress: (TrainingProgress) -> Bool
        ) throws -> Bool {
            var state =
                checkpoint.stages[stage]
                ?? SideTrainer.Progress(SideNetwork(self.trainer.configuration, seed: options.seed))
            meter.skip(trainer.positionsPerEpoch * (state.epochs.count + options.side.epochs - epochs))
            while state.epochs.count < epochs {
                var stand = TrainingProgress(
                    phase: stage == 0 ? .side : .crossFit(fold: stage, of: options.folds), fraction: 0)
                stand.epoch = state.epochs.count + 1
                stand.epochs = epochs
                let last = state.epochs.last
                stand.heldOutLoss = last.flatMap { $0.heldOutLoss.isNaN ? nil : $0.heldOutLoss }
                stand.usagePercent = last.flatMap { $0.worthShare.isNaN ? nil : $0.worthShare * 100 }
                var (steps, lossSum): (Int, Float) = (0, 0)
                let done = try trainer.epoch(&state) { positions, loss in
                    steps += 1
                    lossSum += loss
                    meter.count(positions)
                    stand.loss = lossSum / Float(steps)
                    let share = Double(steps) / Double(max(1, trainer.stepsPerEpoch))
                    stand.fraction = (Double(stand.epoch - 1) + share) / Double(epochs)
                    stand.tokensPerSecond = meter.rate
                    stand.secondsLeft = meter.secondsLeft
                    return progress(stand)
                }
                // Steps of an epoch that was not finished are used for the plugin, but never written.
                if done || stage == 0 { checkpoint.stages[stage] = state }
                guard done else { return false }
                if let path = options.checkpoint { try checkpoint.write(path, key: key) }
            }
            return true
        }

        /// tau in nats: loss_f - loss_I on data and -KL(p_f ‖ p_I) on anchors, cross-fitted: each fold is scored by a side that
        /// did not learn it.
        ///
        /// Those sides know fewer rows than the one they stand for. Where held-out rows tell how much better that one does,
        /// its own scores are mixed in on data: in that share which makes the mean loss equal the held-out one.
        private func effects(
            _ side: SideNetwork, _ checkpoint: Checkpoint, heldOutLosses: [Float], crossFitted: Bool
        ) -> [Float] {
            let fitted = (1...options.folds).compactMap { checkpoint.stages[$0]?.side }
            let isFitted = crossFitted && fitted.count == options.folds
            let sides = isFitted ? fitted : [side]
            // Each side scores the rows of its own fold.
            func scored(
                _ features: Features, _ fold: (Int) -> Int, _ score: (SideNetwork, [Int]) -> [Float]
            ) -> [Float] {
                var result = [Float](repeating: 0, count: features.count)
                for (number, side) in sides.enumerated() {
                    let own = features.rows.enumerated().filter { fold($0.offset) % sides.count == number }
                    let positions = own.flatMap(\.element)
                    for (position, value) in zip(positions, score(side, positions)) { result[position] = value }
                }
                return result
            }
            var sideLosses = scored(data, { folds[$0] }) { FullVocabulary.sideLosses($0, data, at: $1, base: base) }
            if isFitted, heldOut.count > 0 {
                let own = FullVocabulary.sideLosses(side, data, base: base)
                let share = Self.share(between: own.mean, and: sideLosses.mean, at: heldOutLosses.mean)
                sideLosses = zip(own, sideLosses).map { $0 + share * ($1 - $0) }
            }
            let divergences = scored(anchors, { $0 % options.folds }) {
                FullVocabulary.divergences($0, anchors, at: $1, base: base)
            }
            return zip(data.baseLoss, sideLosses).map(-) + divergences.map { -$0 }
        }

        /// How far `value` lies from `low` to `high`, 0 to 1; 1 where they do not differ.
        private static func share(between low: Float, and high: Float, at value: Float) -> Float {
            high - low > 1e-3 ? min(max((value - low) / (high - low), 0), 1) : 1
        }

        private func facts(
            _ plugin: Plugin, _ main: SideTrainer.Progress, rows: Int, heldOutRows: Int, heldOutLosses: [Float]
        ) -> TrainingFacts {
            var facts = TrainingFacts()
            facts.subject = options.subject
            facts.rows = rows
            facts.heldOutRows = heldOutRows
            facts.tokens = data.count
            facts.anchors = anchors.rows.count
            facts.epochs = main.epochs.count
            facts.bestEpoch = main.bestEpoch
            facts.seed = options.seed
            facts.date = options.date
            func measure(_ features: Features, _ losses: [Float]? = nil) -> PathEvaluation {
                let losses = losses ?? plugin.side.map { FullVocabulary.sideLosses($0, features, base: base) } ?? []
                return PathEvaluation(plugin, features, sideLosses: losses, team: base.team)
            }
            let measured = heldOut.count > 0 ? measure(heldOut, heldOutLosses) : nil
            facts.heldOutLoss = measured?.losses ?? PathLosses()
            facts.usagePercent = ((measured ?? measure(data)).usagePercent, measure(general).usagePercent)
            return facts
        }
    }
}

/// Losses by path and usage of a plugin at given positions, teacher-forced, at its default price and the threshold 0.5.
private struct PathEvaluation {
    /// Mean losses, nats a token.
    let losses: PathLosses
    /// Positions on which the gate takes the side, in percent.
    let usagePercent: Float

    /// - Parameter sideLosses: the side path's loss at every position.
    init(_ plugin: Plugin, _ features: Features, sideLosses: [Float], team: ThreadTeam) {
        let decisions = plugin.gate?.decide(features.allFinals, price: plugin.price, team: team)
        let takesSide = sideLosses.indices.map { position in decisions.map { $0[position].probability > 0.5 } ?? true }
        let gated = sideLosses.indices.map { takesSide[$0] ? sideLosses[$0] : features.baseLoss[$0] }
        losses = PathLosses(base: features.baseLoss.mean, side: sideLosses.mean, gated: gated.mean)
        usagePercent = 100 * Float(takesSide.count { $0 }) / Float(max(1, takesSide.count))
    }
}

extension [Float] {
    fileprivate var mean: Float { isEmpty ? 0 : reduce(0, +) / Float(count) }
}

extension Features {
    /// The rows whose index is chosen, sharing this object's storage.
    func rows(where isChosen: (Int) -> Bool) -> Features {
        Features(self, rows: rows.indices.filter(isChosen).map { rows[$0] })
    }
}

/// Reckons the time left from the positions computed so far.
private struct Meter {
    private var left: Int
    private var done = 0
    private let clock = Clock()

    init(left: Int) { self.left = left }

    mutating func count(_ positions: Int) {
        done += positions
        left -= positions
    }

    /// Takes work off that need not be done.
    mutating func skip(_ positions: Int) { left -= positions }

    var rate: Double? { done == 0 ? nil : Double(done) / max(clock.seconds, 1e-3) }
    var secondsLeft: Double? { rate.map { Double(max(0, left)) / $0 } }
}

/// Monotonic time since it was made.
private struct Clock {
    private let start = ContinuousClock.now

    var seconds: Double {
        let parts = (ContinuousClock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}
