import Foundation
import GGUF
import SPAEngine

/// A Llama block by block in f64, one number at a time: what the engine's paths are compared with.
struct Definition {
    let file: GGUFFile
    let configuration: ModelConfiguration
    /// What a plugin inside the blocks adds at a site, from what it reads there; empty for nothing.
    var change: (_ block: Int, _ site: BlockSite, _ states: [Double]) -> [Double] = { _, _, _ in [] }

    private func changed(_ x: [Double], _ change: ArraySlice<Double>) -> [Double] {
        change.isEmpty ? x : zip(x, change).map(+)
    }

    private func matrix(_ name: String) -> [[Double]] {
        guard let tensor = file.tensor(name + ".weight") else { return [] }
        let values = file.dequantise(tensor).map(Double.init)
        return (0..<tensor.rows).map { Array(values[$0 * tensor.columns..<($0 + 1) * tensor.columns]) }
    }

    private func product(_ weights: [[Double]], _ x: [Double]) -> [Double] {
        weights.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private func norm(_ x: [Double], _ name: String) -> [Double] {
        let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
        let weight = matrix(name).flatMap { $0 }
        return zip(x, weight).map { $0 / (mean + Double(configuration.rmsEpsilon)).squareRoot() * $1 }
    }

    private func turned(_ head: [Double], _ position: Int) -> [Double] {
        var result = head
        for pair in 0..<head.count / 2 {
            let angle = Double(position) * pow(configuration.ropeBase, -2 * Double(pair) / Double(head.count))
            let (x, y) = (head[2 * pair], head[2 * pair + 1])
            result[2 * pair] = x * cos(angle) - y * sin(angle)
            result[2 * pair + 1] = x * sin(angle) + y * cos(angle)
        }
        return result
    }

    private func heads(_ x: [Double], _ position: Int?) -> [[Double]] {
        stride(from: 0, to: x.count, by: configuration.headWidth).map {
            let head = Array(x[$0..<$0 + configuration.headWidth])
            return position.map { turned(head, $0) } ?? head
        }
    }

    func run(_ tokens: [Int32]) -> (blocks: [[[Double]]], logits: [[Double]]) {
        let embedding = matrix("token_embd")
        var x = tokens.map { embedding[Int($0)] }
        var blocks: [[[Double]]] = []
        let group = configuration.headCount / configuration.keyValueHeadCount
        for block in 0..<configuration.blockCount {
            let p = "blk.\(block)."
            let n = x.map { norm($0, p + "attn_norm") }
            let (wq, wk, wv) = (matrix(p + "attn_q"), matrix(p + "attn_k"), matrix(p + "attn_v"))
            let changes = n.map { change(block, .queryValue, $0) }
            let q = n.indices.map { heads(changed(product(wq, n[$0]), changes[$0].prefix(wq.count)), $0) }
            let k = n.indices.map { heads(product(wk, n[$0]), $0) }
            let v = n.indices.map { heads(changed(product(wv, n[$0]), changes[$0].suffix(wv.count)), nil) }
            let output = matrix(p + "attn_output")
            for t in x.indices {
                var attended: [Double] = []
                for head in 0..<configuration.headCount {
                    let scores = (0...t).map { s in
                        exp(
                            zip(q[t][head], k[s][head / group]).reduce(0) { $0 + $1.0 * $1.1 }
                                / Double(configuration.headWidth).squareRoot())
                    }
                    let sum = scores.reduce(0, +)
                    attended += (0..<configuration.headWidth).map { i in
                        (0...t).reduce(0) { $0 + scores[$1] / sum * v[$1][head / group][i] }
                    }
                }
                let added = product(output, attended)
                x[t] = zip(x[t], changed(added, change(block, .attentionOutput, added)[...])).map(+)
            }
            let (gate, up, down) = (matrix(p + "ffn_gate"), matrix(p + "ffn_up"), matrix(p + "ffn_down"))
            for t in x.indices {
                let n = norm(x[t], p + "ffn_norm")
                let inner = zip(product(gate, n), product(up, n)).map { $0 / (1 + exp(-$0)) * $1 }
                let added = product(down, inner)
                x[t] = zip(x[t], changed(added, change(block, .feedForwardOutput, added)[...])).map(+)
            }
            blocks.append(x)
        }
        let head = file.tensor("output.weight") == nil ? embedding : matrix("output")
        return (blocks, x.map { product(head, norm($0, "output_norm")) })
    }
}
