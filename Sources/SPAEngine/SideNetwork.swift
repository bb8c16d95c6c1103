import Compute

/// The side network g, the paper's *device* part: a stateless ladder over the taps of one position.
///
///     x^1 = Down_1 rms(h^{l_1});  x^k = a_k Down_k rms(h^{l_k}) + (1 - a_k) s^{k-1},  a_k = sigmoid(alpha_k)
///     s^k = x^k + W2( silu(W1 n) * W3 n ),  n = RMSNorm(x^k)
///     u   = Up RMSNorm(s^K)
///
/// Because it keeps no state, a position that took the base path leaves nothing to catch up.
public struct SideNetwork: TrainedParameters {
    /// One rung of the ladder.
    public struct Block: Sendable, Equatable {
        /// The weight of the block's RMSNorm, [d].
        public var norm: [Float]
        /// W1 over W3, [2 · inner, d].
        public var gateUp: Matrix
        /// W2, [d, inner].
        public var output: Matrix
    }

    /// The sizes.
    public let configuration: SideConfiguration
    /// alpha, [K]; the first is unused.
    public var alpha: [Float]
    /// Down_k, [d, H] each.
    public var down: [Matrix]
    /// The rungs, K of them.
    public var blocks: [Block]
    /// The weight of the last RMSNorm, [d].
    public var norm: [Float]
    /// Up, [H, d].
    public var up: Matrix

    /// The epsilon under the root of the side's norms.
    public static let epsilon: Float = 1e-5

    /// All zeros: gradients and moments begin so.
    public init(zeros configuration: SideConfiguration) {
        self.configuration = configuration
        let (d, inner, count) = (configuration.width, configuration.innerWidth, configuration.taps.count)
        alpha = [Float](repeating: 0, count: count)
        down = (0..<count).map { _ in Matrix(rows: d, columns: configuration.baseWidth) }
        blocks = (0..<count).map { _ in
            Block(
                norm: [Float](repeating: 0, count: d), gateUp: Matrix(rows: 2 * inner, columns: d),
                output: Matrix(rows: d, columns: inner))
        }
        norm = [Float](repeating: 0, count: d)
        up = Matrix(rows: configuration.baseWidth, columns: d)
    }

    /// Ready to be trained: Down N(0, 1/H), W1 and W3 uniform ±1/√d, W2 N(0, 0.02²), norms 1, alpha 0, and Up 0, so that u = 0
    /// and the side path equals the base.
    /// - Parameter upDeviation: of Up instead, for methods that speak from u alone: rms(0) has no direction and no gradient.
    public init(_ configuration: SideConfiguration, seed: UInt64, upDeviation: Float = 0) {
        self.init(zeros: configuration)
        var random = SeededRandom(seed: seed, stream: 1)
        let scale = 1 / Float(configuration.baseWidth).squareRoot()
        let bound = 1 / Float(configuration.width).squareRoot()
        for k in down.indices {
            down[k].fill(normal: scale, from: &random)
            for i in blocks[k].gateUp.values.indices { blocks[k].gateUp.values[i] = (2 * random.uniform() - 1) * bound }
            blocks[k].output.fill(normal: 0.02, from: &random)
            blocks[k].norm = blocks[k].norm.map { _ in 1 }
        }
        norm = norm.map { _ in 1 }
        guard upDeviation > 0 else { return }
        up.fill(normal: upDeviation, from: &random)
    }

    /// What the way back needs of one rung's way forward.
    public struct Rung: Sendable {
        /// Down_k rms(h^{l_k}), [n, d].
        public var projected = Matrix(rows: 0, columns: 0)
        /// x^k, [n, d].
        public var input = Matrix(rows: 0, columns: 0)
        /// n = RMSNorm(x^k), [n, d].
        public var normalised = Matrix(rows: 0, columns: 0)
        /// W1 n beside W3 n, [n, 2 · inner].
        public var gateUp = Matrix(rows: 0, columns: 0)
        /// silu(W1 n) * W3 n, [n, inner].
        public var inner = Matrix(rows: 0, columns: 0)
        /// s^k, [n, d].
        public var output = Matrix(rows: 0, columns: 0)

