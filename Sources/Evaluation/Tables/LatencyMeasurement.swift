import SPAEngine
import Training

/// What 50 new tokens take between cloud and device over the paper's link, in virtual time: a mean over prompts.
struct LatencyMeasurement: Codable, Sendable, Equatable {
    var tokens = 0
    /// Base and device, measured, without a network.
    var inferenceSeconds = 0.0
    var usagePercent = 0.0
    var networkSeconds = 0.0
    var formulaSeconds = 0.0
    var exchangesPerToken = 0.0
    var bytesPerToken = 0.0

    /// Lets a speaker answer with exactly 50 tokens each.
    static func measure(
        _ speaker: Speaker, rows: [TrainingRow], engine: TablesEngine, tick: (Double) -> Bool
    ) async throws -> LatencyMeasurement {
        // What computes is timed without a network, the network without what computes.
        var settings = speaker.settings
        let measured = try await account(speaker, settings, SystemClock(), rows, engine) { tick($0 / 2) }
        settings.network = PaperScale.network
        let ledger = try await account(speaker, settings, VirtualClock(), rows, engine) { tick(0.5 + $0 / 2) }
        let tokens = Double(max(1, ledger.tokens))
        let scale = Double(PaperScale.tokens) / tokens / 1000
        return LatencyMeasurement(
            tokens: ledger.tokens,
            inferenceSeconds: (measured.milliseconds.base + measured.milliseconds.device) * scale,
            usagePercent: ledger.usagePercent,
            networkSeconds: ledger.milliseconds.network * scale,
            formulaSeconds: ledger.expectedNetworkMilliseconds(PaperScale.network) * scale,
            exchangesPerToken: Double(ledger.transmissions) / tokens,
            bytesPerToken: Double(ledger.bytesUp + ledger.bytesDown) / tokens)
    }

    private static func account(
        _ speaker: Speaker, _ settings: GenerationSettings, _ clock: any LinkClock, _ rows: [TrainingRow],
        _ engine: TablesEngine, tick: (Double) -> Bool
    ) async throws -> Ledger {
        let generator = try Generator(
            base: engine.base, tokenizer: engine.tokenizer, plugin: speaker.plugin,
            contextLength: engine.answers.answering.contextLength, clock: clock)
        let options = GenerationOptions(maximumTokens: PaperScale.tokens, stopsAtEndOfTurn: false)
        var ledger = Ledger()
        for (index, row) in rows.enumerated() {
            let prompt = engine.template.encode(EvaluationRow(row).question ?? [], with: engine.tokenizer)
            let stream = generator.generate(promptIDs: prompt, options: options, control: GenerationControl(settings))
            for await output in stream {
                if case .failed(let error) = output { throw error }
                if case .finished(let summary) = output { ledger.add(summary.ledger) }
            }
            guard tick(Double(index + 1) / Double(rows.count)) else { throw EvaluationError.stopped }
        }
        return ledger
    }

    /// Adds what was measured to a column of Table 2.
    func fill(_ entry: inout TablesResult.CostEntry) {
        entry.networkSeconds = networkSeconds.rounded(digits: 4)
        entry.formulaNetworkSeconds = formulaSeconds.rounded(digits: 4)
        entry.exchangesPerToken = exchangesPerToken.rounded(digits: 3)
        entry.bytesPerToken = bytesPerToken.rounded(digits: 1)
        entry.inferenceSeconds = inferenceSeconds.rounded(digits: 4)
        entry.totalSeconds = (inferenceSeconds + networkSeconds).rounded(digits: 4)
    }
}

extension TablesRun {
    func keptLatency(_ system: ComparedSystem, _ data: DividedData) -> LatencyMeasurement? {
        keptSpeaker(system, data, seed: seeds[0]).flatMap { engine.cache.read(latencyKey($0, data)) }
    }

    private func latencyKey(_ speaker: Speaker, _ data: DividedData) -> ResultCache.Key {
        ResultCache.Key("latency", [speaker.identity, "\(speaker.setting)", timedRows(data).contentHash])
    }

    private func timedRows(_ data: DividedData) -> [TrainingRow] { Array(data.test.prefix(options.scale.timedPrompts)) }

    /// Table 2's latencies are taken on the first data set that it has.
    func latencySteps(_ data: DividedData) -> [Step] {
        guard options.parts.contains(.table2), data.dataSet == self.data.first(where: Self.isOfTable2)?.dataSet
        else { return [] }
        return ComparedSystem.ofTable2.map { system in
            Step(
                title: "\(data.dataSet.title): latency of \(system.title)",
                seconds: Double(options.scale.timedPrompts) * 0.7, isKept: { keptLatency(system, data) != nil },
                work: { report in
                    if keptLatency(system, data) != nil { return }
                    let speaker = try speaker(system, data, seed: seeds[0])
                    let found = try await LatencyMeasurement.measure(
                        speaker, rows: timedRows(data), engine: engine, tick: { report($0, "") })
                    try engine.cache.write(found, latencyKey(speaker, data))
                })
        }
    }

    private static func isOfTable2(_ data: DividedData) -> Bool { data.dataSet == .xsum || data.dataSet == .coqa }
}
