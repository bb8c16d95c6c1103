import SPAEngine
import Training

/// Who answers which rows for the tables.
extension TablesRun {
    /// A system of Table 3 as it is to speak; nil where its plugin or its price is not there yet.
    func keptSpeaker(_ system: ComparedSystem, _ data: DividedData, seed: UInt64) -> Speaker? {
        guard let method = system.method else { return .base }
        guard let trained = engine.plugins.kept(order(method, data, seed: seed)) else { return nil }
        guard let wanted = system.wantedUsage else { return trained.speaker }
        guard let choice = keptPrice(trained, wanted, data) else { return nil }
        return Speaker(plugin: trained.plugin, identity: trained.identity, setting: choice.setting)
    }

    /// The price chosen for a usage, where it has been.
    func keptPrice(_ trained: TrainedPlugin, _ wanted: Double, _ data: DividedData) -> PriceChoice? {
        engine.cache.read(priceKey(trained, wanted, data))
    }

    private func priceKey(_ trained: TrainedPlugin, _ wanted: Double, _ data: DividedData) -> ResultCache.Key {
        ResultCache.Key(
            "price",
            [trained.identity, "\(wanted)", "\(data.dataSet.maximumTokens)", data.pricing.contentHash])
    }

    /// The systems whose states are the base's and who answer all test rows.
    var answering: [ComparedSystem] {
        options.parts.contains(.table3)
            ? ComparedSystem.ofTable3 : options.parts.contains(.table2) ? [.spa, .lst, .base] : []
    }

    /// A system in the base's blocks answers fewer rows.
    func rows(_ system: ComparedSystem, _ data: DividedData) -> [TrainingRow] {
        let isInBase = system.method.map { !$0.usesSideNetwork } ?? false
        return isInBase ? fewerRows(data) : data.test
    }

    /// The rows of what is answered by the way.
    func fewerRows(_ data: DividedData) -> [TrainingRow] {
        Array(data.test.prefix(options.scale.rows[data.dataSet]?.testOfOthers ?? 0))
    }

    /// A system's scores on its rows, where they are there.
    func kept(_ system: ComparedSystem, _ data: DividedData, seed: UInt64) -> [AnswerScore]? {
        keptSpeaker(system, data, seed: seed).flatMap { kept($0, rows(system, data), data) }
    }

    func kept(_ speaker: Speaker, _ rows: [TrainingRow], _ data: DividedData) -> [AnswerScore]? {
        engine.answers.kept(speaker, rows: rows, maximumTokens: data.dataSet.maximumTokens)
    }

    /// The plugins of Table 1, at their own prices.
    func shareSpeakers(_ data: DividedData) -> [(share: DataShare, trained: TrainedPlugin, speaker: Speaker)] {
        DataShare.allCases.compactMap { share in
            engine.plugins.kept(order(.spa, data, seed: seeds[0], share: share)).map { (share, $0, $0.speaker) }
        }
    }

    func scoringSteps(_ data: DividedData) -> [Step] {
        var steps: [Step] = []
        let (prompt, answer) = data.dataSet.typicalTokens
        let perAnswer = Double(answer) / 120
        let perPrompt = Double(prompt) / 2500
        let title = data.dataSet.title
        let systems = answering + (methods(data.dataSet).contains(.lora) ? [.lora, .adapter] : [])
        let priced = ComparedSystem.allCases.filter { system in
            system.wantedUsage != nil && (systems.contains(system) || speaksInGeneralChat(system, data))
        }
        for seed in seeds {
            for system in priced {
                steps.append(
                    Step(
                        title: "\(title): price of \(system.title)",
                        seconds: 2 * Double(data.pricing.count) * (perPrompt + perAnswer),
                        isKept: { keptSpeaker(system, data, seed: seed) != nil },
                        work: { report in try await choosePrice(system, data, seed: seed, report) }))
            }
            // The base's own answers are the same for every seed, and found in the cache.
            let together = systems.filter { $0.method?.usesSideNetwork ?? true }
            for group in [together] + systems.filter({ !together.contains($0) }).map({ [$0] }) where !group.isEmpty {
                let rows = rows(group[0], data)
                steps.append(
                    Step(
                        title: "\(title): answers of \(group.map(\.title).joined(separator: ", "))",
                        seconds: Double(rows.count) * (perPrompt + perAnswer * Double(group.count)),
                        isKept: { group.allSatisfy { kept($0, data, seed: seed) != nil } },
                        work: { report in
                            let speakers = try group.map { try speaker($0, data, seed: seed) }
                            _ = try await scores(speakers, rows, data, report)
                        }))
            }
        }
        if options.parts.contains(.table1) {
            let rows = fewerRows(data)
            steps.append(
                Step(
                    title: "\(title): answers after small, medium and full data",
                    seconds: Double(rows.count) * (perPrompt + 3 * perAnswer),
                    isKept: {
                        let speakers = shareSpeakers(data).map(\.speaker)
                        return speakers.count == DataShare.allCases.count
                            && speakers.allSatisfy { kept($0, rows, data) != nil }
                    },
                    work: { report in _ = try await scores(shareSpeakers(data).map(\.speaker), rows, data, report) }))
        }
        return steps
    }

    private func scores(
        _ speakers: [Speaker], _ rows: [TrainingRow], _ data: DividedData,
        _ report: @Sendable (Double, String) -> Bool
    ) async throws -> [[AnswerScore]] {
        try await engine.answers.scores(speakers, rows: rows, maximumTokens: data.dataSet.maximumTokens) { left in
            report(1 - Double(left) / Double(max(1, rows.count)), "\(left) rows left")
        }
    }

    private func choosePrice(
        _ system: ComparedSystem, _ data: DividedData, seed: UInt64, _ report: @Sendable (Double, String) -> Bool
    ) async throws {
        guard let method = system.method, let wanted = system.wantedUsage, keptSpeaker(system, data, seed: seed) == nil
        else { return }
        let trained = try engine.plugins.make(order(method, data, seed: seed)) { report(0, $0.phase.words) }
        var done = 0
        let search = PriceSearch(
            trained: trained, rows: data.pricing, maximumTokens: data.dataSet.maximumTokens,
            scoring: engine.answers)
        let choice = try await search.choose(wanted) {
            done += 1
            return report(Double(done) / Double(2 * data.pricing.count), "")
        }
        try engine.cache.write(choice, priceKey(trained, wanted, data))
    }

    /// A system as it is to speak; its plugin and its price are there after the earlier steps.
    func speaker(_ system: ComparedSystem, _ data: DividedData, seed: UInt64) throws -> Speaker {
        guard let speaker = keptSpeaker(system, data, seed: seed) else { throw EvaluationError.stopped }
        return speaker
    }
}
