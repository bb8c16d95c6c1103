import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

/// Every method trained on the tiny model, and what the methods have in common.
@Suite struct MethodTests {
    private func options(_ method: Method) -> TrainingOptions {
        var options = TinyTraining.options(epochs: 5, linearSteps: 20)
        options.method = method
        options.side.rate = 1e-2
        options.side.batchRows = 2
        options.blocks.rate = 1e-2
        options.blocks.batchRows = 2
        return options
    }

    private func train(
        _ options: TrainingOptions, threads: Int = 1, _ progress: (TrainingProgress) -> Bool = { _ in true }
    ) throws -> TrainingReport {
        try TinyTraining.trainer(options, threads: threads).train(TinyTraining.rows, heldOut: nil, progress: progress)
    }

    @Test(arguments: Method.allCases) func learnsItsRows(method: Method) throws {
        var phases: [TrainingProgress.Phase] = []
        let report = try train(options(method)) {
            if phases.last != $0.phase { phases.append($0.phase) }
            return true
        }
        let plugin = report.plugin
        let facts = plugin.facts
        #expect(plugin.method == method && (plugin.gate != nil) == method.hasGate)
        #expect(facts.heldOutLoss.side < facts.heldOutLoss.base - 1, "\(facts.heldOutLoss)")
        #expect(facts.rows == 9 && facts.heldOutRows == 3 && facts.anchors == (method.hasGate ? 6 : 0))
        #expect(phases.contains(.gate) == method.hasGate && phases.contains(.side))
        if !method.hasGate {
            #expect(facts.usagePercent == (100, 100) && facts.heldOutLoss.gated == facts.heldOutLoss.side)
        }
    }

    @Test(arguments: [Method.lora, .adapter, .separation]) func givesTheSameForOneAndTwoThreads(method: Method) throws {
        var brief = options(method)
        brief.side.epochs = 2
        brief.blocks.epochs = 2
        #expect(try train(brief).plugin == train(brief, threads: 2).plugin)
    }

    @Test(arguments: [Method.lora, .lst]) func goesOnFromItsCheckpoint(method: Method) throws {
        let path = TinyModel.temporaryPath("checkpoint.gguf")
        defer { TinyModel.remove(path) }
        var resumable = options(method)
        resumable.checkpoint = path
        var steps = 0
        _ = try train(resumable) { progress in
            steps += progress.phase == .side ? 1 : 0
            return steps < 12
        }
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try train(resumable).plugin == train(options(method)).plugin)
    }

    @Test(arguments: [Method.lora, .adapter]) func theFileHoldsThePlugin(method: Method) throws {
        let path = TinyModel.temporaryPath("plugin.gguf")
        defer { TinyModel.remove(path) }
        var brief = options(method)
        brief.blocks.epochs = 1
        let plugin = try train(brief).plugin
        try plugin.save(to: path)
        let base = try BaseModel(file: TinyModel.file(), team: ThreadTeam(threads: 1))
        #expect(try Plugin.load(path: path, for: base) == plugin)
    }

    /// The sizes of SmolLM2-135M, in a file without blocks.
    private func smolLM2() throws -> ModelConfiguration {
        var writer = GGUFWriter()
        writer.set("general.architecture", .string("llama"))
        for (key, value) in [
            ("block_count", 30), ("embedding_length", 576), ("attention.head_count", 9),
            ("attention.head_count_kv", 3), ("feed_forward_length", 1536), ("context_length", 8192),
        ] {
            writer.set("llama.\(key)", .uint32(UInt32(value)))
        }
        try writer.add(
            name: "token_embd.weight", type: .f32, shape: [576, 2], values: [Float](repeating: 0, count: 1152))
        return try ModelConfiguration(file: GGUFFile(bytes: writer.bytes(), label: "sizes"))
    }

    @Test func trainedParametersAreWithinATenthOfEachOther() throws {
        let base = try smolLM2()
        let side = SideConfiguration.standard(for: base)
        let gate = GateRecipe().parameterCount(baseWidth: 576, taps: side.taps.count)
        let spa = side.parameterCount + gate
        let lora = LowRankConfiguration.matched(to: side.parameterCount + gate / 2, base: base)
        let adapter = SerialAdapterConfiguration.matched(to: side.parameterCount + gate / 2, base: base)
        for count in [side.parameterCount, lora.parameterCount, adapter.parameterCount] {
            #expect(abs(Double(count) / Double(spa) - 1) < 0.1, "\(count) beside \(spa)")
        }
        #expect(lora.rank == 21 && adapter.width == 17)
        #expect(LowRankAdaptation(zeros: lora).tensors.reduce(0) { $0 + $1.values.count } == lora.parameterCount)
        #expect(SerialAdapter(zeros: adapter).tensors.reduce(0) { $0 + $1.values.count } == adapter.parameterCount)
    }

    @Test func manyRowsAreLearnedLessOften() {
        let recipe = TrainingRecipe()
        #expect([1, 255, 266, 600, 1300, 6000].map(recipe.epochs) == [60, 15, 15, 6, 3, 3])
        #expect([1, 255, 600, 6000].map(TrainingRecipe.blocks.epochs) == [6, 6, 3, 2])
        var own = recipe
        own.epochs = 9
        #expect(own.epochs(rows: 6000) == 9)
    }

    @Test func overfittingEndsTheTraining() throws {
        var eager = options(.integration)
        eager.side.epochs = 60
        eager.side.rate = 0.05
        let report = try train(eager)
        let losses = report.epochs.map(\.heldOutLoss)
        let rises = zip(losses, losses.dropFirst()).map { $0 < $1 }
        let limit = report.plugin.facts.heldOutLoss.base / 5
        let ends = (3...max(3, losses.count)).first { count in
            count <= losses.count && rises[count - 2] && rises[count - 3]
                && losses[count - 1] - (losses[..<count].min() ?? 0) > limit
        }
        #expect(ends ?? 60 == losses.count)
        #expect(report.plugin.facts.heldOutLoss.side <= (losses.min() ?? 0) + 0.05 && !report.stopped)
    }
}
