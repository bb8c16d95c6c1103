import GGUF

/// Text to token ids and back, by the byte-level byte-pair encoding or the SentencePiece model in a model file.
public final class Tokenizer: Sendable {
    /// How many tokens there are; ids are below it.
    public let vocabularySize: Int
    /// The token that begins a sequence, if the model has one.
    public let beginOfSequence: Int32?
    /// Whether the model expects `beginOfSequence` before every prompt. `encode` does not add it; `ChatTemplate` does.
    public let addsBeginOfSequence: Bool
    /// The token that ends a sequence, if the model names one.
    public let endOfSequence: Int32?
    /// The token that ends an assistant's turn: the file's end of turn, else `<|im_end|>` or `<|eot_id|>`, else the end
    /// of sequence.
    public let endOfTurn: Int32?
    /// Tokens after which nothing more is to be generated.
    public let endOfGeneration: Set<Int32>

    private let vocabulary: Vocabulary
    private let specials: SpecialTokens
    private let encoder: Encoder

    private enum Encoder: Sendable {
        case bytePair(BytePairEncoder)
        case sentencePiece(SentencePieceEncoder)
    }

    /// Whether `encode` puts a space before a text.
    var addsSpacePrefix: Bool {
        if case .sentencePiece(let encoder) = encoder { encoder.addsSpacePrefix } else { false }
    }

    private static let endings = [
        "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "</s>", "<|end|>",
    ]

    /// Reads the tokenizer of a model file.
    public init(file: GGUFFile) throws(TokenizerError) {
        let model = file.string("tokenizer.ggml.model")
        guard let model else { throw .missing(key: "tokenizer.ggml.model") }
        let notations: [String: Vocabulary.Notation] = ["gpt2": .byteLevel, "llama": .spaceMark]
        guard let notation = notations[model] else { throw .unsupportedModel(model) }
        let texts = try Self.strings("tokenizer.ggml.tokens", file)
        guard (1...1 << 24).contains(texts.count) else { throw .unusableVocabulary(count: texts.count) }
        vocabularySize = texts.count
        vocabulary = Vocabulary(texts: texts, kinds: try Self.kinds(file, count: texts.count), notation: notation)
        specials = SpecialTokens(vocabulary)
        let beginsByDefault: Bool
        switch notation {
        case .byteLevel:
            let bytePair = try BytePairEncoder(file: file, vocabulary: vocabulary)
            encoder = .bytePair(bytePair)
            beginsByDefault = bytePair.isLlama3
        case .spaceMark:
            encoder = .sentencePiece(try SentencePieceEncoder(file: file, vocabulary: vocabulary))
            beginsByDefault = true
        }

        func id(_ name: String) throws(TokenizerError) -> Int32? {
            let key = "tokenizer.ggml.\(name)_token_id"
            guard let value = file.integer(key) else { return nil }
            guard (0..<texts.count).contains(value) else {
                throw .idOutOfRange(key: key, id: value, vocabularySize: texts.count)
            }
            return Int32(truncatingIfNeeded: value)
        }
        beginOfSequence = try id("bos")
        addsBeginOfSequence =
            beginOfSequence != nil && file.bool("tokenizer.ggml.add_bos_token") ?? beginsByDefault
        endOfSequence = try id("eos")
        let namedEndOfTurn = try id("eot")
        endOfTurn = namedEndOfTurn ?? specials.id("<|im_end|>") ?? specials.id("<|eot_id|>") ?? endOfSequence
        let endings = [endOfSequence, namedEndOfTurn, try id("eom")] + Self.endings.map(specials.id)
        endOfGeneration = Set(endings.compactMap { $0 })
    }

    /// The ids of `text`. With `parseSpecial`, control tokens written out in it (`<|im_end|>`) become those tokens; without
    /// it they are text like any other, as a user's words must be. Tokens that the model file marks as user-defined are
    /// text in either case, and always found. Bytes that the vocabulary lacks are left out.
    ///
    /// Most SentencePiece models put a space before a text, and with `parseSpecial` also after a special token;
    /// `continuesText` says that `text` is no beginning, so that it gets none.
    public func encode(_ text: String, parseSpecial: Bool = false, continuesText: Bool = false) -> [Int32] {
        let bytes = Array(text.utf8)
        var ids: [Int32] = []
        ids.reserveCapacity(bytes.count / 3 + 1)
        var merger = PairMerger()
        var isBeginning = !continuesText
        func append(_ range: Range<Int>) {
            switch encoder {
            case .bytePair(let encoder):
                let part = range.count == bytes.count ? bytes : Array(bytes[range])
                encoder.encode(part, vocabulary, &merger, into: &ids)
            case .sentencePiece(let encoder):
                let withPrefix = isBeginning && encoder.addsSpacePrefix
                encoder.encode(
                    bytes.span.extracting(range), withPrefix: withPrefix, vocabulary, &merger, into: &ids)
            }
            isBeginning = false
        }
        specials.split(
            bytes, parseControl: parseSpecial, text: append,
            token: { id in
                // A user-defined token is part of the text: if it comes first, the space goes before it.
                if isBeginning, !parseSpecial { append(0..<0) }
                ids.append(id)
                isBeginning = parseSpecial
            })
        return ids
    }

    /// The bytes that `id` stands for in a text; none for control tokens and for ids outside of the vocabulary.
    public func bytes(of id: Int32) -> [UInt8] {
        isControl(id) ? [] : Array(vocabulary.bytes(of: id))
    }

    /// `id` for the eye: its text, with U+FFFD for parts of characters, and the literal form of control tokens.
    public func piece(of id: Int32) -> String {
        String(decoding: vocabulary.bytes(of: id), as: UTF8.self)
    }

    /// The text of `ids`, with U+FFFD for bytes that are not UTF-8 and nothing for control tokens; without the space that
    /// `encode` put before it.
    public func decode(_ ids: [Int32]) -> String {
        var bytes: [UInt8] = []
        for id in ids where !isControl(id) { bytes.append(contentsOf: vocabulary.bytes(of: id)) }
        if addsSpacePrefix, bytes.first == 0x20 { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of the control or user-defined token whose literal form is `text`.
    public func id(ofSpecial text: String) -> Int32? {
        specials.id(text)
    }

    /// Whether `id` is a control token: one that is no text.
    public func isControl(_ id: Int32) -> Bool {
        id >= 0 && Int(id) < vocabularySize && vocabulary.kinds[Int(id)].isControl
    }

    static func strings(_ key: String, _ file: GGUFFile) throws(TokenizerError) -> GGUFArray {
        guard let array = file.array(key), array.elementType == .string else { throw .missing(key: key) }
        return array
    }

    /// What every token is for; all are normal where the file does not say.
    private static func kinds(_ file: GGUFFile, count: Int) throws(TokenizerError) -> [TokenKind] {
        let key = "tokenizer.ggml.token_type"
        guard file.value(key) != nil else { return [TokenKind](repeating: .normal, count: count) }
        guard let numbers = file.integers(key) else { throw .missing(key: key) }
        guard numbers.count == count else {
            throw .wrongCount(key: key, expected: count, found: numbers.count)
        }
        return numbers.map { UInt8(exactly: $0).flatMap(TokenKind.init) ?? .normal }
    }
}
