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
                own.reset()
                let wanted = BaseModel.Wanted.positions(Array(start..<end))
                return .success(try base.forward(Array(asked[..<end]), cache: own, taps: blocks, wanted: wanted))
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
}
