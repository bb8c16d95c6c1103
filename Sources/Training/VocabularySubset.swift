import Compute
import SPAEngine

/// The part of the vocabulary that training looks at: every answer token and what the base finds likeliest at each
/// answer position. The softmax runs over it alone; every evaluation uses the whole vocabulary.
public struct VocabularySubset: Sendable {
    /// The tokens, ascending.
    public let ids: [Int32]
    /// Rows of E with the final norm's weight folded in, [S, H].
    public let head: Matrix
    /// The same, [H, S]: the product that reads rows of S in order.
    private let headTransposed: Matrix
    private let indexOfToken: [Int32: Int]

    /// The subset of `tokens` in a base.
    public init(_ tokens: some Sequence<Int32>, base: BaseModel) throws(EngineError) {
        ids = Set(tokens).sorted()
        var head = try base.headRows(ids)
        let weight = base.finalNormWeight
        for row in 0..<head.rows {
            for column in 0..<head.columns { head.values[row * head.columns + column] *= weight[column] }
        }
        self.head = head
        headTransposed = Self.transposed(head)
        indexOfToken = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    }

    /// A subset with a given head, for tests.
    package init(ids: [Int32], head: Matrix) {
        self.ids = ids
        self.head = head
        headTransposed = Self.transposed(head)
        indexOfToken = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    }

    /// Where a token stands in the subset.
    public func index(of id: Int32) -> Int? { indexOfToken[id] }

    /// Logits of normalised states over the subset: [n, H] -> [n, S].
    func logits(_ normalised: Matrix, team: ThreadTeam) -> Matrix {
        var logits = Matrix(rows: normalised.rows, columns: ids.count)
        FloatProduct.multiply(normalised, headTransposed, into: &logits, team: team)
        return logits
    }

    private static func transposed(_ x: Matrix) -> Matrix {
        var result = Matrix(rows: x.columns, columns: x.rows)
        for row in 0..<x.rows {
            for column in 0..<x.columns { result.values[column * x.rows + row] = x.values[row * x.columns + column] }
        }
        return result
    }
}

/// The loss of a batch of side states over a vocabulary subset, and its gradient.
///
/// Cross-entropy on data positions, and `anchorWeight` · KL(p_f ‖ p_I) on anchor positions, each a mean over its own.
public struct SideLoss: Sendable {
    /// The subset that the softmax runs over.
    public let subset: VocabularySubset
    /// The weight of the anchors' divergence.
    public let anchorWeight: Float

    /// A loss over a subset.
    public init(subset: VocabularySubset, anchorWeight: Float) {
        self.subset = subset
        self.anchorWeight = anchorWeight
    }

    /// What a batch gives.
    public struct Result: Sendable {
        /// Mean cross-entropy of the data positions.
        public var crossEntropy: Float
        /// Mean divergence of the anchor positions.
        public var divergence: Float
        /// dLoss/du, [n, H].
        public var uGradient: Matrix
    }

    /// - Parameters:
    ///   - u: the side's output, [n, H]; data positions first, then anchors.
    ///   - rmsFinal: rms(f), [n, H].
    ///   - targets: the token to be learned at each data position; the positions after them are anchors.
    public func callAsFunction(u: Matrix, rmsFinal: Matrix, targets: [Int32], team: ThreadTeam) -> Result {
        let (rows, dataRows, width) = (u.rows, targets.count, u.columns)
        let anchorRows = rows - dataRows
        // z = rms(f) + u;  h = rms(z)
        var z = rmsFinal
        VectorMath.addScaled(&z.values, u.values, factor: 1)
        let h = VectorMath.rms(z)
        var p = subset.logits(h, team: team)
        let size = p.columns
        let targetColumns = targets.map { subset.index(of: $0) ?? 0 }
        let targetLogits = targetColumns.enumerated().map { p[$0, $1] }
        var anchorSide: [Float] = []
        if anchorRows > 0 { anchorSide = Array(p.values[(dataRows * size)...]) }
        let logSums = VectorMath.softmaxRows(&p, team: team)

        var crossEntropy: Float = 0
        for row in 0..<dataRows {
            crossEntropy += logSums[row] - targetLogits[row]
            p.values[row * size + targetColumns[row]] -= 1
        }
        var divergence: Float = 0
        if dataRows > 0 {
            crossEntropy /= Float(dataRows)
            scaleRows(&p, 0..<dataRows, by: 1 / Float(dataRows))
        }
        if anchorRows > 0 {
            let finals = Matrix(
                rows: anchorRows, columns: width, values: Array(rmsFinal.values[(dataRows * width)...]))
            var base = subset.logits(VectorMath.rms(finals), team: team)
            let baseLogits = base.values
            let baseSums = VectorMath.softmaxRows(&base, team: team)
            // KL = Σ p_f (log p_f - log p_I); its gradient by the side's logits is p_I - p_f.
            for row in 0..<anchorRows {
                var sum: Float = 0
                let start = row * size
                for i in start..<start + size { sum += base.values[i] * (baseLogits[i] - anchorSide[i]) }
                divergence += sum - baseSums[row] + logSums[dataRows + row]
            }
            divergence /= Float(anchorRows)
            VectorMath.addScaled(&p.values, in: dataRows * size..<rows * size, base.values, factor: -1)
            scaleRows(&p, dataRows..<rows, by: anchorWeight / Float(anchorRows))
        }

        // dh = dlogits E_S;  dz = r · (dh - h · mean(dh h)),  r = 1 / sqrt(mean(z²) + epsilon);  du = dz
        var gradient = Matrix(rows: rows, columns: width)
        FloatProduct.multiply(p, subset.head, into: &gradient, team: team)
        for row in 0..<rows {
            let range = row * width..<(row + 1) * width
            let factor =
                1 / (VectorMath.sumOfSquares(z.values, in: range) / Float(width) + SideNetwork.epsilon).squareRoot()
            let mean =
                VectorMath.dot(gradient.values, at: range.lowerBound, h.values, at: range.lowerBound, count: width)
                / Float(width)
            VectorMath.addScaled(&gradient.values, in: range, h.values, at: range.lowerBound, factor: -mean)
            for i in range { gradient.values[i] *= factor }
        }
        return Result(crossEntropy: crossEntropy, divergence: divergence, uGradient: gradient)
    }

    private func scaleRows(_ p: inout Matrix, _ rows: Range<Int>, by factor: Float) {
        for i in rows.lowerBound * p.columns..<rows.upperBound * p.columns { p.values[i] *= factor }
    }
}
