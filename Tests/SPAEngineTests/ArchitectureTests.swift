import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing

/// The family's architectures on tiny models against the PyPI package transformers (Fixtures/write_models.py).
@Suite struct ArchitectureTests {
    private struct Expectation: Decodable {
        let tokens: [Int32]
        let logits: [Float]
        let blockNorms: [Float]
        let continuation: [Int32]
    }

    private let team = ThreadTeam(threads: 2)

    private func path(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/" + name).path
    }

    private func expectation(_ name: String) throws -> Expectation {
        try JSONDecoder().decode(Expectation.self, from: Data(contentsOf: URL(fileURLWithPath: path(name + ".json"))))
    }

    /// The model in `name`.gguf with changes: metadata set, tensors left out or replaced.
    private func changed(
        _ name: String, set: [String: GGUFValue] = [:], without: (String) -> Bool = { _ in false },
        replacing: [String: [Float]] = [:]
    ) throws -> GGUFFile {
        let file = try GGUFFile(path: path(name + ".gguf"))
        var writer = GGUFWriter()
        for key in file.metadataKeys { writer.set(key, try #require(file.value(key))) }
        for (key, value) in set { writer.set(key, value) }
        for tensor in file.tensors where !without(tensor.name) {
            if let values = replacing[tensor.name] {
                try writer.add(name: tensor.name, type: .f32, shape: [values.count], values: values)
            } else {
                let bytes = file.withTensorBytes(tensor) { Array($0) }
                try writer.add(name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: bytes)
            }
        }
        return try GGUFFile(bytes: writer.bytes(), label: "x.gguf")
    }

    /// The largest difference of the last position's logits to transformers', as a part of the largest logit.
    private func error(_ name: String, _ file: GGUFFile, _ precision: BaseModel.Precision) throws -> Float {
        let expected = try expectation(name)
        let model = try BaseModel(file: file, precision: precision, team: team)
        let states = try model.forward(expected.tokens, cache: model.makeCache(capacity: 64))
        let logits = model.head(states.finals).row(0)
        #expect(logits.count == expected.logits.count)
        let difference = zip(logits, expected.logits).map { abs($0 - $1) }.max() ?? 0
        return difference / (expected.logits.map(abs).max() ?? 1)
    }

    static let names = ["llama", "llama3", "llama-linear", "qwen2", "qwen2-yarn", "qwen3"]

    @Test(arguments: names) func referenceEqualsTransformers(_ name: String) throws {
        let expected = try expectation(name)
        let file = try GGUFFile(path: path(name + ".gguf"))
        #expect(try error(name, file, .reference) < 1e-4)
        let model = try BaseModel(file: file, precision: .reference, team: team)
        let cache = try model.makeCache(capacity: 64)
        let taps = Array(1..<model.configuration.blockCount)
        var states = try model.forward(expected.tokens, cache: cache, taps: taps)
        for (tap, norm) in zip(states.taps, expected.blockNorms) {
            let found = tap.row(0).reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(found - norm) < 1e-4 * norm)
        }
        for token in expected.continuation {
            let logits = model.head(states.finals).row(0)
            let best = logits.indices.max { logits[$0] < logits[$1] }
            #expect(best == Int(token))
            states = try model.forward([token], cache: cache)
        }
    }

    @Test(arguments: names) func fastPathIsNearTransformers(_ name: String) throws {
        // 8-bit activations in networks as narrow as these cost more than in real ones.
        #expect(try error(name, GGUFFile(path: path(name + ".gguf")), .fast) < 0.1)
    }

    /// Without the part that an architecture adds the logits are others, by more than the fast path's error: the fixtures
    /// would show its absence on both paths.
    @Test func theFixturesShowEveryPart() throws {
        let parts: [(name: String, part: String)] = [
            ("llama3", "rope_freqs.weight"), ("qwen2", "attn_q.bias"), ("qwen2", "attn_k.bias"),
            ("qwen2", "attn_v.bias"),
            ("qwen3", "attn_q_norm.weight"), ("qwen3", "attn_k_norm.weight"), ("llama", "output.weight"),
            ("llama", "attn_output.bias"),
            ("llama", "ffn_gate.bias"), ("llama", "ffn_up.bias"), ("llama", "ffn_down.bias"),
        ]
        for (name, part) in parts {
            let file = try changed(name, without: { $0 == part || $0.hasSuffix("." + part) })
            #expect(try error(name, file, .reference) > 0.12, "\(name) without \(part)")
        }
        for (name, key) in [("llama-linear", "llama.rope.scaling.type"), ("qwen2-yarn", "qwen2.rope.scaling.type")] {
            for type in ["none", "linear"] where name != "llama-" + type {
                let unscaled = try changed(name, set: [key: .string(type)])
                #expect(try error(name, unscaled, .reference) > 0.12, "\(name) with \(type)")
            }
        }
        // A factor alone is a linear one.
        let untyped = try changed("llama3", set: ["llama.rope.scaling.factor": .float32(2)])
        #expect(try error("llama3", untyped, .reference) > 0.12)
    }

    /// Part of each head turns, the rest keeps what it is: both paths agree, and differ from heads that turn whole.
    @Test(arguments: ["llama3", "qwen2"]) func partsOfHeadsTurn(_ name: String) throws {
        let architecture = name == "llama3" ? "llama" : name
        let file = try changed(
            name, set: ["\(architecture).rope.dimension_count": .uint32(8)], without: { $0 == "rope_freqs.weight" })
        let tokens = try expectation(name).tokens
        let logits = try [BaseModel.Precision.reference, .fast].map { precision in
            let model = try BaseModel(file: file, precision: precision, team: team)
            #expect(model.configuration.ropeWidth == 8 && model.configuration.headWidth == 16)
            return model.head(try model.forward(tokens, cache: model.makeCache(capacity: 64)).finals).row(0)
        }
        let size = logits[0].map(abs).max() ?? 0
        #expect(zip(logits[0], logits[1]).allSatisfy { abs($0 - $1) < 0.1 * size })
        #expect(try error(name, file, .reference) > 0.12)
    }

    @Test func configurationsAreRead() throws {
        let qwen = try ModelConfiguration(file: GGUFFile(path: path("qwen3.gguf")))
        #expect(qwen.architecture == "qwen3" && qwen.ropeLayout == .halves && qwen.ropeScaling == .none)
        #expect(qwen.headWidth == 32 && qwen.headCount == 4 && qwen.width == 32 && qwen.ropeBase == 1_000_000)
        let linear = try ModelConfiguration(file: GGUFFile(path: path("llama-linear.gguf")))
        #expect(linear.ropeLayout == .neighbours && linear.ropeScaling == .linear(factor: 4) && linear.headWidth == 16)
    }

    @Test func errorsNameWhatIsWrong() throws {
        func problem(_ name: String, _ key: String, _ value: GGUFValue) throws -> EngineError? {
            do {
                _ = try ModelConfiguration(file: changed(name, set: [key: value]))
                return nil
            } catch let error as EngineError {
                return error
            }
        }
        func bad(_ key: String, _ problem: String) -> EngineError {
            .badMetadata(path: "x.gguf", key: key, problem: problem)
        }
        #expect(
            try problem("qwen2", "qwen2.rope.freq_base", .float32(0)) == bad("qwen2.rope.freq_base", "is 0.0"))
        #expect(
            try problem("qwen3", "qwen3.attention.value_length", .uint32(16))
                == bad("qwen3.attention.value_length", "is 16, unlike the keys' 32"))
        #expect(
            try problem("qwen2", "qwen2.rope.scaling.type", .string("x"))
                == bad("qwen2.rope.scaling.type", "is 'x', where 'none', 'linear' and 'yarn' are supported"))
        for factor in [0, -1, Float.nan, .infinity] {
            #expect(try problem("llama-linear", "llama.rope.scaling.factor", .float32(factor)) != nil)
        }
        #expect(
            try problem("qwen2-yarn", "qwen2.rope.scaling.original_context_length", .uint32(0))
                == bad("qwen2.rope.scaling.original_context_length", "is 0"))
        let vectors = [
            ("llama3", "rope_freqs.weight"), ("qwen2", "blk.1.attn_k.bias"), ("qwen3", "blk.0.attn_q_norm.weight"),
        ]
        for (name, vector) in vectors {
            let file = try changed(name, replacing: [vector: [1, 2, 3]])
            #expect(throws: EngineError.self) { try BaseModel(file: file, team: team) }
        }
    }
}
