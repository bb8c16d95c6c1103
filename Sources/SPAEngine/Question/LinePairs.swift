import Compute
import Synchronization
import Tokenizer

/// Lines that the base reads in pairs, after examples of such pairs: how well it expects the second line after the first.
final class LinePairs: Sendable {
    private let base: BaseModel
    private let tokenizer: Tokenizer
    private let examples: String
    /// Has read the examples, so many tokens; made at the first pair.
    private let cache = Mutex<(cache: KVCache, count: Int)?>(nil)

    /// - Parameter examples: pairs of lines with an empty line after each.
    init(base: BaseModel, tokenizer: Tokenizer, examples: String) {
        self.base = base
        self.tokenizer = tokenizer
        self.examples = examples
    }

    /// -ln p of each of some lines after a first one, in nats; nil where the two are empty or too long.
    func losses(of lines: [String], after first: String) throws(EngineError) -> [Float?] {
        let context = tokenizer.encode(first + "\n")
        let read: Result<[Float?], EngineError> = cache.withLock { cache in
            do throws(EngineError) {
                let own: (cache: KVCache, count: Int)
                if let cache { own = cache } else { own = try readExamples() }
                cache = own
                own.cache.truncate(to: own.count)
                guard let last = context.last, context.count < QuestionReader.longest else {
                    return .success(lines.map { _ in nil })
                }
                let known = context.dropLast()
                if !known.isEmpty { _ = try base.forward(Array(known), cache: own.cache) }
                var losses: [Float?] = []
                for line in lines {
                    let ids = tokenizer.encode(line + "\n")
                    guard ids.count > 1, context.count + ids.count <= QuestionReader.longest else {
                        losses.append(nil)
                        continue
                    }
                    own.cache.truncate(to: own.count + known.count)
                    losses.append(try loss(of: ids, after: last, own.cache))
                }
                return .success(losses)
            } catch {
                return .failure(error)
            }
        }
        return try read.get()
    }

    private func readExamples() throws(EngineError) -> (cache: KVCache, count: Int) {
        let ids = tokenizer.encode(examples)
        let cache = try base.makeCache(capacity: ids.count + QuestionReader.longest)
        _ = try base.forward(ids, cache: cache)
        return (cache, ids.count)
    }

    private func loss(of ids: [Int32], after last: Int32, _ cache: KVCache) throws(EngineError) -> Float {
        let states = try base.forward([last] + ids.dropLast(), cache: cache, wanted: .positions(Array(ids.indices)))
        let logits = base.head(states.finals)
        return ids.enumerated().reduce(0) { sum, token in
            let first = token.offset * logits.columns
            return sum + VectorMath.logSumExp(logits.values, in: first..<first + logits.columns)
                - logits.values[first + Int(token.element)]
        }
    }
}
