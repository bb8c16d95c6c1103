import GGUF
import TestSupport
import Testing

/// The model that other modules' tests run on.
@Suite struct TinyModelTests {
    @Test(arguments: [GGMLType.f32, .f16, .q8_0, .q4_0, .q4_1], [true, false])
    func itHasTheLayoutOfALlama(_ type: GGMLType, _ tied: Bool) throws {
        let file = try TinyModel.file(type: type, tied: tied)
        #expect(file.tensors.count == 1 + 4 * 9 + 1 + (tied ? 0 : 1))
        #expect(file.tensor("token_embd.weight")?.shape == [64, 320])
        #expect(file.tensor("blk.3.attn_k.weight")?.shape == [64, 32])
        #expect(file.tensor("blk.0.ffn_down.weight").map { $0.shape == [96, 64] && $0.type == type } == true)
        #expect(file.tensor("output_norm.weight")?.type == .f32)
        #expect((file.tensor("output.weight") == nil) == tied)
        #expect(file.integer("llama.vocab_size") == 320 && file.strings("tokenizer.ggml.tokens")?.count == 320)
        for tensor in file.tensors {
            let values = file.dequantise(tensor)
            #expect(values.allSatisfy { $0.isFinite })
        }
    }

    @Test func otherShapesAreWritten() throws {
        let shape = TinyModel.Shape(blockCount: 2, width: 128, headCount: 2, keyValueHeadCount: 1, feedForwardWidth: 64)
        let file = try TinyModel.file(seed: 5, shape: shape, type: .q8_0)
        #expect(file.tensor("blk.1.attn_v.weight")?.shape == [128, 64] && file.tensor("blk.2.attn_v.weight") == nil)
    }
}
