import Compute
import SPAEngine

/// The way back through the side network.
extension SideNetwork {
    /// Adds the gradient of a loss to `gradient`.
    /// - Parameters:
    ///   - pass: the way forward on `taps`.
    ///   - uGradient: dLoss/du, [n, H].
    public func backward(
        _ pass: Pass, taps: [Matrix], uGradient: Matrix, into gradient: inout SideNetwork, team: ThreadTeam
    ) {
        let (d, inner) = (configuration.width, configuration.innerWidth)
        let rows = uGradient.rows
        FloatProduct.multiplyTransposed(
            uGradient, by: pass.normalised, into: &gradient.up, accumulate: true, team: team)
        var normalisedGradient = Matrix(rows: rows, columns: d)
        FloatProduct.multiply(uGradient, up, into: &normalisedGradient, team: team)
        var outputGradient = NormGradient.backward(
            pass.rungs[pass.rungs.count - 1].output, weight: norm, gradient: normalisedGradient,
            weightGradient: &gradient.norm)

        for k in pass.rungs.indices.reversed() {
            let rung = pass.rungs[k]
            let block = blocks[k]
            // s = x + W2 inner
            FloatProduct.multiplyTransposed(
                outputGradient, by: rung.inner, into: &gradient.blocks[k].output, accumulate: true, team: team)
            var innerGradient = Matrix(rows: rows, columns: inner)
            FloatProduct.multiply(outputGradient, block.output, into: &innerGradient, team: team)
            // inner = silu(g) * v
            var gateUpGradient = Matrix(rows: rows, columns: 2 * inner)
            let exponentials = Self.negatedExponentials(rung.gateUp.values)
            for row in 0..<rows {
                for column in 0..<inner {
                    let at = row * 2 * inner + column
                    let (g, v) = (rung.gateUp.values[at], rung.gateUp.values[at + inner])
                    let sigma = 1 / (1 + exponentials[at])
                    let dy = innerGradient.values[row * inner + column]
                    gateUpGradient.values[at] = dy * v * sigma * (1 + g * (1 - sigma))
                    gateUpGradient.values[at + inner] = dy * g * sigma
                }
            }
            FloatProduct.multiplyTransposed(
                gateUpGradient, by: rung.normalised, into: &gradient.blocks[k].gateUp, accumulate: true, team: team)
            FloatProduct.multiply(gateUpGradient, block.gateUp, into: &normalisedGradient, team: team)
            var inputGradient = NormGradient.backward(
                rung.input, weight: block.norm, gradient: normalisedGradient, weightGradient: &gradient.blocks[k].norm)
            VectorMath.addScaled(&inputGradient.values, outputGradient.values, factor: 1)
            // x = a p + (1 - a) s below; the first rung has no rung below.
            if k > 0 {
                let below = pass.rungs[k - 1].output
                let share = Self.sigmoid(alpha[k])
                let count = inputGradient.values.count
                let alongProjected = VectorMath.dot(inputGradient.values, rung.projected.values, count: count)
                let alongBelow = VectorMath.dot(inputGradient.values, below.values, count: count)
                gradient.alpha[k] += share * (1 - share) * (alongProjected - alongBelow)
                outputGradient = inputGradient
                VectorMath.scale(&outputGradient.values, by: 1 - share)
                VectorMath.scale(&inputGradient.values, by: share)
            }
            FloatProduct.multiplyTransposed(
                inputGradient, by: taps[k], into: &gradient.down[k], accumulate: true, team: team)
        }
    }

    private static func negatedExponentials(_ x: [Float]) -> [Float] {
        var e = x
        VectorMath.scale(&e, by: -1)
        VectorMath.exponential(&e)
        return e
    }
}

/// The way back through y = w · x / sqrt(mean(x²) + epsilon).
enum NormGradient {
    /// dLoss/dx, [n, d]; adds dLoss/dw to `weightGradient`.
    static func backward(
        _ x: Matrix, weight: [Float], gradient: Matrix, weightGradient: inout [Float]
    ) -> Matrix {
        let d = x.columns
        var result = gradient
        for row in 0..<x.rows {
            let range = row * d..<(row + 1) * d
            let factor =
                1 / (VectorMath.sumOfSquares(x.values, in: range) / Float(d) + SideNetwork.epsilon).squareRoot()
            // With h = x · factor: dx = factor · (dy w - h · mean(dy w h)).
            var mean: Float = 0
            for i in 0..<d {
                let h = x.values[range.lowerBound + i] * factor
                let dy = gradient.values[range.lowerBound + i]
                weightGradient[i] += dy * h
                mean += dy * weight[i] * h
            }
            mean /= Float(d)
            for i in 0..<d {
                let at = range.lowerBound + i
                result.values[at] = factor * (gradient.values[at] * weight[i] - x.values[at] * factor * mean)
            }
        }
        return result
    }
}
