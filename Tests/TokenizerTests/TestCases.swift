import Foundation
import GGUF
import TestSupport
import Testing
import Tokenizer

/// The cases of a fixture.
func cases<Case: Decodable>(_ name: String, of type: Case.Type) throws -> [Case] {
    let folder = try #require(Bundle.module.resourceURL)
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/" + name))
    return try JSONDecoder().decode([Case].self, from: data)
}

/// The tokenizer of the tiny model.
func tinyTokenizer() throws -> Tokenizer {
    try Tokenizer(file: TinyModel.file())
}

/// The tokenizer of a made-up vocabulary: the given control tokens first, then the tiny model's bytes and merges, then
/// the given user-defined tokens.
func tokenizer(
    control: [String] = [], userDefined: [String] = [], rules: String = "gpt-2",
    _ change: (inout GGUFWriter) -> Void = { _ in }
) throws -> Tokenizer {
    try Tokenizer(file: vocabularyFile(control: control, userDefined: userDefined, rules: rules, change))
}

func vocabularyFile(
    control: [String] = [], userDefined: [String] = [], rules: String = "gpt-2",
    _ change: (inout GGUFWriter) -> Void = { _ in }
) throws -> GGUFFile {
    let plain = TinyModelVocabulary.tokens.dropFirst(TinyModelVocabulary.specialTokens.count)
    var writer = GGUFWriter()
    writer.set("tokenizer.ggml.model", .string("gpt2"))
    writer.set("tokenizer.ggml.pre", .string(rules))
    writer.set("tokenizer.ggml.tokens", .strings(control + plain + userDefined))
    let kinds = control.map { _ in Int32(3) } + plain.map { _ in 1 } + userDefined.map { _ in 4 }
    writer.set("tokenizer.ggml.token_type", .int32s(kinds))
    writer.set("tokenizer.ggml.merges", .strings(TinyModelVocabulary.merges))
    change(&writer)
    return try GGUFFile(bytes: writer.bytes())
}

/// Random numbers that are the same on every machine.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 29)
    }

    /// A text of up to `count` scalars, from all of Unicode but mostly from its beginning.
    mutating func text(_ count: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...count, using: &self) {
            let limit: UInt32 = [0x80, 0x80, 0x80, 0x800, 0x3000, 0x110000].randomElement(using: &self) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }
}
