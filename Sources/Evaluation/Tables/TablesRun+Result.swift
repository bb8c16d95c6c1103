import Glibc
import SPAEngine
import Training

/// Puts the tables together from what is kept.
extension TablesRun {
    func result(seconds: Double) async throws -> TablesResult {
        var result = TablesResult(run: facts(seconds: seconds))
        result.inconsistencies = Inconsistencies.list()
        for data in data {
            let name = data.dataSet.rawValue
            if options.parts.contains(.table1) { result.table1[name] = usage(data) }
            if options.parts.contains(.table3) { result.table3[name] = quality(data) }
            if options.parts.contains(.gate) { result.gate[name] = keptGate(data) }
            if options.parts.contains(.general) {
                let found = general(data)
                if !found.isEmpty { result.generalChat[name] = found }
            }
            if options.parts.contains(.figures) { result.learning[name] = learning(data) }
        }
        if options.parts.contains(.table2) {
            result.table2 = costs()
            result.table2AtPaperScale = try paperScale()
        }
        result.deviceMemory = memory()
        return result
    }

    private func facts(seconds: Double) -> TablesResult.RunFacts {
        var load = [0.0]
        getloadavg(&load, 1)
        let scale = options.scale
        return TablesResult.RunFacts(
            scale: scale.name, seeds: seeds, base: engine.base.name,
            rows: Dictionary(
                uniqueKeysWithValues: data.map { data in
                    let rows = scale.rows[data.dataSet]
                    return (
                        data.dataSet.rawValue,
                        [
                            "train": data.train.count, "validation": data.validation.count,
                            "pricing": data.pricing.count, "test": data.test.count,
                            "train_in_base": min(rows?.trainInBase ?? 0, data.train.count),
                            "test_of_others": fewerRows(data).count,
                        ]
                    )
                }),
            epochs: ["side": scale.epochs, "in_base": scale.epochsInBase], seconds: seconds.rounded(digits: 1),
            threads: engine.base.team.threads, load: load[0].rounded(digits: 2))
    }

    private func usage(_ data: DividedData) -> [String: TablesResult.UsageEntry] {
        var entries: [String: TablesResult.UsageEntry] = [:]
        for (share, trained, speaker) in shareSpeakers(data) {
            guard let scores = kept(speaker, fewerRows(data), data) else { continue }
            entries[share.rawValue] = TablesResult.UsageEntry(
                rows: trained.facts.rows, usagePercent: MeanScore(scores).usagePercent.rounded(digits: 3),
                price: Double(trained.plugin.price).rounded(digits: 4),
                forcedUsagePercent: Double(trained.plugin.facts.usagePercent.own).rounded(digits: 3))
        }
        return entries
    }

    private func quality(_ data: DividedData) -> [String: TablesResult.QualityEntry] {
        var entries: [String: TablesResult.QualityEntry] = [:]
        for system in ComparedSystem.ofTable3 {
            let found = seeds.compactMap { kept(system, data, seed: $0) }
            guard found.count == seeds.count, let first = found.first else { continue }
            let all = found.flatMap { $0 }
            let mean = MeanScore(all)
            let variance =
                all.reduce(0) { $0 + ($1.rougeL - mean.rougeL) * ($1.rougeL - mean.rougeL) }
                / Double(max(1, all.count - 1))
            let speaker = keptSpeaker(system, data, seed: seeds[0])
            entries[system.rawValue] = TablesResult.QualityEntry(
                rougeL: mean.rougeL.rounded(digits: 3), usagePercent: mean.usagePercent.rounded(digits: 3),
                rouge1: mean.rouge1.rounded(digits: 3), rouge2: mean.rouge2.rounded(digits: 3),
                rougeLBySeed: system == .base ? [] : found.map { MeanScore($0).rougeL.rounded(digits: 3) },
                // Rows, not seeds, are what the figure would change with.
                rougeLInterval: (1.96 * (variance / Double(first.count)).squareRoot()).rounded(digits: 3),
                rows: first.count, trainRows: speaker?.plugin?.facts.rows ?? 0,
                price: speaker?.setting.price.map { Double($0).rounded(digits: 4) },
                validationLoss: speaker?.plugin.map { plugin in
                    let loss = plugin.facts.heldOutLoss
                    return Double(plugin.method.hasGate ? loss.gated : loss.side).rounded(digits: 4)
                })
        }
        return entries
    }

