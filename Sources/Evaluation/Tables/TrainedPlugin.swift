import FoundationEssentials
import SPAEngine
import Tokenizer
import Training

/// A plugin and what its training showed.
struct TrainedPlugin: Sendable {
    let plugin: Plugin
    let facts: Facts
    /// What it depends on.
    let identity: String

    /// As it speaks at its own price.
    var speaker: Speaker { Speaker(plugin: plugin, identity: identity) }

    struct Facts: Codable, Sendable, Equatable {
        /// Rows learned.
        var rows: Int
        /// By epoch: mean loss while training, and on the validation rows.
        var losses: [Float]
        var validationLosses: [Float]
        /// Seconds that the training took, of this run alone where it was taken up again.
        var seconds: Double
    }
}

/// Trains plugins for the tables, or finds them trained.
struct PluginMaking: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let cache: ResultCache
    let anchorsFolder: String?
    let questions: [String]
    let memo: FeatureMemo

    /// What is trained.
    struct Order: Sendable {
        var method: Method { options.method }
        var options: TrainingOptions
        var rows: [TrainingRow]
        var validation: [TrainingRow]

        /// What the training depends on of its options. A side network without a gate does not depend on how gates are
        /// trained; methods inside the blocks take their size from it.
        fileprivate var optionsInWords: String {
            Mirror(reflecting: options).children
                .compactMap { child in child.label.map { ($0, child.value) } }
                .filter { label, _ in label != "gate" || method.hasGate || !method.usesSideNetwork }
                .map { label, value in "\(label): \(String(reflecting: value))" }
                .joined(separator: ", ")
        }
    }

    /// What a plugin depends on.
    func key(_ order: Order) -> ResultCache.Key {
        ResultCache.Key(
            "plugin",
            [
                base.fingerprint, order.method.rawValue, order.optionsInWords, order.rows.contentHash,
                order.validation.contentHash, "\(stableHash(questions.joined(separator: "\n")))",
            ] + (order.method.hasGate ? [GateCalibration.summary] : []))
    }

    /// The plugin, where it has been trained.
    func kept(_ order: Order) -> TrainedPlugin? {
        let key = key(order)
        guard let facts = cache.read(key, as: TrainedPlugin.Facts.self),
            let plugin = try? Plugin.load(path: cache.path(key, "gguf"), for: base)
        else { return nil }
        return TrainedPlugin(plugin: plugin, facts: facts, identity: key.text)
    }

    /// The plugin, trained now where it has not been.
    func make(_ order: Order, progress: (TrainingProgress) -> Bool) throws -> TrainedPlugin {
        if let kept = kept(order) { return kept }
        let key = key(order)
        do {
            try FileManager.default.createDirectory(atPath: cache.folder, withIntermediateDirectories: true)
        } catch {
            throw EvaluationError.cannotWrite(path: cache.folder, reason: "\(error)")
        }
        var options = order.options
        options.anchorsFolder = anchorsFolder
        options.checkpoint = cache.path(key, "checkpoint")
        var trainer = Trainer(
            base: base, tokenizer: tokenizer, template: template, options: options, questions: questions)
        trainer.memo = memo
        let clock = ContinuousClock()
        let start = clock.now
        let report = try trainer.train(order.rows, heldOut: order.validation, progress: progress)
        guard !report.stopped else { throw EvaluationError.stopped }
        try report.plugin.save(to: cache.path(key, "gguf"))
        let facts = TrainedPlugin.Facts(
            rows: order.rows.count, losses: report.epochs.map(\.loss),
            validationLosses: report.epochs.map(\.heldOutLoss), seconds: (clock.now - start) / .seconds(1))
        try cache.write(facts, key)
        if let checkpoint = options.checkpoint { try? FileManager.default.removeItem(atPath: checkpoint) }
        return TrainedPlugin(plugin: report.plugin, facts: facts, identity: key.text)
    }
}
