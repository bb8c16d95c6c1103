import Compute

/// The side network for one position at a time, as the device runs it: u_t of DESIGN's ladder, with the matrices in half
/// precision, as they stand in the plugin's file.
package struct SideInference: Sendable {
    let configuration: SideConfiguration
    private let shares: [Float]
    private let down: [HalfMatrix]
    private let rungs: [(norm: [Float], gateUp: HalfMatrix, output: HalfMatrix)]
    private let norm: [Float]
    private let up: HalfMatrix

    /// - Returns: nil where the system has no memory.
    package init?(_ side: SideNetwork) {
        let matrices = side.down + side.blocks.flatMap { [$0.gateUp, $0.output] } + [side.up]
        guard let arena = WeightArena(bytes: matrices.reduce(0) { $0 + HalfMatrix.arenaBytes($1) }) else { return nil }
        let halves = matrices.compactMap { HalfMatrix($0, arena: arena) }
        guard halves.count == matrices.count, let up = halves.last else { return nil }
        let count = side.down.count
        configuration = side.configuration
        shares = side.alpha.map { SideNetwork.sigmoid($0) }
        down = Array(halves[..<count])
        rungs = side.blocks.indices.map { (side.blocks[$0].norm, halves[count + 2 * $0], halves[count + 2 * $0 + 1]) }
        norm = side.norm
        self.up = up
    }

    /// u, [H].
    /// - Parameter taps: rms(h^{l_k}), K of [1, H].
    package func forward(_ taps: [Matrix], team: ThreadTeam) -> [Float] {
        let (d, inner) = (configuration.width, configuration.innerWidth)
        let projected = HalfMatrix.multiplyEach(down, taps.map(\.values), team: team)
        var state = [Float](repeating: 0, count: d)
        for (k, rung) in rungs.enumerated() {
            let own = Array(projected[k * d..<(k + 1) * d])
            // x^k = a_k Down_k rms(h^{l_k}) + (1 - a_k) s^{k-1}
            var x = own
            if k > 0 { VectorMath.combine(own, factor: shares[k], state, factor: 1 - shares[k], into: &x) }
            // s^k = x^k + W2( silu(W1 n) * W3 n ),  n = RMSNorm(x^k)
            let gateUp = rung.gateUp.multiply(normalise(x, rung.norm, team), team: team)
            var gated = [Float](repeating: 0, count: inner)
            RowOperations.swiglu(gateUp, width: inner, rows: 1, into: &gated, team: team)
            state = rung.output.multiply(gated, team: team)
            VectorMath.addScaled(&state, x, factor: 1)
        }
        return up.multiply(normalise(state, norm, team), team: team)
    }

    private func normalise(_ x: [Float], _ weight: [Float], _ team: ThreadTeam) -> [Float] {
        var result = x
        RowOperations.normalise(
            x, weight: weight, epsilon: SideNetwork.epsilon, rows: 1, into: &result, team: team)
        return result
    }
}
