import Chat
import ChatUI
import FoundationEssentials

/// A line of `spa train --json`.
struct TrainingLine: Decodable {
    let event: String
    let phase: String?
    let step: Int?
    let steps: Int?
    let stepName: String?
    let overall: Double?
    let epoch: Int?
    let epochs: Int?
    let loss: Double?
    let heldOutLoss: Double?
    let usagePercent: Double?
    let secondsLeft: Double?
    let rows: Int?
    let heldOutRows: Int?
    let lossBase: Double?
    let lossGated: Double?
    let usageOwnPercent: Double?
    let usageGeneralPercent: Double?
    let unanswered: [String]?

    /// nil for what is no such line.
    init?(_ line: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let read = try? decoder.decode(Self.self, from: Data(line.utf8)) else { return nil }
        self = read
    }

    var progress: TeachingProgress {
        TeachingProgress(
            phase: stepName ?? phase ?? "", step: step ?? 0, steps: steps ?? 0, fraction: overall ?? 0,
            epoch: epoch ?? 0, epochs: epochs ?? 0, loss: loss,
            heldOutLoss: heldOutLoss, usagePercent: usagePercent, secondsLeft: secondsLeft)
    }

    func result(answer: [TokenRecord]) -> TeachingResult {
        TeachingResult(
            answer: answer, rows: rows ?? 0,
            losses: (heldOutRows ?? 0) > 0 ? (lossBase ?? 0, lossGated ?? 0) : nil,
            usagePercent: (usageOwnPercent ?? 0, usageGeneralPercent ?? 0), unanswered: unanswered ?? [])
    }
}
