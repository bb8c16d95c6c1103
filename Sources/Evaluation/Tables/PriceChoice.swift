import SPAEngine
import Training

/// The gate's setting for a wanted usage, found on validation rows.
struct PriceChoice: Codable, Sendable, Equatable {
    var setting: GateSetting
    /// The usage on the validation rows, in percent.
    var usagePercent: Double

    /// Answers the rows with the side always speaking, sets the price at that token's effect which leaves the wanted share
    /// above it, answers again at this price, and corrects it once by what the usage then was.
    static func choose(
        _ plugin: Plugin, wanted: Double, rows: [TrainingRow], maximumTokens: Int, scoring: AnswerScoring,
        tick: () -> Bool
    ) async throws -> PriceChoice {
        let generator = try Generator(
            base: scoring.base, tokenizer: scoring.tokenizer, contextLength: scoring.contextLength)
        let isLinear = plugin.gate?.effect == nil
        func tokens(_ setting: GateSetting) async throws -> [TokenEvent] {
            var events: [TokenEvent] = []
            let speaker = Speaker(plugin: plugin, identity: "", setting: setting)
            for row in rows {
                events += try await scoring.answer(row, speaker, generator, maximumTokens).tokens
                guard tick() else { throw EvaluationError.stopped }
            }
            return events
        }
        // At no price, a gate says side wherever it knows the subject; only those tokens can be had.
        let free = try await tokens(GateSetting(price: isLinear ? nil : -100, threshold: isLinear ? 0 : nil))
        let scores = free.map { event in
            isLinear ? event.probability : event.path == .side ? event.effect ?? -.infinity : -.infinity
        }.sorted(by: >)
        guard !scores.isEmpty else { return PriceChoice(setting: GateSetting(), usagePercent: 0) }
        func setting(_ share: Double) -> GateSetting {
            let index = min(scores.count - 1, max(0, Int(share * Double(scores.count))))
            // Where the gate leaves fewer tokens to the side than wanted, all of them speak.
            let value = scores[index].isFinite ? scores[index] : scores.last(where: \.isFinite).map { $0 - 1 } ?? 0
            return isLinear ? GateSetting(threshold: min(max(value, 0), 1)) : GateSetting(price: value)
        }
        let first = setting(wanted)
        let usage = share(try await tokens(first))
        let second = setting(wanted + (wanted - usage))
        return PriceChoice(setting: second, usagePercent: 100 * share(try await tokens(second)))
    }

    private static func share(_ tokens: [TokenEvent]) -> Double {
        tokens.isEmpty ? 0 : Double(tokens.count { $0.path == .side }) / Double(tokens.count)
    }
}
