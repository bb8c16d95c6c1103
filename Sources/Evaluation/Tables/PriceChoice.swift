import SPAEngine
import Training

/// The gate's setting for a wanted usage, found on validation rows.
struct PriceChoice: Codable, Sendable, Equatable {
    var setting: GateSetting
    /// The usage on the validation rows at the setting before the correction, in percent.
    var usagePercent: Double
}

/// Finds settings for one plugin.
struct PriceSearch {
    let trained: TrainedPlugin
    let rows: [TrainingRow]
    let maximumTokens: Int
    let scoring: AnswerScoring

    private var isLinear: Bool { trained.plugin.gate?.effect == nil }

    /// The setting that leaves the wanted share (0 to 1) of tokens above it, when the side speaks wherever the gate knows the
    /// subject; the rows are answered again at it, and it is corrected once by what the usage then was.
    /// - Parameter tick: called after each row; false ends by `stopped`.
    func choose(_ wanted: Double, tick: () -> Bool) async throws -> PriceChoice {
        let scores = try await freeScores(tick).sorted(by: >)
        guard !scores.isEmpty else { return PriceChoice(setting: GateSetting(), usagePercent: 0) }
        let first = setting(wanted, scores)
        let usage = Self.share(try await tokens(first, tick))
        return PriceChoice(setting: setting(wanted + (wanted - usage), scores), usagePercent: 100 * usage)
    }

    private func setting(_ share: Double, _ scores: [Float]) -> GateSetting {
        let index = min(scores.count - 1, max(0, Int(share * Double(scores.count))))
        // Where the gate leaves fewer tokens to the side than wanted, all of them speak.
        let value = scores[index] > Self.never ? scores[index] : (scores.last { $0 > Self.never } ?? 0) - 1
        return isLinear ? GateSetting(threshold: min(max(value, 0), 1)) : GateSetting(price: value)
    }

    /// What the gate says of each token at no price, the same for every wanted usage and kept; `never` where the side does not
    /// speak even then.
    private func freeScores(_ tick: () -> Bool) async throws -> [Float] {
        let key = ResultCache.Key("effects", [trained.identity, "\(maximumTokens)", rows.contentHash])
        if let kept = scoring.cache.read(key, as: [Float].self) { return kept }
        let free = try await tokens(GateSetting(price: isLinear ? nil : -100, threshold: isLinear ? 0 : nil), tick)
        let scores = free.map { event in
            isLinear ? event.probability : event.path == .side ? event.effect ?? Self.never : Self.never
        }
        try scoring.cache.write(scores, key)
        return scores
    }

    private func tokens(_ setting: GateSetting, _ tick: () -> Bool) async throws -> [TokenEvent] {
        let speaker = Speaker(plugin: trained.plugin, identity: trained.identity, setting: setting)
        let answers = try scoring.answering.answers([speaker], rows: rows, maximumTokens: maximumTokens) { _ in tick() }
        return answers[0].flatMap(\.tokens)
    }

    private static let never: Float = -1e9

    private static func share(_ tokens: [TokenEvent]) -> Double {
        tokens.isEmpty ? 0 : Double(tokens.count { $0.path == .side }) / Double(tokens.count)
    }
}