    private func learning(_ data: DividedData) -> [String: TablesResult.LearningEntry] {
        var entries: [String: TablesResult.LearningEntry] = [:]
        for (system, method) in [(ComparedSystem.spa, Method.spa), (.lst, .lst)] {
            guard let facts = engine.plugins.kept(order(method, data, seed: seeds[0]))?.facts else { continue }
            entries[system.rawValue] = TablesResult.LearningEntry(
                training: facts.losses.map { Double($0).rounded(digits: 4) },
                validation: facts.validationLosses.map { Double($0).rounded(digits: 4) })
        }
        return entries
    }

    private func costs() -> [String: TablesResult.CostEntry] {
        var entries: [String: TablesResult.CostEntry] = [:]
        for system in ComparedSystem.ofTable2 {
            guard let method = system.method else { continue }
            var entry: TablesResult.CostEntry?
            for data in data where data.dataSet == .xsum || data.dataSet == .coqa {
                guard let trained = engine.plugins.kept(order(method, data, seed: seeds[0])),
                    let scores = kept(system, data, seed: seeds[0])
                else { continue }
                let mean = MeanScore(scores)
                if entry == nil {
                    entry = TablesResult.CostEntry(parameters: trained.plugin.parameterCount)
                    entry?.usagePercent = mean.usagePercent.rounded(digits: 3)
                }
                entry?.rougeL[data.dataSet.rawValue] = mean.rougeL.rounded(digits: 3)
            }
            guard var found = entry else { continue }
            data.lazy.compactMap { keptLatency(system, $0) }.first?.fill(&found)
            entries[system.rawValue] = found
        }
        return entries
    }

    /// Real exchanges of frames of the paper's sizes, at the paper's ratio.
    private func paperScale() throws -> [String: TablesResult.PaperScaleEntry] {
        var entries: [String: TablesResult.PaperScaleEntry] = [:]
        for system in ComparedSystem.ofTable2 {
            guard let method = system.method else { continue }
            let usage = (PaperNumbers.ratioPercent(method) ?? 100) / 100
            let ledger = try PaperScale.run(method, usage: usage)
            let formula = PaperScale.formula(method)
            let seconds = ledger.milliseconds.network / 1000
            let paper = PaperScale.publishedSeconds(method)
            entries[system.rawValue] = TablesResult.PaperScaleEntry(
                networkSeconds: seconds.rounded(digits: 4), paperSeconds: paper,
                relativeDifference: paper.map { ((seconds - $0) / $0).rounded(digits: 4) },
                usagePercent: 100 * usage,
                formulaSeconds: (formula.milliseconds(tokens: PaperScale.tokens, usage: usage, over: PaperScale.network)
                    / 1000).rounded(digits: 4), exchanges: ledger.transmissions,
                bytesPerExchange: formula.bytesPerExchange)
        }
        return entries
    }

    private func memory() -> [String: TablesResult.MemoryEntry] {
        var entries: [String: TablesResult.MemoryEntry] = [:]
        for system in ComparedSystem.allCases where system != .spaAt35 {
            guard let method = system.method else { continue }
            let trained = data.lazy.compactMap { engine.plugins.kept(order(method, $0, seed: seeds[0])) }.first
            guard let plugin = trained?.plugin else { continue }
            let here = DeviceMemory(plugin, base: engine.base)
            entries[system.rawValue] = TablesResult.MemoryEntry(
                plugin: here.plugin, head: here.head, cache: here.cache, total: here.total,
                totalAtPaperScale: DeviceMemoryTable.atPaperScale(method, plugin, engine.base).total)
        }
        return entries
    }
}
