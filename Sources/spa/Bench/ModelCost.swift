import Compute
import GGUF
import SPAEngine

/// What a token costs at least, whatever the program: the bytes of the weights and of the cache that it reads, and its
/// multiply-adds with the weights.
struct ModelCost {
    /// Of all weights that a generated token reads, as they lie in the file.
    let weightBytes: Double
    /// Of keys and values in half precision, a position.
    let cacheBytes: Double
    /// With the weights of all blocks, a token.
    let blockMultiplyAdds: Double
    /// With the output head, for each position whose next token is wanted.
    let headMultiplyAdds: Double

    /// Counts the tensors of a file.
    init(file: GGUFFile, configuration: ModelConfiguration) {
        // A tied head is the embedding; otherwise of the embedding only one row is read.
        let head = file.tensor("output.weight") == nil ? "token_embd.weight" : "output.weight"
        var (bytes, blocks, last) = (0, 0, 0)
        for tensor in file.tensors where tensor.name == head || tensor.name != "token_embd.weight" {
            bytes += tensor.byteCount
            guard tensor.rows > 1 else { continue }
            if tensor.name == head {
                last += tensor.rows * tensor.columns
            } else {
                blocks += tensor.rows * tensor.columns
            }
        }
        weightBytes = Double(bytes)
        blockMultiplyAdds = Double(blocks)
        headMultiplyAdds = Double(last)
        cacheBytes = Double(
            2 * 2 * configuration.blockCount * configuration.keyValueHeadCount * configuration.headWidth)
    }

    /// The tokens a second that the machine's limit allows: for a prompt its multiply-adds with the weights (attention not
    /// counted, the head once), for generation the bytes that a token reads, on average over those generated.
    func mostTokensPerSecond(_ work: BenchmarkCase.Work, _ limits: MachineLimits) -> Double {
        switch work {
        case .prompt(let tokens):
            limits.multiplyAdds / (blockMultiplyAdds + headMultiplyAdds / Double(tokens))
        case .generation(let tokens, let depth):
            limits.readBytes / (weightBytes + cacheBytes * (Double(depth) + Double(tokens) / 2))
        }
    }
}
