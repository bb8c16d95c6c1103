/// The sizes of a side network: which base blocks it reads, and how wide it is.
public struct SideConfiguration: Sendable, Equatable {
    /// T = {l_1 < ... < l_K}: the base blocks, counted from 1, whose residual stream the side reads.
    public let taps: [Int]
    /// d, the width of the side's own stream.
    public let width: Int
    /// The inner width of its feed-forward parts, 2d unless chosen otherwise.
    public let innerWidth: Int
    /// H, the width of the base's residual stream.
    public let baseWidth: Int

    /// Sizes chosen by hand; `taps` ascending, at least one.
    public init(taps: [Int], width: Int, innerWidth: Int? = nil, baseWidth: Int) {
        precondition(!taps.isEmpty && width > 0 && baseWidth > 0, "a side network needs taps and widths")
        self.taps = taps
        self.width = width
        self.innerWidth = innerWidth ?? 2 * width
        self.baseWidth = baseWidth
    }

    /// The sizes that were measured to work: every third block, the last one included, and d = 96 (half of a base that
    /// is narrower than 192).
    public static func standard(for base: ModelConfiguration) -> SideConfiguration {
        SideConfiguration(
            taps: stride(from: base.blockCount, to: 0, by: -3).reversed(), width: min(96, max(1, base.width / 2)),
            baseWidth: base.width)
    }

    /// Every parameter's name and shape, in the order in which files and optimisers hold them.
    public var parameterShapes: [ParameterShape] {
        var shapes = [ParameterShape(name: "alpha", rows: 1, columns: taps.count, isMatrix: false)]
        for index in taps.indices {
            shapes.append(ParameterShape(name: "down.\(index)", rows: width, columns: baseWidth, isMatrix: true))
        }
        for index in taps.indices {
            shapes.append(ParameterShape(name: "block.\(index).norm", rows: 1, columns: width, isMatrix: false))
            shapes.append(
                ParameterShape(name: "block.\(index).gate_up", rows: 2 * innerWidth, columns: width, isMatrix: true))
            shapes.append(ParameterShape(name: "block.\(index).out", rows: width, columns: innerWidth, isMatrix: true))
        }
        shapes.append(ParameterShape(name: "norm", rows: 1, columns: width, isMatrix: false))
        shapes.append(ParameterShape(name: "up", rows: baseWidth, columns: width, isMatrix: true))
        return shapes
    }

    /// The number of trained parameters of the side network, the gate not counted.
    public var parameterCount: Int { parameterShapes.reduce(0) { $0 + $1.rows * $1.columns } }
}

/// One parameter: its name in files, its shape, and whether weight decay and half precision apply (matrices) or not
/// (norms, mixing weights).
public struct ParameterShape: Sendable, Equatable {
    /// The name in files, without a prefix.
    public let name: String
    /// The output width of a matrix; 1 for a vector.
    public let rows: Int
    /// The input width of a matrix, or a vector's length.
    public let columns: Int
    /// Whether it is a matrix.
    public let isMatrix: Bool
}
