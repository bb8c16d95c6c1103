import Compute
import Glibc
import Synchronization
import Tokenizer

/// Reads questions for question gates: how rare their words are, and the base's states with nothing before them.
public final class QuestionReader: Sendable {
    private let base: BaseModel
    private let tokenizer: Tokenizer
    private let template: ChatTemplate
    /// Made at the first question.
    private let cache = Mutex<KVCache?>(nil)
    /// Has read the examples of paraphrases; made at the first question that is near to a taught one.
    private let paraphrases = Mutex<(cache: KVCache, count: Int)?>(nil)

    /// A reader for one base.
    public init(base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
    }

    /// The longest question whose states are read, in tokens with the template's: what is longer is no short question.
    public static let longest = 160

    /// How rare a word is, 0 to 1, by the place of its token in the vocabulary, which is in the order of how common its pieces
    /// were; a word of several tokens is rare.
    func rarity(_ word: String) -> Float {
        let ids = tokenizer.encode(" " + word)
        guard ids.count == 1, let id = ids.first else { return 1 }
        return min(1, max(0, (log(Float(1 + id)) - log(300)) / (log(20_000) - log(300))))
    }

    func words(_ text: String) -> ContentWords { ContentWords(text, rarity: rarity) }

    /// The mean of rms(h^l) over a question's tokens, [blocks · H]; nil where it is empty or too long.
    public func state(_ question: String) throws(EngineError) -> [Float]? {
        func ids(_ text: String) -> [Int32] { template.encode([Message(role: .user, content: text)], with: tokenizer) }
        let (asked, empty) = (ids(question), ids(""))
        guard asked.count <= Self.longest else { return nil }
        let start = zip(asked, empty).prefix { $0 == $1 }.count
        let end = asked.count - zip(asked.reversed(), empty.reversed()).prefix { $0 == $1 }.count
        guard start < end else { return nil }
        let blocks = QuestionStateGate.blocks(of: base.configuration.blockCount)
        let read: Result<BaseModel.States, EngineError> = cache.withLock { cache in
            do throws(EngineError) {
                let own: KVCache
                if let cache { own = cache } else { own = try base.makeCache(capacity: Self.longest) }
                cache = own
                // What stands before every question has been read with the one before.
                let known = min(own.commonPrefix(with: asked), start)
                own.truncate(to: known)
                let wanted = BaseModel.Wanted.positions(Array(start - known..<end - known))
                return .success(try base.forward(Array(asked[known..<end]), cache: own, taps: blocks, wanted: wanted))
            } catch {
                return .failure(error)
            }
        }
        let states = try read.get()
        return states.taps.flatMap { tap in
            let rms = VectorMath.rms(tap)
            var mean = [Float](repeating: 0, count: rms.columns)
            for row in 0..<rms.rows {
                for column in 0..<rms.columns { mean[column] += rms[row, column] / Float(rms.rows) }
            }
            return mean
        }
    }

    /// How much better the base expects a question after each of some taught ones than after another question: people who ask for
    /// the same use words that the one brings to mind after the other. nil where a question is empty or too long.
    func expectations(of question: String, after taught: [String]) throws(EngineError) -> [QuestionExpectation?] {
        let asked = tokenizer.encode(question + "\n")
        let contexts = ([Self.unrelated] + taught).map { tokenizer.encode($0 + "\n") }
        let fits = contexts.map { asked.count > 1 && $0.count + asked.count <= Self.longest }
        guard fits[0] else { return taught.map { _ in nil } }
        let read: Result<[Float], EngineError> = paraphrases.withLock { cache in
            do throws(EngineError) {
                let own: (cache: KVCache, count: Int)
                if let cache { own = cache } else { own = try readExamples() }
                cache = own
                var losses: [Float] = []
                for (context, fits) in zip(contexts, fits) {
                    own.cache.truncate(to: own.count)
                    losses.append(fits ? try loss(of: asked, after: context, own.cache) : .nan)
                }
                return .success(losses)
            } catch {
                return .failure(error)
            }
        }
        let losses = try read.get()
        let unrelated = losses[0]
        return losses.dropFirst().map { loss in
            guard !loss.isNaN else { return nil }
            let nats = unrelated - loss
            return QuestionExpectation(nats: nats, share: unrelated > 0 ? nats / unrelated : 0)
        }
    }

    /// A cache that has read the examples, and how many tokens these are.
    private func readExamples() throws(EngineError) -> (cache: KVCache, count: Int) {
        let examples = tokenizer.encode(Self.examples)
        let cache = try base.makeCache(capacity: examples.count + Self.longest)
        _ = try base.forward(examples, cache: cache)
        return (cache, examples.count)
    }

    /// The sum of -ln p of some tokens after others, in nats.
    private func loss(of asked: [Int32], after context: [Int32], _ cache: KVCache) throws(EngineError) -> Float {
        let wanted = BaseModel.Wanted.positions(Array(context.count - 1..<context.count + asked.count - 1))
        let logits = base.head(try base.forward(context + asked, cache: cache, wanted: wanted).finals)
        return asked.enumerated().reduce(0) { sum, token in
            let first = token.offset * logits.columns
            return sum + VectorMath.logSumExp(logits.values, in: first..<first + logits.columns)
                - logits.values[first + Int(token.element)]
        }
    }

    /// What shows the base that each line is followed by one that asks for the same.
    private static let examples = """
        Paraphrases.

        Where did I leave my umbrella?
        Where is my umbrella?

        Tell me how much my car weighs.
        What is the weight of my car?

        The day I was baptised
        When was my baptism?


        """
    private static let unrelated = "What is the weather like today?"
}

/// How much better a question is expected after a taught one than after an unrelated one.
struct QuestionExpectation: Sendable, Equatable {
    /// In all, in nats.
    var nats: Float
    /// As a share of what it costs after an unrelated one; at most 1.
    var share: Float
}
