import GGUF

/// The tiny model's vocabulary: ChatML's special tokens with SmolLM2's ids, the 256 bytes, and a few merges.
public enum TinyModelVocabulary {
    /// `<|endoftext|>`, `<|im_start|>`, `<|im_end|>`: ids 0, 1, 2.
    public static let specialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

    /// The merges, in order of rank; `Ġ` is the space in byte-level notation, `Ċ` the line feed.
    public static let merges = [
        "Ġ t", "h e", "i n", "Ġ a", "e r", "o n", "Ġt he", "r e", "Ġ s", "a t", "e n", "o r", "Ġ w", "i s", "Ġ c",
        "l l", "o u", "Ġ o", "Ġ m", "e s", "i t", "in g", "Ġ f", "Ġ b", "a n", "Ġ p", "Ġa n", "Ġan d", "e d", "Ġo f",
        "a l", "Ġt o", "Ġ in", "i c", "Ġ d", "Ġ h", "o m", "Ġ is", "Ġ y", "Ġy ou", "u s", "er s", "s t", "a s",
        "l e", "Ċ Ċ", "Ġ Ġ", "ĠĠ ĠĠ", "u r", "a r", "ĠĠĠĠ ĠĠĠĠ", "n t", "i on", "v e", "u t", "Ġw h", "s e", "r o",
        "Ġb e", "Ġs t", "Ġf or",
    ]

    /// All tokens in the order of their ids, in byte-level notation.
    public static let tokens: [String] =
        specialTokens + byteTokens + merges.map { $0.filter { $0 != " " } }

    /// The 256 bytes, printable ones first, as in GPT-2's vocabulary.
    static let byteTokens: [String] = {
        let printable = (0..<256).filter(isPrintable)
        let others = (0..<256).filter { !isPrintable($0) }
        return printable.map(scalar) + others.indices.map { scalar(256 + $0) }
    }()

    static func setMetadata(_ writer: inout GGUFWriter) {
        writer.set("tokenizer.ggml.add_space_prefix", .bool(false))
        writer.set("tokenizer.ggml.add_bos_token", .bool(false))
        writer.set("tokenizer.ggml.model", .string("gpt2"))
        writer.set("tokenizer.ggml.pre", .string("smollm"))
        writer.set("tokenizer.ggml.tokens", .strings(tokens))
        let types = tokens.indices.map { Int32($0 < specialTokens.count ? 3 : 1) }
        writer.set("tokenizer.ggml.token_type", .int32s(types))
        writer.set("tokenizer.ggml.merges", .strings(merges))
        writer.set("tokenizer.ggml.bos_token_id", .uint32(1))
        writer.set("tokenizer.ggml.eos_token_id", .uint32(2))
        writer.set("tokenizer.ggml.unknown_token_id", .uint32(0))
        writer.set("tokenizer.ggml.padding_token_id", .uint32(2))
    }

    private static func isPrintable(_ byte: Int) -> Bool {
        (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
    }

    private static func scalar(_ value: Int) -> String {
        UnicodeScalar(UInt32(value)).map { String(Character($0)) } ?? ""
    }
}
