import FoundationEssentials
import GGUF
import SPAEngine

/// The stand of a training on disk, written whole after every epoch, so that a killed training goes on as if it had
/// never stopped.
struct Checkpoint<Part: TrainedParameters> {
    /// The stand of each part that is trained: 0 all rows, then those that leave a fold out.
    var stages: [Int: PartProgress<Part>] = [:]

    /// Reads a checkpoint of this very training.
    /// - Parameter key: what the training depends on; a checkpoint of another training is refused.
    static func read(_ path: String, key: String, configuration: Part.Configuration) throws -> Checkpoint {
        guard FileManager.default.fileExists(atPath: path) else { return Checkpoint() }
        let file: GGUFFile
        do { file = try GGUFFile(path: path) } catch {
            throw TrainingError.badCheckpoint(path: path, problem: "\(error)")
        }
        guard file.string("spa.checkpoint.key") == key else { throw TrainingError.otherCheckpoint(path: path) }
        var result = Checkpoint()
        for stage in 0...64 {
            guard let steps = file.integer("spa.checkpoint.\(stage).steps"),
                let best = file.integer("spa.checkpoint.\(stage).best_epoch"),
                let history = file.floats("spa.checkpoint.\(stage).history"), history.count % 3 == 0
            else { continue }
            func read(_ what: String) throws -> Part {
                var part = Part(zeros: configuration)
                var tensors: [[Float]] = []
                for tensor in part.tensors {
                    let name = "\(stage).\(what).\(tensor.name)"
                    guard let info = file.tensor(name), info.shape == tensor.shape else {
                        throw TrainingError.badCheckpoint(
                            path: path, problem: "tensor '\(name)' is missing or misshapen")
                    }
                    tensors.append(file.dequantise(info))
                }
                part.setTensors(tensors)
                return part
            }
            var progress = PartProgress(try read("part"))
            progress.best = try read("best")
            progress.optimiser.mean = try read("mean")
            progress.optimiser.variance = try read("variance")
            progress.optimiser.step = steps
            progress.bestEpoch = best
            for i in stride(from: 0, to: history.count, by: 3) {
                progress.epochs.append(
                    .init(loss: history[i], heldOutLoss: history[i + 1], worthShare: history[i + 2]))
            }
            guard (0...progress.epochs.count).contains(best), steps >= 0 else {
                throw TrainingError.badCheckpoint(path: path, problem: "the best epoch is not among those trained")
            }
            result.stages[stage] = progress
        }
        return result
    }

    func write(_ path: String, key: String) throws {
        var writer = GGUFWriter()
        writer.set("general.architecture", .string("spa"))
        writer.set("general.type", .string("checkpoint"))
        writer.set("spa.checkpoint.key", .string(key))
        do {
            for (stage, progress) in stages.sorted(by: { $0.key < $1.key }) {
                writer.set("spa.checkpoint.\(stage).steps", .uint64(UInt64(progress.optimiser.step)))
                writer.set("spa.checkpoint.\(stage).best_epoch", .uint64(UInt64(progress.bestEpoch)))
                let history = progress.epochs.flatMap { [$0.loss, $0.heldOutLoss, $0.worthShare] }
                writer.set("spa.checkpoint.\(stage).history", .float32s(history))
                let parts = [
                    ("part", progress.part), ("best", progress.best), ("mean", progress.optimiser.mean),
                    ("variance", progress.optimiser.variance),
                ]
                for (what, part) in parts {
                    for tensor in part.tensors {
                        try writer.add(
                            name: "\(stage).\(what).\(tensor.name)", type: .f32, shape: tensor.shape,
                            values: tensor.values)
                    }
                }
            }
            try writer.write(to: path)
        } catch {
            throw TrainingError.cannotWrite(path: path, reason: "\(error)")
        }
    }
}
