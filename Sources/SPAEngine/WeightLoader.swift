import Compute
import GGUF

/// Reads the weights of a base out of its file: packed once for the machine's kernels, or f32 for the reference path.
struct WeightLoader {
    let file: GGUFFile
    let precision: BaseModel.Precision
    let team: ThreadTeam
    private let arena: WeightArena?

    /// Reserves memory for all `layers`, lists of tensors that are fused by rows.
    init(file: GGUFFile, precision: BaseModel.Precision, team: ThreadTeam, layers: [[String]]) throws(EngineError) {
        self.file = file
        self.precision = precision
        self.team = team
        guard precision == .fast else {
            arena = nil
            return
        }
        let bytes = try Self.tensors(layers.flatMap { $0 }, in: file).reduce(0) {
            $0 + PackedMatrix.arenaBytes(rows: $1.rows, columns: $1.columns, format: Self.format(of: $1))
        }
        arena = WeightArena(bytes: bytes)
        if arena == nil { throw .outOfMemory(what: "the weights of \(file.path)", bytes: bytes) }
    }

    /// One layer of tensors fused by rows, after a check of their shapes: [columns, rows] each. Their biases are those in
    /// the file, if any.
    func layer(_ names: [String], columns: Int, rows: [Int]) throws(EngineError) -> LinearLayer {
        let tensors = try Self.tensors(names, in: file)
        for (tensor, rows) in zip(tensors, rows) where tensor.columns != columns || tensor.rows != rows {
            throw .wrongShape(path: file.path, name: tensor.name, expected: [columns, rows], found: tensor.shape)
        }
        let bias = try bias(of: names, rows: rows)
        guard precision == .fast, let arena else {
            let values = tensors.flatMap { file.dequantise($0) }
            return .float(Matrix(rows: rows.reduce(0, +), columns: columns, values: values), bias: bias)
        }
        var parts: [PackedMatrix] = []
        for tensor in tensors { parts.append(try pack(tensor, arena: arena)) }
        return .packed(PackedLayer(parts: parts, bias: bias))
    }

    /// A vector of f32 numbers, such as a norm's weight.
    func vector(_ name: String, count: Int) throws(EngineError) -> [Float] {
        guard let tensor = file.tensor(name) else { throw .missingTensor(path: file.path, name: name) }
        guard tensor.shape.reduce(1, *) == count else {
            throw .wrongShape(path: file.path, name: name, expected: [count], found: tensor.shape)
        }
        return file.dequantise(tensor, rows: 0..<tensor.rows)
    }

    /// A vector that not every model of the family has; empty where the file has none.
    func optionalVector(_ name: String, count: Int) throws(EngineError) -> [Float] {
        file.tensor(name) == nil ? [] : try vector(name, count: count)
    }

    /// The biases of tensors fused by rows, zero for those without; empty if none has one.
    private func bias(of weights: [String], rows: [Int]) throws(EngineError) -> [Float] {
        let names = weights.map { String($0.dropLast("weight".count)) + "bias" }
        guard names.contains(where: { file.tensor($0) != nil }) else { return [] }
        var result: [Float] = []
        for (name, rows) in zip(names, rows) {
            let values = try optionalVector(name, count: rows)
            result += values.isEmpty ? [Float](repeating: 0, count: rows) : values
        }
        return result
    }

    private func pack(_ tensor: TensorInfo, arena: WeightArena) throws(EngineError) -> PackedMatrix {
        let format = Self.format(of: tensor)
        guard let matrix = PackedMatrix(rows: tensor.rows, columns: tensor.columns, format: format, arena: arena)
        else {
            throw .outOfMemory(
                what: "tensor \(tensor.name)",
                bytes: PackedMatrix.arenaBytes(rows: tensor.rows, columns: tensor.columns, format: format))
        }
        // Panels of 16 rows are independent, so the team packs them side by side.
        let step = max(1, Self.bytesAtOnce / max(1, 16 * tensor.rowBytes)) * 16
        team.split(tensor.rows, grain: 16) { range in
            for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
                let rows = first..<min(first + step, range.upperBound)
                if Self.native(tensor) == format {
                    file.withRowBytes(tensor, rows: rows) { matrix.pack(blocks: $0, firstRow: first) }
                } else {
                    matrix.pack(values: file.dequantise(tensor, rows: rows), firstRow: first)
                }
            }
        }
        return matrix
    }

    /// What is read at once stays in the processor's cache, and in memory that the next tensor uses again.
    private static let bytesAtOnce = 65_536

    private static func tensors(_ names: [String], in file: GGUFFile) throws(EngineError) -> [TensorInfo] {
        var result: [TensorInfo] = []
        for name in names {
            guard let tensor = file.tensor(name) else { throw .missingTensor(path: file.path, name: name) }
            result.append(tensor)
        }
        return result
    }

    /// The packed format that keeps a tensor's blocks as they are, if there is one.
    private static func native(_ tensor: TensorInfo) -> PackedMatrix.Format? {
        switch tensor.type {
        case .q4_0: .fourBits
        case .q4_1: .fourBitsAffine
        case .q8_0: .eightBits
        default: nil
        }
    }

    /// The format that a tensor is packed in.
    private static func format(of tensor: TensorInfo) -> PackedMatrix.Format { native(tensor) ?? .eightBits }
}
