import Compute
import GGUF

/// A layer's way back, dx = dy W, at the precision of its way forward: 8-bit products with 8-bit gradients, block by
/// block of 32, or f32.
package enum TransposedLayer: Sendable {
    /// Wᵀ.
    case packed(PackedLayer)
    /// W, [output, input].
    case float(Matrix)

    /// dLoss by the layer's input, from dLoss by its output, [n, output].
    package func apply(_ gradient: Matrix, team: ThreadTeam) -> Matrix {
        switch self {
        case .packed(let layer):
            return Matrix(
                rows: gradient.rows, columns: layer.rows,
                values: layer.apply(gradient.values, tokens: gradient.rows, team: team))
        case .float(let matrix):
            var result = Matrix(rows: gradient.rows, columns: matrix.columns)
            FloatProduct.multiply(gradient, matrix, into: &result, team: team)
            return result
        }
    }
}

/// What the way back through one block of the base multiplies by.
package struct TransposedBlock: Sendable {
    /// Of Wq, Wk and Wv together.
    package let queryKeyValue: TransposedLayer
    /// Of Wo.
    package let attentionOutput: TransposedLayer
    /// Of Wgate and Wup together.
    package let gateUp: TransposedLayer
    /// Of Wdown.
    package let down: TransposedLayer
}

extension BaseModel {
    /// The transposed weights of every block, made anew: they take about the memory of 8-bit weights, or none that is
    /// not there already for the reference path.
    package func transposedBlocks() throws(EngineError) -> [TransposedBlock] {
        let layers = blocks.flatMap { [$0.queryKeyValue, $0.attentionOutput, $0.gateUp, $0.down] }
        let bytes = layers.reduce(0) { sum, layer in
            guard case .packed(let packed) = layer else { return sum }
            return sum
                + PackedMatrix.arenaBytes(rows: packed.columns, columns: packed.rows, format: .eightBits)
        }
        guard let arena = WeightArena(bytes: bytes) else {
            throw .outOfMemory(what: "the transposed weights of \(name)", bytes: bytes)
        }
        var result: [TransposedBlock] = []
        for (index, block) in blocks.enumerated() {
            func transposed(_ layer: LinearLayer, _ names: [String]) throws(EngineError) -> TransposedLayer {
                try self.transposed(layer, names.map { "blk.\(index).\($0).weight" }, arena)
            }
            result.append(
                TransposedBlock(
                    queryKeyValue: try transposed(block.queryKeyValue, ["attn_q", "attn_k", "attn_v"]),
                    attentionOutput: try transposed(block.attentionOutput, ["attn_output"]),
                    gateUp: try transposed(block.gateUp, ["ffn_gate", "ffn_up"]),
                    down: try transposed(block.down, ["ffn_down"])))
        }
        return result
    }

    private func transposed(
        _ layer: LinearLayer, _ names: [String], _ arena: WeightArena
    ) throws(EngineError) -> TransposedLayer {
        let packed: PackedLayer
        switch layer {
        case .float(let matrix, _): return .float(matrix)
        case .packed(let layer): packed = layer
        }
        guard
            let matrix = PackedMatrix(rows: packed.columns, columns: packed.rows, format: .eightBits, arena: arena)
        else { throw .outOfMemory(what: "a transposed layer", bytes: packed.rows * packed.columns) }
        var weights: [Float] = []
        for name in names {
            guard let tensor = file.tensor(name) else { throw .missingTensor(path: file.path, name: name) }
            weights += file.dequantise(tensor)
        }
        // Panels of 16 rows are independent, so the team makes them side by side.
        let (rows, columns) = (packed.columns, packed.rows)
        team.split(rows, grain: 16) { range in
            for first in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
                let panel = first..<min(first + 16, range.upperBound)
                var values: [Float] = []
                values.reserveCapacity(panel.count * columns)
                for row in panel {
                    for column in 0..<columns { values.append(weights[column * rows + row]) }
                }
                values.withUnsafeBytes { matrix.pack($0, type: .f32, firstRow: first) }
            }
        }
        return .packed(PackedLayer(parts: [matrix]))
    }
}
