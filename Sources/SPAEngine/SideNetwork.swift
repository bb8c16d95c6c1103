import Compute

/// The side network g (the paper's on-device part): a stateless ladder of small feed-forward blocks that reads the
/// base's taps at one position and returns what to add to the base's normalised final state there.
///
/// ```
/// x^1 = Down_1 t^1,   x^k = a_k Down_k t^k + (1 - a_k) s^{k-1},   a_k = sigmoid(alpha_k),   t^k = rms(h^{l_k})
/// s^k = x^k + W2( silu(W1 n) * W3 n ),   n = RMSNorm(x^k)
/// u   = Up RMSNorm(s^K)
/// ```
public struct SideNetwork: Sendable, Equatable {
    /// The epsilon under every root.
    public static let epsilon: Float = 1e-5

    /// The sizes.
    public let configuration: SideConfiguration
    /// All parameters, in the order of `configuration.parameterShapes`. W1 and W3 of a block lie in one matrix, W1
    /// above.
    public package(set) var parameters: [Matrix]

    /// A network of given parameters, shaped as `configuration.parameterShapes` says.
    package init(configuration: SideConfiguration, parameters: [Matrix]) {
        precondition(
            zip(configuration.parameterShapes, parameters).allSatisfy { $0.rows == $1.rows && $0.columns == $1.columns }
                && parameters.count == configuration.parameterShapes.count, "the parameters do not fit the sizes")
        self.configuration = configuration
        self.parameters = parameters
    }

    /// Parameters that are all zero: also the shape of gradients.
    package static func zeros(_ configuration: SideConfiguration) -> [Matrix] {
        configuration.parameterShapes.map { Matrix(rows: $0.rows, columns: $0.columns) }
    }

    /// Where each parameter lies in `parameters`.
    package static let alphaIndex = 0
    package func downIndex(_ block: Int) -> Int { 1 + block }
    package func normIndex(_ block: Int) -> Int { 1 + blockCount + 3 * block }
    package func gateUpIndex(_ block: Int) -> Int { normIndex(block) + 1 }
    package func outIndex(_ block: Int) -> Int { normIndex(block) + 2 }
    package var finalNormIndex: Int { 1 + 4 * blockCount }
    package var upIndex: Int { 2 + 4 * blockCount }

    /// K, the number of taps and of blocks.
    package var blockCount: Int { configuration.taps.count }

    /// a_k = sigmoid(alpha_k), the share of the tap in block k's input; 1 for the first block, which has no other.
    package func tapShare(_ block: Int) -> Float {
        block == 0 ? 1 : sigmoid(parameters[Self.alphaIndex][0, block])
    }

    /// u, what to add to rms(f) at every position.
    /// - Parameters:
    ///   - taps: rms(h^l) for each tap, [n, H] each.
    /// - Returns: u, [n, H]; the side path's distribution is softmax(head(rms(f) + u)).
    public func forward(_ taps: [Matrix], team: ThreadTeam) -> Matrix {
        trace(taps, team: team).output
    }

    /// The forward pass with everything that the way back needs.
    package func trace(_ taps: [Matrix], team: ThreadTeam) -> SideTrace {
        precondition(taps.count == blockCount, "the side network reads \(blockCount) taps, not \(taps.count)")
        let (rows, width, inner) = (taps[0].rows, configuration.width, configuration.innerWidth)
        var blocks: [SideTrace.Block] = []
        blocks.reserveCapacity(blockCount)
        for index in 0..<blockCount {
            var projected = Matrix(rows: rows, columns: width)
            FloatProduct.multiplyByTransposed(taps[index], parameters[downIndex(index)], into: &projected, team: team)
            var mixed = projected
            if index > 0 {
                let share = tapShare(index)
                VectorMath.scale(&mixed.values, by: share)
                VectorMath.addScaled(&mixed.values, blocks[index - 1].output.values, factor: 1 - share)
            }
            let normalised = normalise(mixed, parameters[normIndex(index)], team: team)
            var gateUp = Matrix(rows: rows, columns: 2 * inner)
            FloatProduct.multiplyByTransposed(normalised, parameters[gateUpIndex(index)], into: &gateUp, team: team)
            var activated = Matrix(rows: rows, columns: inner)
            RowOperations.swiglu(gateUp.values, width: inner, rows: rows, into: &activated.values, team: team)
            var output = mixed
            FloatProduct.multiplyByTransposed(
                activated, parameters[outIndex(index)], into: &output, accumulate: true, team: team)
            blocks.append(
                SideTrace.Block(
                    projected: projected, mixed: mixed, normalised: normalised, gateUp: gateUp, activated: activated,
                    output: output))
        }
        let normalised = normalise(blocks[blockCount - 1].output, parameters[finalNormIndex], team: team)
        var output = Matrix(rows: rows, columns: configuration.baseWidth)
        FloatProduct.multiplyByTransposed(normalised, parameters[upIndex], into: &output, team: team)
        return SideTrace(blocks: blocks, normalised: normalised, output: output)
    }

    private func normalise(_ x: Matrix, _ weight: Matrix, team: ThreadTeam) -> Matrix {
        var y = Matrix(rows: x.rows, columns: x.columns)
        RowOperations.normalise(
            x.values, weight: weight.values, epsilon: Self.epsilon, rows: x.rows, into: &y.values, team: team)
        return y
    }
}

/// What a forward pass of the side network leaves for the way back; n rows each.
package struct SideTrace: Sendable {
    package struct Block: Sendable {
        /// Down_k t^k, [n, d].
        package let projected: Matrix
        /// x^k, [n, d].
        package let mixed: Matrix
        /// RMSNorm(x^k), [n, d].
        package let normalised: Matrix
        /// W1 n and W3 n side by side, [n, 2·inner].
        package let gateUp: Matrix
        /// silu(W1 n) · W3 n, [n, inner].
        package let activated: Matrix
        /// s^k, [n, d].
        package let output: Matrix
    }

    package let blocks: [Block]
    /// RMSNorm(s^K), [n, d].
    package let normalised: Matrix
    /// u, [n, H].
    package let output: Matrix
}
