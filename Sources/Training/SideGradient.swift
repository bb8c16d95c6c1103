import Compute
import SPAEngine

extension SideNetwork {
    /// The way back: adds the gradients of all parameters.
    /// - Parameters:
    ///   - outputGradient: the loss's gradient by u, [n, H].
    ///   - taps: what the forward pass read.
    ///   - gradients: shaped as the parameters.
    package func addGradients(
        of outputGradient: Matrix, trace: SideTrace, taps: [Matrix], to gradients: inout [Matrix], team: ThreadTeam
    ) {
        let (rows, width, inner) = (outputGradient.rows, configuration.width, configuration.innerWidth)
        // u = Up RMSNorm(s^K)
        FloatProduct.multiplyTransposed(
            outputGradient, by: trace.normalised, into: &gradients[upIndex], accumulate: true, team: team)
        var normalisedGradient = Matrix(rows: rows, columns: width)
        FloatProduct.multiply(outputGradient, parameters[upIndex], into: &normalisedGradient, team: team)
        var streamGradient = Matrix(rows: rows, columns: width)
        addNormGradient(
            normalisedGradient, of: trace.blocks[blockCount - 1].output, weightIndex: finalNormIndex,
            to: &streamGradient, &gradients)

        for index in stride(from: blockCount - 1, through: 0, by: -1) {
            let block = trace.blocks[index]
            // s = x + W2( silu(gate) · up ),  [gate | up] = [W1 | W3] n
            FloatProduct.multiplyTransposed(
                streamGradient, by: block.activated, into: &gradients[outIndex(index)], accumulate: true, team: team)
            var activatedGradient = Matrix(rows: rows, columns: inner)
            FloatProduct.multiply(streamGradient, parameters[outIndex(index)], into: &activatedGradient, team: team)
            let gateUpGradient = Self.swigluGradient(activatedGradient, gateUp: block.gateUp)
            FloatProduct.multiplyTransposed(
                gateUpGradient, by: block.normalised, into: &gradients[gateUpIndex(index)], accumulate: true,
                team: team)
            FloatProduct.multiply(gateUpGradient, parameters[gateUpIndex(index)], into: &normalisedGradient, team: team)
            addNormGradient(
                normalisedGradient, of: block.mixed, weightIndex: normIndex(index), to: &streamGradient, &gradients)

            // x = a · Down t + (1 - a) · s_before
            let share = tapShare(index)
            if index > 0 {
                let before = trace.blocks[index - 1].output
                let count = rows * width
                let along = VectorMath.dot(streamGradient.values, block.projected.values, count: count)
                let across = VectorMath.dot(streamGradient.values, before.values, count: count)
                gradients[Self.alphaIndex][0, index] += (along - across) * share * (1 - share)
            }
            var tapGradient = streamGradient
            VectorMath.scale(&tapGradient.values, by: share)
            FloatProduct.multiplyTransposed(
                tapGradient, by: taps[index], into: &gradients[downIndex(index)], accumulate: true, team: team)
            VectorMath.scale(&streamGradient.values, by: 1 - share)
        }
    }

    /// y = w · x̂, x̂ = x·r: dx += r (w·dy - x̂ · mean(w·dy·x̂)), dw += Σ dy·x̂.
    private func addNormGradient(
        _ gradient: Matrix, of x: Matrix, weightIndex: Int, to inputGradient: inout Matrix, _ gradients: inout [Matrix]
    ) {
        let (rows, width) = (x.rows, x.columns)
        let weight = parameters[weightIndex].values
        var weighted = [Float](repeating: 0, count: width)
        var weightGradient = gradients[weightIndex].values
        for row in 0..<rows {
            let start = row * width
            let range = start..<start + width
            let mean = VectorMath.sumOfSquares(x.values, in: range) / Float(width)
            let scale = 1 / (mean + Self.epsilon).squareRoot()
            for column in 0..<width {
                let given = gradient.values[start + column]
                weighted[column] = given * weight[column]
                weightGradient[column] += given * x.values[start + column] * scale
            }
            let along = VectorMath.dot(weighted, at: 0, x.values, at: start, count: width)
            VectorMath.addScaled(&inputGradient.values, in: range, weighted, factor: scale)
            VectorMath.addScaled(
                &inputGradient.values, in: range, x.values, at: start,
                factor: -along * scale * scale * scale / Float(width))
        }
        gradients[weightIndex].values = weightGradient
    }

    /// y = silu(g)·v: dg = dy·v·σ(g)(1 + g(1 - σ(g))), dv = dy·silu(g); rows hold [g | v].
    private static func swigluGradient(_ gradient: Matrix, gateUp: Matrix) -> Matrix {
        let (rows, width) = (gradient.rows, gradient.columns)
        // exp(-g) for all at once; the kernel clamps its argument.
        var negated = gateUp.values
        VectorMath.scale(&negated, by: -1)
        VectorMath.exponential(&negated)
        var result = Matrix(rows: rows, columns: 2 * width)
        for row in 0..<rows {
            let start = row * 2 * width
            for column in 0..<width {
                let g = gateUp.values[start + column]
                let v = gateUp.values[start + width + column]
                let s = 1 / (1 + negated[start + column])
                let dy = gradient.values[row * width + column]
                result.values[start + column] = dy * v * s * (1 + g * (1 - s))
                result.values[start + width + column] = dy * g * s
            }
        }
        return result
    }
}

/// y = x / sqrt(mean(x²) + epsilon) row by row, without a weight: the gradient by x.
package func rmsGradient(_ gradient: Matrix, of x: Matrix) -> Matrix {
    let width = x.columns
    var result = Matrix(rows: x.rows, columns: width)
    for row in 0..<x.rows {
        let range = row * width..<(row + 1) * width
        let mean = VectorMath.sumOfSquares(x.values, in: range) / Float(width)
        let scale = 1 / (mean + SideNetwork.epsilon).squareRoot()
        let along = VectorMath.dot(gradient.values, at: range.lowerBound, x.values, at: range.lowerBound, count: width)
        VectorMath.addScaled(&result.values, in: range, gradient.values, at: range.lowerBound, factor: scale)
        VectorMath.addScaled(
            &result.values, in: range, x.values, at: range.lowerBound,
            factor: -along * scale * scale * scale / Float(width))
    }
    return result
}
