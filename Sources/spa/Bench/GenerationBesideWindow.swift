import Chat
import Glibc
import SPAEngine
import Screen

/// What the chat's window takes from the speed of generation. The same question is answered by turns with nobody looking
/// and in the whole chat: its window on a large terminal that nobody sees, and a store that keeps every token.
struct GenerationBesideWindow {
    /// Tokens a second of each round, with nobody looking.
    private(set) var alone: [Double] = []
    /// Tokens a second of each round, in the chat.
    private(set) var drawn: [Double] = []
    /// Tokens of each answer.
    private(set) var tokens = 0
    /// Runnable threads of the machine over the last minute before.
    let loadAverage: Double

    private static let size = Size(columns: 200, rows: 60)
    private static let longestAnswer = 256
    private static let question = "Write a long story about a dragon and a village."

    /// - Parameter rounds: how often both are measured, after one to warm up.
    init(_ settings: Settings, rounds: Int) throws {
        var load = [0.0]
        getloadavg(&load, 1)
        loadAverage = load[0]
        var settings = settings
        settings.maxTokens = Self.longestAnswer
        settings.context = 2 * Self.longestAnswer
        settings.sampling = SamplingOptions()
        settings.beams = nil
        settings.network = NetworkChoice(text: "off", profile: nil)
        let engine = try LoadedEngine.load(settings)
        let quiet = try QuietChat(engine, settings)
        let chat = try HiddenChat(engine, settings, Self.size)
        defer { chat.close() }
        for round in 0...rounds {
            var speeds = [0.0, 0.0]
            // Whoever comes second must not always be the same.
            for isDrawn in round % 2 == 0 ? [false, true] : [true, false] {
                let summary = try isDrawn ? chat.answer(Self.question) : quiet.answer(Self.question)
                speeds[isDrawn ? 1 : 0] = summary.tokensPerSecond
                tokens = summary.ledger.tokens
            }
            guard round > 0 else { continue }
            alone.append(speeds[0])
            drawn.append(speeds[1])
        }
    }

    /// By how many percent generation is slower in the chat, each round; below zero where it is faster.
    var slowdownPercent: [Double] { zip(alone, drawn).map { 100 * (1 - $1 / $0) } }

    /// Fields of an object.
    var fields: [(String, JSON)] {
        [
            ("generation_alone", .rounded(Figures.median(alone), 2)),
            ("generation_in_the_chat", .rounded(Figures.median(drawn), 2)),
            ("generation_slower_percent", .rounded(Figures.median(slowdownPercent), 2)),
            ("generation_slower_percent_rounds", .array(slowdownPercent.map { JSON.rounded($0, 2) })),
            ("generation_tokens", .integer(tokens)),
            ("load_average", .rounded(loadAverage, 2)),
        ]
    }

    /// A few lines for a person.
    var table: String {
        let slowdown = slowdownPercent
        func text(_ value: Double?) -> String { Figures.text(value ?? .nan, 2) }
        return """
            generation, \(tokens) tokens, medians of \(alone.count) rounds by turns, load average \(text(loadAverage))
              nobody looking: \(text(Figures.median(alone))) tokens a second
              in the chat, \(Self.size.columns)x\(Self.size.rows): \(text(Figures.median(drawn))) tokens a second
              slower by \(text(Figures.median(slowdown))) % (rounds from \(text(slowdown.min())) to \(text(slowdown.max())) %)
            """
    }
}
