import SPAEngine
import Training

/// What plugins do to everyday questions that no training saw, on the answers that the base itself gives.
extension TablesRun {
    /// A mean over tokens.
    struct GeneralScore: Codable, Sendable, Equatable {
        var usagePercent = 0.0
        var loss = 0.0
        var baseLoss = 0.0
    }

    /// The systems of a data set that are measured.
    func generalSystems(_ data: DividedData) -> [ComparedSystem] {
        let methods = methods(data.dataSet)
        return ComparedSystem.allCases.filter { $0.method.map(methods.contains) ?? false }
    }

    func speaksInGeneralChat(_ system: ComparedSystem, _ data: DividedData) -> Bool {
        options.parts.contains(.general) && !generalQuestions.isEmpty && generalSystems(data).contains(system)
    }

    var generalQuestions: [String] { Array(options.generalQuestions.prefix(options.scale.generalQuestions)) }

    func generalSteps(_ data: DividedData) -> [Step] {
        guard options.parts.contains(.general), !generalQuestions.isEmpty else { return [] }
        return seeds.prefix(1).flatMap { seed in
            generalSystems(data).map { system in
                Step(
                    title: "\(data.dataSet.title): general chat of \(system.title)",
                    seconds: Double(generalQuestions.count) * 0.1,
                    isKept: { keptGeneral(system, data, seed: seed) != nil },
                    work: { report in
                        if keptGeneral(system, data, seed: seed) != nil { return }
                        let speaker = try speaker(system, data, seed: seed)
                        try engine.cache.write(try score(speaker, report), generalKey(speaker))
                    })
            }
        }
    }

    func keptGeneral(_ system: ComparedSystem, _ data: DividedData, seed: UInt64) -> GeneralScore? {
        keptSpeaker(system, data, seed: seed).flatMap { engine.cache.read(generalKey($0)) }
    }

    private func generalKey(_ speaker: Speaker) -> ResultCache.Key {
        ResultCache.Key("general", [speaker.identity, "\(speaker.setting)"] + generalQuestions)
    }

    private func score(_ speaker: Speaker, _ report: (Double, String) -> Bool) throws -> GeneralScore {
        let questions = generalQuestions
        // A folder of its own: the anchors of training are other questions.
        let answers = try Anchors.make(
            questions: questions, base: engine.base, tokenizer: engine.tokenizer, template: engine.template,
            folder: engine.cache.folder + "/general-\(stableHash(questions.joined(separator: "\n")))"
        ) { report(0, "the base's own answer \($0 + 1)") }
        let scorer = try PathScorer(
            base: engine.base, plugin: speaker.plugin, price: speaker.setting.price,
            window: engine.answers.answering.contextLength)
        var scores: [TokenScore] = []
        for (index, answer) in answers.anchors.enumerated() {
            scores += try scorer.score(
                answer.prompt + answer.answer, after: answer.answer.indices.map { answer.prompt.count + $0 - 1 })
            guard report(Double(index + 1) / Double(questions.count), "") else { throw EvaluationError.stopped }
        }
        let found = LossReport(scores, mode: speaker.settings.mode, threshold: speaker.settings.threshold)
        return GeneralScore(
            usagePercent: 100 * Double(found.sideTokens) / Double(max(1, found.tokens)), loss: found.chosen,
            baseLoss: found.base)
    }

    func general(_ data: DividedData) -> [String: TablesResult.GeneralEntry] {
        var entries: [String: TablesResult.GeneralEntry] = [:]
        for system in generalSystems(data) {
            guard let found = keptGeneral(system, data, seed: seeds[0]) else { continue }
            entries[system.rawValue] = TablesResult.GeneralEntry(
                usagePercent: found.usagePercent.rounded(digits: 3), loss: found.loss.rounded(digits: 4),
                baseLoss: found.baseLoss.rounded(digits: 4))
        }
        return entries
    }
}
