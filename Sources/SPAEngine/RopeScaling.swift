import Compute
import GGUF
import Glibc

/// How a model reads texts longer than those it was first trained on: its positions turn more slowly.
public enum RopeScaling: Sendable, Equatable {
    /// As trained.
    case none
    /// Every pair turns `factor` times more slowly.
    case linear(factor: Double)
    /// YaRN (Peng et al., arXiv 2309.00071): pairs that turn less than once within `originalContext` positions turn
    /// `factor` times more slowly, those that turn 32 times as before, those between by parts; queries and keys grow a
    /// little.
    case yarn(factor: Double, originalContext: Int)

    /// Scaling by the metadata of a file; the key whose value is of no use and what is wrong with it are the error.
    static func read(
        _ file: GGUFFile, architecture: String, contextLength: Int
    ) throws(EngineError) -> RopeScaling {
        func bad(_ name: String, _ problem: String) -> EngineError {
            .badMetadata(path: file.path, key: "\(architecture).rope.scaling.\(name)", problem: problem)
        }
        let prefix = "\(architecture).rope.scaling."
        let type = file.string(prefix + "type") ?? "linear"
        let factor = file.float(prefix + "factor") ?? 1
        guard factor > 0, factor.isFinite else { throw bad("factor", "is \(factor)") }
        switch type {
        case "none": return .none
        case "linear": return factor == 1 ? .none : .linear(factor: factor)
        case "yarn":
            let original = file.integer(prefix + "original_context_length") ?? contextLength
            guard (1...1 << 24).contains(original) else { throw bad("original_context_length", "is \(original)") }
            return .yarn(factor: factor, originalContext: original)
        default:
            throw bad("type", "is '\(type)', where 'none', 'linear' and 'yarn' are supported")
        }
    }

    /// What the frequency of each pair is divided by, [width / 2], for `width` numbers that turn.
    func divisors(width: Int, base: Double) -> [Float] {
        let pairs = 0..<width / 2
        switch self {
        case .none: return pairs.map { _ in 1 }
        case .linear(let factor): return pairs.map { _ in Float(factor) }
        case .yarn(let factor, let originalContext):
            /// The pair that turns `count` times within the original context.
            func pair(turning count: Double) -> Double {
                Double(width) * log(Double(originalContext) / (count * 2 * .pi)) / (2 * log(base))
            }
            let first = max(pair(turning: 32).rounded(.down), 0)
            let last = min(pair(turning: 1).rounded(.up), Double(width - 1))
            return pairs.map { pair in
                let slowed = min(max((Double(pair) - first) / max(last - first, 0.001), 0), 1)
                return Float(1 / (slowed / factor + 1 - slowed))
            }
        }
    }

    /// What queries and keys are multiplied by as they turn.
    var magnitude: Float {
        if case .yarn(let factor, _) = self { Float(1 + 0.1 * log(factor)) } else { 1 }
    }
}
