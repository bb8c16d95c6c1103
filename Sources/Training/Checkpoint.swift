import FoundationEssentials
import GGUF
import SPAEngine

/// The stand of a training on disk, written whole after every epoch, so that a killed training goes on as if it had
/// never stopped.
struct Checkpoint {
    /// The stand of each side that is trained: 0 all rows, then those that leave a fold out.
    var stages: [Int: SideTrainer.Progress] = [:]

    /// Reads a checkpoint of this very training.
    /// - Parameter key: what the training depends on; a checkpoint of another training is refused.
    static func read(_ path: String, key: String, configuration: SideConfiguration) throws -> Checkpoint {
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
            func side(_ part: String) throws -> SideNetwork {
                var side = SideNetwork(zeros: configuration)
                var tensors: [[Float]] = []
                for tensor in side.tensors {
                    let name = "\(stage).\(part).\(tensor.name)"
                    guard let info = file.tensor(name), info.shape == tensor.shape else {
                        throw TrainingError.badCheckpoint(
                            path: path, problem: "tensor '\(name)' is missing or misshapen")
                    }
                    tensors.append(file.dequantise(info))
                }
                side.setTensors(tensors)
                return side
            }
            var progress = SideTrainer.Progress(try side("side"))
            progress.best = try side("best")
            progress.optimiser.mean = try side("mean")
            progress.optimiser.variance = try side("variance")
            progress.optimiser.step = steps
            progress.bestEpoch = best
            for i in stride(from: 0, to: history.count, by: 3) {
                progress.epochs.append(
                    .init(loss: history[i], heldOutLoss: history[i + 1], worthShare: history[i + 2]))
            }
            guard (0...progress.epochs.count).contains(best) else {
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
                    ("side", progress.side), ("best", progress.best), ("mean", progress.optimiser.mean),
                    ("variance", progress.optimiser.variance),
                ]
                for (part, side) in parts {
                    for tensor in side.tensors {
                        try writer.add(
                            name: "\(stage).\(part).\(tensor.name)", type: .f32, shape: tensor.shape,
                            values: tensor.values)
                    }
                }
            }
            try writer.write(to: path)
        } catch {
            throw TrainingError.cannotWrite(path: path, reason: "\(error)")
        }
    }

    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
