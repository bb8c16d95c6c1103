import Compute

/// The side network for one position at a time, as the device runs it: u_t of DESIGN's ladder, with the matrices in half
/// precision, as they stand in the plugin's file.
package struct SideInference: Sendable {
    let configuration: SideConfiguration
    private let ladder: Ladder

    /// - Returns: nil where the system has no memory.
    package init?(_ side: SideNetwork) {
        let rungs = side.blocks.indices.map { k in
            Ladder.Rung(
                down: side.down[k], norm: side.blocks[k].norm, gateUp: side.blocks[k].gateUp,
                output: side.blocks[k].output, share: SideNetwork.sigmoid(side.alpha[k]))
        }
        guard let ladder = Ladder(rungs, norm: side.norm, up: side.up, epsilon: SideNetwork.epsilon) else { return nil }
        self.ladder = ladder
        configuration = side.configuration
    }

    /// u, [H].
    /// - Parameter taps: rms(h^{l_k}), K of [1, H].
    package func forward(_ taps: [Matrix], team: ThreadTeam) -> [Float] {
        ladder.climb(taps.flatMap(\.values), team: team)
    }
}
