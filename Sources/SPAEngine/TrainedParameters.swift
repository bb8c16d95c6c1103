/// One named tensor out of a set of trained parameters.
public struct NamedTensor: Sendable {
    /// The name in the plugin's file.
    public let name: String
    /// The extents, columns first, as GGUF has them.
    public let shape: [Int]
    /// Whether this is a matrix: matrices decay in training and are stored in half precision.
    public var isMatrix: Bool { shape.count > 1 }
    /// The numbers, row after row.
    public let values: [Float]
}

/// What a method trains: tensors in a fixed order. The same type holds parameters, gradients and the optimiser's moments.
public protocol TrainedParameters: Sendable, Equatable {
    /// The sizes that the tensors follow from.
    associatedtype Configuration: Sendable, Equatable
    /// The sizes.
    var configuration: Configuration { get }
    /// All zeros: gradients and moments begin so.
    init(zeros configuration: Configuration)
    /// The name and shape (columns first) of every tensor, in the order of `update`.
    static func layout(_ configuration: Configuration) -> [(name: String, shape: [Int])]
    /// Visits every tensor in order, with whether it is a matrix.
    mutating func update(_ body: (inout [Float], _ isMatrix: Bool) -> Void)
}

extension TrainedParameters {
    /// Every tensor in order.
    public var tensors: [NamedTensor] {
        var copy = self
        var values: [[Float]] = []
        copy.update { tensor, _ in values.append(tensor) }
        return zip(Self.layout(configuration), values).map {
            NamedTensor(name: $0.name, shape: $0.shape, values: $1)
        }
    }

    /// Replaces every tensor, in the order of `tensors`.
    public mutating func setTensors(_ values: [[Float]]) {
        var index = 0
        update { tensor, _ in
            tensor = values[index]
            index += 1
        }
    }
}
