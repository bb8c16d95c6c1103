import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing
import Training

/// LoRA and Adapter through the frozen base: the way forward against the base's own, the way back against central
/// differences, on the tiny model with f32 weights.
@Suite struct BlockGradientTests {
    private static let rows = [
        EncodedRow(tokens: [1, 77, 30, 5, 200, 31, 8, 99, 12], positions: [4, 5, 7]),
        EncodedRow(tokens: [1, 40, 41, 42, 7], positions: [2, 3]),
    ]

    private func base(
        _ precision: BaseModel.Precision = .reference, type: GGMLType = .f32, qwen: Bool = false, threads: Int = 2
    ) throws -> BaseModel {
        let file = qwen ? try qwenLike() : try TinyModel.file(type: type)
        return try BaseModel(file: file, precision: precision, team: ThreadTeam(threads: threads))
    }

    /// The tiny model with all that the Qwen families add: biases of q, k and v, norms of the heads, turns by halves.
    private func qwenLike() throws -> GGUFFile {
        let file = try TinyModel.file()
        var writer = GGUFWriter()
        for key in file.metadataKeys {
            writer.set(key.replacingPrefix("llama.", by: "qwen3."), try #require(file.value(key)))
        }
        writer.set("general.architecture", .string("qwen3"))
        for tensor in file.tensors {
            let bytes = file.withTensorBytes(tensor) { Array($0) }
            try writer.add(name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: bytes)
        }
        var random = SeededRandom(seed: 3)
        for block in 0..<4 {
            for (name, count) in [("q", 64), ("k", 32), ("v", 32)] {
                let values = (0..<count).map { _ in random.normal() * 0.2 }
                try writer.add(name: "blk.\(block).attn_\(name).bias", type: .f32, shape: [count], values: values)
            }
            for name in ["q", "k"] {
                let values = (0..<16).map { _ in 1 + 0.2 * random.normal() }
                try writer.add(
                    name: "blk.\(block).attn_\(name)_norm.weight", type: .f32, shape: [16], values: values)
            }
        }
        return try GGUFFile(bytes: writer.bytes(), label: "qwen3")
    }

    private func lora(_ base: BaseModel) -> LowRankAdaptation {
        LowRankAdaptation(.matched(to: 3000, base: base.configuration), seed: 4)
    }

    private func adapter(_ base: BaseModel) -> SerialAdapter {
        SerialAdapter(.matched(to: 5000, base: base.configuration), seed: 4)
    }

    /// Numbers at random in every tensor.
    private func shaken<Part: TrainedParameters>(_ part: Part, by size: Float = 0.2) -> Part {
        var random = SeededRandom(seed: 8)
        var result = part
        result.update { values, _ in values = values.map { _ in random.normal() * size } }
        return result
    }

    @Test(arguments: [false, true]) func atTheStartItIsTheBase(qwen: Bool) throws {
        let base = try base(qwen: qwen)
        let function = try DifferentiableBase(base)
        for text in Self.rows.map({ Array($0.read) }) {
            let found = try function.forward(text, with: lora(base), team: base.team)
            #expect(try function.forward(text, with: adapter(base), team: base.team) == found)
            let own = try base.forward(text, cache: base.makeCache(capacity: 16), wanted: .all).finals
            #expect(zip(own.values, found.values).allSatisfy { abs($0 - $1) < 2e-4 * max(1, abs($0)) })
        }
    }

    private func objective<Part: DifferentiablePart>(_ part: Part, _ base: BaseModel) throws -> BlockObjective<Part> {
        let rows = BlockRows(rows: Self.rows, baseLoss: [])
        let ids = Array(0..<Int32(base.configuration.vocabularySize))
        return BlockObjective(
            base: base, function: try DifferentiableBase(base), data: rows, heldOut: rows,
            loss: HeadLoss(subset: try VocabularySubset(ids, base: base)), configuration: part.configuration)
    }

    /// Along a random direction within each tensor, so that every element takes part.
    private func checkGradients<Part: DifferentiablePart>(_ part: Part, _ base: BaseModel) throws {
        var objective = try objective(part, base)
        func loss(_ part: Part) throws -> Double {
            Double(try objective.differentiate(part, rows: [0, 1], anchors: [], key: 0).loss)
        }
        let gradients = try objective.differentiate(part, rows: [0, 1], anchors: [], key: 0).gradients
        var random = SeededRandom(seed: 17)
        for (index, tensor) in part.tensors.enumerated() {
            let own = gradients[index].values.values
            let size = VectorMath.sumOfSquares(own, in: 0..<own.count).squareRoot()
            // Half at random, half along the gradient: the expected difference is never near zero.
            let direction = own.map { 0.5 * random.normal() / Float(own.count).squareRoot() + $0 / max(size, 1e-9) }
            let expected = Double(VectorMath.dot(own, direction, count: own.count))
            let step: Float = 1e-2
            var values = part.tensors.map(\.values)
            var moved = part
            VectorMath.addScaled(&values[index], direction, factor: step)
            moved.setTensors(values)
            let above = try loss(moved)
            VectorMath.addScaled(&values[index], direction, factor: -2 * step)
            moved.setTensors(values)
            let difference = (above - (try loss(moved))) / Double(2 * step)
            #expect(abs(difference - expected) < 0.01 * max(0.02, abs(expected)), "\(tensor.name)")
            #expect(size > 0, "\(tensor.name)")
        }
    }

    @Test(arguments: [false, true]) func loraMatchesFiniteDifferences(qwen: Bool) throws {
        let base = try base(qwen: qwen)
        try checkGradients(shaken(lora(base)), base)
    }

    @Test(arguments: [false, true]) func adapterMatchesFiniteDifferences(qwen: Bool) throws {
        let base = try base(qwen: qwen)
        try checkGradients(shaken(adapter(base)), base)
    }

    /// With packed weights both ways are quantised; the gradient still points where the f32 one does.
    @Test func packedGradientsAreNearThoseInF32() throws {
        func gradient(_ precision: BaseModel.Precision) throws -> [Float] {
            let base = try base(precision, type: .q8_0)
            let part = shaken(lora(base))
            var objective = try objective(part, base)
            return try objective.differentiate(part, rows: [0, 1], anchors: [], key: 0).gradients
                .flatMap(\.values.values)
        }
        let (fast, exact) = (try gradient(.fast), try gradient(.reference))
        func product(_ a: [Float], _ b: [Float]) -> Float { VectorMath.dot(a, b, count: a.count) }
        let cosine = product(fast, exact) / (product(fast, fast) * product(exact, exact)).squareRoot()
        #expect(cosine > 0.995, "\(cosine)")
    }

    @Test func gradientsDoNotDependOnTheTeam() throws {
        func gradient(_ threads: Int) throws -> [Matrix] {
            let base = try base(.fast, type: .q8_0, threads: threads)
            let part = shaken(adapter(base))
            var objective = try objective(part, base)
            return try objective.differentiate(part, rows: [0, 1], anchors: [], key: 0).gradients.map(\.values)
        }
        #expect(try gradient(1) == gradient(3))
    }

    @Test func aBatchIsTheSumOfItsRows() throws {
        let base = try base()
        let part = shaken(lora(base))
        var objective = try objective(part, base)
        let both = try objective.differentiate(part, rows: [0, 1], anchors: [], key: 0)
        let first = try objective.differentiate(part, rows: [0], anchors: [], key: 0)
        let second = try objective.differentiate(part, rows: [1], anchors: [], key: 0)
        #expect(abs(both.loss - (3 * first.loss + 2 * second.loss) / 5) < 1e-4)
        for (index, gradient) in both.gradients.enumerated() {
            let (a, b) = (first.gradients[index].values.values, second.gradients[index].values.values)
            for (element, value) in gradient.values.values.enumerated() {
                #expect(abs(value - (3 * a[element] + 2 * b[element]) / 5) < 1e-4)
            }
        }
        // The subset is the whole vocabulary: what is trained on is what is measured.
        let measured = try objective.heldOutLosses(of: part)
        #expect(measured.count == 5 && abs(measured.reduce(0, +) / 5 - both.loss) < 2e-3)
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, by other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