        /// - Parameter below: s^{k-1} and the share a_k; nil at the first rung.
        fileprivate mutating func climb(
            tap: Matrix, below: (output: Matrix, share: Float)?, down: Matrix, block: Block, team: ThreadTeam
        ) {
            let (rows, d, inner) = (tap.rows, down.rows, block.output.columns)
            projected.reshape(rows: rows, columns: d)
            FloatProduct.multiplyByTransposed(tap, down, into: &projected, team: team)
            input.reshape(rows: rows, columns: d)
            VectorMath.combine(
                projected.values, factor: below?.share ?? 1, (below?.output ?? projected).values,
                factor: below.map { 1 - $0.share } ?? 0, into: &input.values)
            SideNetwork.normalise(input, weight: block.norm, into: &normalised, team: team)
            gateUp.reshape(rows: rows, columns: 2 * inner)
            FloatProduct.multiplyByTransposed(normalised, block.gateUp, into: &gateUp, team: team)
            self.inner.reshape(rows: rows, columns: inner)
            RowOperations.swiglu(gateUp.values, width: inner, rows: rows, into: &self.inner.values, team: team)
            output.reshape(rows: rows, columns: d)
            FloatProduct.multiplyByTransposed(self.inner, block.output, into: &output, team: team)
            VectorMath.addScaled(&output.values, input.values, factor: 1)
        }
    }

    /// The way forward with everything kept; its memory serves again for the next rows.
    public struct Pass: Sendable {
        /// The rungs in order.
        public var rungs: [Rung] = []
        /// RMSNorm(s^K), [n, d].
        public var normalised = Matrix(rows: 0, columns: 0)
        /// u, [n, H].
        public var u = Matrix(rows: 0, columns: 0)

        /// Nothing yet.
        public init() {}
    }

    /// u of every row.
    /// - Parameter taps: rms(h^{l_k}), K matrices [n, H].
    public func forward(_ taps: [Matrix], team: ThreadTeam) -> Matrix {
        var pass = Pass()
        run(&pass, taps, team: team)
        return pass.u
    }

    /// The way forward with all that the way back needs.
    public func run(_ pass: inout Pass, _ taps: [Matrix], team: ThreadTeam) {
        precondition(
            taps.count == configuration.taps.count, "\(configuration.taps.count) taps are needed, not \(taps.count)")
        while pass.rungs.count < taps.count { pass.rungs.append(Rung()) }
        for k in taps.indices {
            let below = k == 0 ? nil : (output: pass.rungs[k - 1].output, share: Self.sigmoid(alpha[k]))
            pass.rungs[k].climb(tap: taps[k], below: below, down: down[k], block: blocks[k], team: team)
        }
        Self.normalise(pass.rungs[taps.count - 1].output, weight: norm, into: &pass.normalised, team: team)
        pass.u.reshape(rows: taps[0].rows, columns: configuration.baseWidth)
        FloatProduct.multiplyByTransposed(pass.normalised, up, into: &pass.u, team: team)
    }

    /// 1 / (1 + e^-x).
    public static func sigmoid(_ x: Float) -> Float {
        var e = [-x]
        VectorMath.exponential(&e)
        return 1 / (1 + e[0])
    }

    private static func normalise(_ x: Matrix, weight: [Float], into result: inout Matrix, team: ThreadTeam) {
        result.reshape(rows: x.rows, columns: x.columns)
        RowOperations.normalise(
            x.values, weight: weight, epsilon: epsilon, rows: x.rows, into: &result.values, team: team)
    }

    /// The name and shape (columns first) of every tensor, in the order of `tensors`.
    public static func layout(_ configuration: SideConfiguration) -> [(name: String, shape: [Int])] {
        let (d, inner, width) = (configuration.width, configuration.innerWidth, configuration.baseWidth)
        var result = [("side.alpha", [configuration.taps.count])]
        for k in configuration.taps.indices {
            result += [
                ("side.down.\(k).weight", [width, d]), ("side.blocks.\(k).norm.weight", [d]),
                ("side.blocks.\(k).gate_up.weight", [d, 2 * inner]), ("side.blocks.\(k).output.weight", [inner, d]),
            ]
        }
        return result + [("side.norm.weight", [d]), ("side.up.weight", [d, width])]
    }

    /// Visits every tensor in the order of `tensors`, with whether it is a matrix.
    public mutating func update(_ body: (inout [Float], _ isMatrix: Bool) -> Void) {
        body(&alpha, false)
        for k in down.indices {
            body(&down[k].values, true)
            body(&blocks[k].norm, false)
            body(&blocks[k].gateUp.values, true)
            body(&blocks[k].output.values, true)
        }
        body(&norm, false)
        body(&up.values, true)
    }
}
