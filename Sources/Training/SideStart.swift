import Compute
import SPAEngine

extension SideNetwork {
    /// The start of training: Down ~ N(0, 1/H), W1 and W3 uniform within ±1/√d, W2 ~ N(0, 0.02²), norms 1, alpha 0, and
    /// Up zero, so that the side path equals the base path.
    public init(untrained configuration: SideConfiguration, seed: UInt64) {
        var random = RandomSource(seed: seed, purpose: .start)
        let down = (1 / Float(configuration.baseWidth)).squareRoot()
        let inner = (1 / Float(configuration.width)).squareRoot()
        let parameters = configuration.parameterShapes.map { shape in
            let count = shape.rows * shape.columns
            let values: [Float] =
                if shape.name.hasPrefix("down") {
                    (0..<count).map { _ in random.normal() * down }
                } else if shape.name.hasSuffix("gate_up") {
                    (0..<count).map { _ in (2 * random.uniform() - 1) * inner }
                } else if shape.name.hasSuffix("out") {
                    (0..<count).map { _ in random.normal() * 0.02 }
                } else {
                    [Float](repeating: shape.name.hasSuffix("norm") ? 1 : 0, count: count)
                }
            return Matrix(rows: shape.rows, columns: shape.columns, values: values)
        }
        self.init(configuration: configuration, parameters: parameters)
    }
}
