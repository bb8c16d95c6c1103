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
        var bytes = 0
        for layer in layers {
            let tensors = try Self.tensors(layer, in: file)
            bytes += PackedMatrix.arenaBytes(
                rows: tensors.reduce(0) { $0 + $1.rows }, columns: tensors[0].columns, format: Self.format(of: tensors))
        }
        arena = WeightArena(bytes: bytes)
        if arena == nil { throw .outOfMemory(what: "the weights of \(file.path)", bytes: bytes) }
    }

    /// One layer of tensors fused by rows, after a check of their shapes: [columns, rows] each.
    func layer(_ names: [String], columns: Int, rows: [Int]) throws(EngineError) -> LinearLayer {
        let tensors = try Self.tensors(names, in: file)
        for (tensor, rows) in zip(tensors, rows) where tensor.columns != columns || tensor.rows != rows {
            throw .wrongShape(path: file.path, name: tensor.name, expected: [columns, rows], found: tensor.shape)
        }
        guard precision == .fast, let arena else {
            let values = tensors.flatMap { file.dequantise($0) }
            tensors.forEach(file.discard)
            return .float(Matrix(rows: rows.reduce(0, +), columns: columns, values: values))
        }
        let format = Self.format(of: tensors)
        let total = rows.reduce(0, +)
        guard let matrix = PackedMatrix(rows: total, columns: columns, format: format, arena: arena) else {
            throw .outOfMemory(
                what: "tensor \(names[0])",
                bytes: PackedMatrix.arenaBytes(rows: total, columns: columns, format: format))
        }
        if tensors.allSatisfy({ $0.rows % 16 == 0 }) {
            var first = 0
            for tensor in tensors {
                pack(tensor, into: matrix, format: format, firstRow: first)
                first += tensor.rows
            }
        } else {
            matrix.pack(values: tensors.flatMap { file.dequantise($0) }, firstRow: 0)
        }
        tensors.forEach(file.discard)
        return .packed(matrix)
    }

    /// A vector of f32 numbers, such as a norm's weight.
    func vector(_ name: String, count: Int) throws(EngineError) -> [Float] {
        guard let tensor = file.tensor(name) else { throw .missingTensor(path: file.path, name: name) }
        guard tensor.shape.reduce(1, *) == count else {
            throw .wrongShape(path: file.path, name: name, expected: [count], found: tensor.shape)
        }
        return file.dequantise(tensor, rows: 0..<tensor.rows)
    }

    /// A vector that not every model of the family has.
    func optionalVector(_ name: String, count: Int) throws(EngineError) -> [Float]? {
        file.tensor(name) == nil ? nil : try vector(name, count: count)
    }

    /// The biases of tensors fused by rows, zero where the file has none; nil if it has none at all.
    func bias(_ weights: [String], rows: [Int]) throws(EngineError) -> [Float]? {
        var result: [Float] = []
        var isPresent = false
        for (weight, rows) in zip(weights, rows) {
            let values = try optionalVector(weight.dropLast("weight".count) + "bias", count: rows)
            isPresent = isPresent || values != nil
            result += values ?? [Float](repeating: 0, count: rows)
        }
        return isPresent ? result : nil
    }

    private func pack(_ tensor: TensorInfo, into matrix: PackedMatrix, format: PackedMatrix.Format, firstRow: Int) {
        // Panels of 16 rows are independent, so the team packs them side by side.
        team.split(tensor.rows, grain: 16) { range in
            if Self.native(tensor) == format {
                file.withTensorBytes(tensor) { bytes in
                    let rowBytes = bytes.count / tensor.rows
                    matrix.pack(
                        blocks: UnsafeRawBufferPointer(
                            rebasing: bytes[range.lowerBound * rowBytes..<range.upperBound * rowBytes]),
                        firstRow: firstRow + range.lowerBound)
                }
            } else {
                for first in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
                    let rows = first..<min(first + 64, range.upperBound)
                    matrix.pack(values: file.dequantise(tensor, rows: rows), firstRow: firstRow + first)
                }
            }
        }
    }

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

    /// The format for tensors that are fused: their own where all agree, else 8 bits.
    private static func format(of tensors: [TensorInfo]) -> PackedMatrix.Format {
        guard let first = native(tensors[0]), tensors.allSatisfy({ native($0) == first && $0.rows % 16 == 0 })
        else { return .eightBits }
        return first
    }
}
