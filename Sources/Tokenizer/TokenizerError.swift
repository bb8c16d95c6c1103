/// Why a model file's tokenizer cannot be used.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The metadata value `key` is missing or has the wrong type.
    case missing(key: String)
    /// `tokenizer.ggml.model` is neither byte-level byte-pair encoding nor SentencePiece's.
    case unsupportedModel(String)
    /// `tokenizer.ggml.pre` names rules for splitting text that this program does not have.
    case unsupportedPreTokenizer(String)
    /// The arrays of the vocabulary have different lengths.
    case wrongCount(key: String, expected: Int, found: Int)
    /// The vocabulary is empty or too large.
    case unusableVocabulary(count: Int)
    /// Merge `index` is not two tokens with a space between them.
    case malformedMerge(index: Int)
    /// `key` is an id outside of the vocabulary.
    case idOutOfRange(key: String, id: Int, vocabularySize: Int)

    /// One sentence: what, where, what to do.
    public var description: String {
        switch self {
        case .missing(let key):
            "the model file has no usable \(key); it lacks a tokenizer, so choose another file"
        case .unsupportedModel(let name):
            "the tokenizer of kind \(name.debugDescription) is not supported; choose a model with kind \"gpt2\" or \"llama\""
        case .unsupportedPreTokenizer(let name):
            "the tokenizer's rules \(name.debugDescription) are not supported; choose a model with one of "
                + PreTokenizer.Rules.names.joined(separator: ", ")
        case .wrongCount(let key, let expected, let found):
            "\(key) has \(found) elements where the vocabulary has \(expected); the model file is broken"
        case .unusableVocabulary(let count):
            "a vocabulary of \(count) tokens is not usable; the model file is broken"
        case .malformedMerge(let index):
            "merge \(index) of tokenizer.ggml.merges is not two tokens; the model file is broken"
        case .idOutOfRange(let key, let id, let vocabularySize):
            "\(key) is \(id), outside of the vocabulary of \(vocabularySize) tokens; the model file is broken"
        }
    }
}
