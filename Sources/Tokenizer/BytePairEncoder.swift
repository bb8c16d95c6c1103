import GGUF

/// Text to tokens by byte-level byte-pair encoding (`tokenizer.ggml.model` = `gpt2`).
struct BytePairEncoder: Sendable {
    private let merges: MergeTable
    private let preTokenizer: PreTokenizer
    /// Words that are tokens are not split and merged again (Llama 3).
    let isLlama3: Bool

    init(file: GGUFFile, vocabulary: Vocabulary) throws(TokenizerError) {
        let name = file.string("tokenizer.ggml.pre") ?? "gpt-2"
        guard let rules = PreTokenizer.Rules(name: name) else { throw .unsupportedPreTokenizer(name) }
        preTokenizer = PreTokenizer(rules: rules)
        isLlama3 = rules == .llama3(digits: 3)
        let texts = try Tokenizer.strings("tokenizer.ggml.merges", file)
        merges = try MergeTable(texts: texts, vocabulary: vocabulary)
    }

    /// Appends the tokens of the text `bytes`. Bytes that the vocabulary lacks (a few control characters) are left out, as
    /// in the models' own tokenizers.
    func encode(_ bytes: [UInt8], _ vocabulary: Vocabulary, _ merger: inout PairMerger, into ids: inout [Int32]) {
        let idOfByte = vocabulary.idOfByte
        var start = 0
        for end in preTokenizer.ends(bytes) {
            let word = start..<end
            start = end
            if isLlama3, let id = vocabulary.id(of: bytes, word) {
                ids.append(id)
                continue
            }
            merger.merge(
                bytes[word].lazy.map { idOfByte[Int($0)] }.filter { $0 >= 0 },
                find: { merges.merge($0.left, $0.right) }, emit: { id, _ in ids.append(id) })
        }
    }
}
