import Compute
import FoundationEssentials
import SPAEngine
import Tokenizer

/// Everyday questions with the answers that the base itself gives: what a plugin must leave alone. They need no data
/// set and are made once for each base.
public struct Anchors: Sendable, Equatable, Codable {
    /// One question and the base's greedy answer.
    public struct Anchor: Sendable, Equatable, Codable {
        /// The prompt's tokens, the chat template included.
        public let prompt: [Int32]
        /// The answer's tokens, the end of the turn included where the base reached it.
        public let answer: [Int32]

        var encoded: EncodedRow {
            EncodedRow(
                tokens: prompt + answer, positions: answer.indices.map { prompt.count + $0 - 1 })
        }
    }

    /// The fingerprint of the base that answered.
    public let base: String
    /// The longest answer asked for.
    public let longest: Int
    /// The questions and answers.
    public private(set) var anchors: [Anchor]

    /// Reads what this base was asked before, asks it the other questions, and keeps the answers.
    /// - Parameters:
    ///   - folder: where answers are kept between runs; nil keeps none.
    ///   - progress: called with the questions answered so far; returning false ends the work with `cancelled`.
    public static func make(
        questions: [String], base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, longest: Int = 64,
        folder: String?, progress: (Int) -> Bool = { _ in true }
    ) throws -> Anchors {
        let prompts = questions.map { template.encode([Message(role: .user, content: $0)], with: tokenizer) }
        let path = folder.map { "\($0)/anchors-\(base.fingerprint).json" }
        var kept = Anchors(base: base.fingerprint, longest: longest, anchors: [])
        if let path, let read = read(path), read.base == base.fingerprint, read.longest == longest { kept = read }
        var known = Dictionary(kept.anchors.map { ($0.prompt, $0) }) { first, _ in first }
        // In the order of the questions; what other trainings asked stays in the file.
        func result() -> Anchors {
            Anchors(base: base.fingerprint, longest: longest, anchors: prompts.compactMap { known[$0] })
        }
        if prompts.allSatisfy({ known[$0] != nil }) { return result() }
        let room = (prompts.map(\.count).max() ?? 0) + longest
        let cache = try base.makeCache(capacity: max(1, room))
        // What has been answered is kept also where the work is cancelled or killed.
        func keep() {
            // Losing this file costs a minute at the next training, so a failure to keep it is no error.
            guard let path, let folder else { return }
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try? JSONEncoder().encode(kept).write(to: URL(filePath: path), options: .atomic)
        }
        defer { keep() }
        for (index, prompt) in prompts.enumerated() where known[prompt] == nil {
            guard progress(index) else { throw TrainingError.cancelled }
            if index % 10 == 9 { keep() }
            cache.reset()
            var answer: [Int32] = []
            var states = try base.forward(prompt, cache: cache)
            while answer.count < longest {
                let logits = base.head(states.finals).values
                let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
                answer.append(Int32(best))
                if tokenizer.endOfGeneration.contains(Int32(best)) || answer.count == longest { break }
                states = try base.forward([Int32(best)], cache: cache)
            }
            let anchor = Anchor(prompt: prompt, answer: answer)
            known[prompt] = anchor
            kept.anchors.append(anchor)
        }
        return result()
    }

    private static func read(_ path: String) -> Anchors? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Anchors.self, from: $0) }
    }
}
