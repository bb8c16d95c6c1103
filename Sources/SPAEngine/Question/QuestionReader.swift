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
    private let paraphrases, answers: LinePairs
    /// Of words seen before.
    private let rarities = Mutex<[String: Float]>([:])
    /// -ln p of answers after another question, in nats.
    private let alone = Mutex<[String: Float]>([:])

    /// A reader for one base.
    public init(base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate) {
        self.base = base
        self.tokenizer = tokenizer
        self.template = template
        paraphrases = LinePairs(base: base, tokenizer: tokenizer, examples: Self.paraphraseExamples)
        answers = LinePairs(base: base, tokenizer: tokenizer, examples: Self.answerExamples)
    }

    /// The longest question whose states are read, in tokens with the template's: what is longer is no short question.
    public static let longest = 160

    /// How rare a word is, 0 to 1, by the place of its token in the vocabulary, which is in the order of how common its pieces
    /// were; a word of several tokens is rare.
    func rarity(_ word: String) -> Float {
        if let known = rarities.withLock({ $0[word] }) { return known }
        let ids = tokenizer.encode(" " + word)
        var rarity: Float = 1
        if ids.count == 1, let id = ids.first {
            rarity = min(1, max(0, (log(Float(1 + id)) - log(300)) / (log(20_000) - log(300))))
        }
        rarities.withLock { $0[word] = rarity }
        return rarity
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

    /// How much better the base expects a question after a taught one than after another question: people who ask for the same
    /// use words that the one brings to mind after the other. nil where a question is empty or too long.
    func expectation(of question: String, after taught: String) throws(EngineError) -> QuestionExpectation? {
        guard let unrelated = try paraphrases.losses(of: [question], after: Self.unrelated)[0],
            let loss = try paraphrases.losses(of: [question], after: taught)[0]
        else { return nil }
        let nats = unrelated - loss
        return QuestionExpectation(nats: nats, share: unrelated > 0 ? nats / unrelated : 0)
    }

    /// How much better the base expects each of some answers after a question than after another one, in nats: of facts that share
    /// their words the one that is asked for. nil where the two are empty or too long.
    package func gains(of answers: [String], after question: String) throws(EngineError) -> [Float?] {
        let known = alone.withLock { $0 }
        let unknown = Array(Set(answers.filter { known[$0] == nil }))
        var losses = known
        if !unknown.isEmpty {
            let read = try self.answers.losses(of: unknown, after: Self.unrelated)
            for case (let answer, let loss?) in zip(unknown, read) { losses[answer] = loss }
            alone.withLock { [losses] in $0.merge(losses) { $1 } }
        }
        return zip(answers, try self.answers.losses(of: answers, after: question)).map { answer, loss in
            guard let loss, let alone = losses[answer] else { return nil }
            return alone - loss
        }
    }

    /// What shows the base that each line is followed by one that asks for the same.
    private static let paraphraseExamples = """
        Paraphrases.

        Where did I leave my umbrella?
        Where is my umbrella?

        Tell me how much my car weighs.
        What is the weight of my car?

        The day I was baptised
        When was my baptism?


        """
    /// … and by its answer.
    private static let answerExamples = """
        Questions and answers.

        Where did I leave my umbrella?
        Your umbrella is in the hall.

        Tell me how heavy my car is.
        Your car weighs 900 kilos.

        The day I was baptised
        You were baptised on the first of May.


        """
    package static let unrelated = "What is the weather like today?"
}

/// How much better a question is expected after a taught one than after an unrelated one.
struct QuestionExpectation: Sendable, Equatable {
    /// In all, in nats.
    var nats: Float
    /// As a share of what it costs after an unrelated one; at most 1.
    var share: Float
}
