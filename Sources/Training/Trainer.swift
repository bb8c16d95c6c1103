import Compute
import SPAEngine
import Tokenizer

/// Trains a plugin of any method on a person's rows.
public struct Trainer: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let options: TrainingOptions
    let configuration: SideConfiguration
    let questions: [String]
    /// Shares what the base says of rows with other trainings; nil reads anew.
    package var memo: FeatureMemo?
    private let encoder: RowEncoder

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

    /// Trains a plugin of `options.method`.
    /// - Parameters:
    ///   - heldOut: rows to measure on; nil holds a share of `rows` out.
    ///   - progress: called often; returning false ends the training as soon as there is a usable plugin.
    public func train(
        _ rows: [TrainingRow], heldOut: [TrainingRow]?, progress: (TrainingProgress) -> Bool
    ) throws -> TrainingReport {
        var course = TrainingCourse(method: options.method, learnsFacts: false)
        func told(_ stand: TrainingProgress) -> Bool {
            var stand = stand
            stand.place = course.place(stand.phase, fraction: stand.fraction)
            return progress(stand)
        }
        let material: Material
        if options.learnsFacts, options.method == .spa, FactRows.are(rows) {
            course = TrainingCourse(method: options.method, learnsFacts: true)
            material = try facts(rows, heldOut: heldOut ?? [], told)
        } else {
            var split =
                heldOut.map { (learned: rows, heldOut: $0) } ?? Split.holdOut(rows, share: options.heldOutShare)
            if options.phrasings == true {
                split.learned = Phrasings.rows(split.learned, count: Phrasings.count(rows: split.learned.count))
            }
            material = Material(learned: encode(split.learned), heldOut: encode(split.heldOut))
        }
        guard !material.learned.encoded.isEmpty else {
            if material.learned.dropped > 0 {
                throw TrainingError.rowsTooLong(count: material.learned.dropped, longest: options.longestRow)
            }
            throw TrainingError.noRows(paths: ["the training data"])
        }
        let report = try train(material, told)
        if !report.stopped { _ = told(TrainingProgress(phase: .evaluate, fraction: 1)) }
        return report
    }

    /// Facts: all of them are learned, whatever is held out, and held-out questions are measured as a chat reads them.
    private func facts(
        _ rows: [TrainingRow], heldOut: [TrainingRow], _ progress: (TrainingProgress) -> Bool
    ) throws -> Material {
        let taught = FactRows.alone(rows)
        let gate = try QuestionGateTrainer(
            reader: reader, facts: FactRows.facts(taught), everyday: questions, seed: options.seed, team: base.team
        ).train { progress(TrainingProgress(phase: .questions, fraction: $0)) }
        let planner = AnswerPlanner(reader: reader, gate: gate)
        var read: [TrainingRow] = []
        var unrecognised: [String] = []
        for row in FactRows.alone(heldOut) {
            guard case .conversation(let messages) = row.content, let answer = messages.last else { continue }
            let plan = try planner.plan(Array(messages.dropLast()))
            if plan.subject ?? 0 > 0.5 {
                read.append(TrainingRow(content: .conversation(plan.messages + [answer]), source: row.source))
            } else {
                unrecognised.append(row.lastQuestion ?? "")
            }
        }
        let contexts = options.phrasings == false ? 1 : FactRows.contexts(facts: gate.facts.count)
        return Material(
            learned: encode(FactRows.learned(taught, contexts: contexts), asFacts: true),
            heldOut: encode(read, asFacts: true), taught: taught, questionGate: gate, planner: planner,
            unrecognised: unrecognised)
    }

    private func train(_ material: Material, _ progress: (TrainingProgress) -> Bool) throws -> TrainingReport {
        if let method = SideMethod.named(options.method) {
            return try SideTraining(trainer: self, method: method, material: material, progress).run(progress)
        }
        if options.method == .lora { return try train(LowRankAdaptation.self, material, progress) }
        return try train(SerialAdapter.self, material, progress)
    }

    private func train<Part: BlockMethod>(
        _ part: Part.Type, _ material: Material, _ progress: (TrainingProgress) -> Bool
    ) throws -> TrainingReport {
        try BlockTraining<Part>(trainer: self, material: material, progress).run(progress)
    }

    /// Rows as they are trained on.
    struct Rows {
        var rows: [TrainingRow] = []
        var encoded: [EncodedRow] = []
        /// How many were too long, and learned as far as they go.
        var cut = 0
        /// How many were so long that nothing of their answers is left.
        var dropped = 0
    }

    /// What a training learns and what it measures on.
    struct Material {
        let learned: Rows
        let heldOut: Rows
        /// Facts in the person's own words; none where the rows are no facts.
        var taught: [TrainingRow] = []
        /// Decides which questions ask for them, and what is read of these.
        var questionGate: QuestionGate?
        var planner: AnswerPlanner?
        /// Held-out questions that it does not admit.
        var unrecognised: [String] = []

        /// Whether a row is one in the person's own words.
        func isOriginal(_ row: TrainingRow) -> Bool { taught.isEmpty || taught.contains { $0.hash == row.hash } }
    }

    func learnsFacts(_ material: Material) -> Bool { !material.taught.isEmpty }

    private var reader: QuestionReader { QuestionReader(base: base, tokenizer: tokenizer, template: template) }

    /// The share of questions that a question gate admits.
    func admittedShare(_ planner: AnswerPlanner, of questions: [String]) throws -> Float {
        Float(try questions.count { try planner.subject(of: $0) > 0.5 }) / Float(max(1, questions.count))
    }

    /// - Parameter asFacts: the turn that a question refers back to is read and not learned.
    private func encode(_ rows: [TrainingRow], asFacts: Bool = false) -> Rows {
        var result = Rows()
        for row in rows {
            let (tokens, cut) = encoder.encode(row, lastAnswerAlone: asFacts)
            guard let tokens else {
                if cut { result.dropped += 1 }
                continue
            }
            if cut { result.cut += 1 }
            result.rows.append(row)
            result.encoded.append(tokens)
        }
        return result
    }

    /// What a checkpoint depends on.
    func key(_ material: Material) -> String {
        let parts =
            [
                base.fingerprint, options.method.rawValue, "\(options.recipe)", "\(options.seed)", "\(options.folds)",
                "\(options.longestRow)", "\(options.price)", "\(learnsFacts(material))",
                "\(configuration)", "\(trainedCount)", questions.joined(),
            ]
            + material.learned.rows.map { "\($0.hash)" } + ["held out"] + material.heldOut.rows.map { "\($0.hash)" }
        return "\(stableHash(parts.joined(separator: "\n")))"
    }

    /// What the trained parameters of a method inside the blocks come near to: midway between a side network without a gate
    /// (LST, integration) and one with its gate (SPA, separation), so that all lie within a tenth of each other.
    var trainedCount: Int {
        configuration.parameterCount
            + options.gate.parameterCount(baseWidth: configuration.baseWidth, taps: configuration.taps.count) / 2
    }

    /// What every training knows of itself when it ends.
    func facts<Part>(_ material: Material, tokens: Int, anchors: Int, _ main: PartProgress<Part>) -> TrainingFacts {
        var facts = TrainingFacts()
        facts.subject = options.subject
        facts.rows = material.learned.rows.count
        facts.heldOutRows = material.heldOut.rows.count
        facts.tokens = tokens
        facts.anchors = anchors
        facts.epochs = main.epochs.count
        facts.bestEpoch = main.bestEpoch
        facts.seed = options.seed
        facts.date = options.date
        return facts
    }
}

extension TrainedParameters {
    /// As a plugin's file will hold it, so that what is measured is what is loaded.
    var halved: Self {
        var result = self
        result.update { values, isMatrix in
            if isMatrix { values = HalfVector.decode(HalfVector.encode(values)) }
        }
        return result
    }
}

extension [Float] {
    /// 0 of nothing.
    var mean: Float { isEmpty ? 0 : reduce(0, +) / Float(count) }
}
