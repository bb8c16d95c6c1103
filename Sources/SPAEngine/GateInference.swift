import Compute

/// The gate for one position at a time, as the cloud runs it: it reads the base's raw states, and the networks' first
/// matrices are in half precision. `Gate.decide` is the same for many positions.
package struct GateInference: Sendable {
    private enum Subject {
        case linear(LinearGate)
        case network(GateNetworkInference)
    }
    private let subject: Subject
    private let effect: GateNetworkInference?

    /// - Returns: nil where the system has no memory.
    package init?(_ gate: Gate) {
        var networks: [GateNetwork] = []
        if case .network(let network) = gate.subject { networks.append(network) }
        if let network = gate.effect { networks.append(network) }
        guard let hidden = HalfMatrix.all(networks.map(\.hidden)) else { return nil }
        var ready = zip(networks, hidden).map { GateNetworkInference($0, hidden: $1) }
        effect = gate.effect == nil ? nil : ready.removeLast()
        switch gate.subject {
        case .linear(let linear): subject = .linear(linear)
        case .network: subject = .network(ready.removeLast())
        }
    }

    /// Decides for one position.
    /// - Parameters:
    ///   - final: f, [1, H].
    ///   - taps: h^{l_k} of the plugin's taps, K of [1, H].
    ///   - price: what one transmission must earn, in nats; the `linear` gate has its price trained in.
    ///   - logits: the base's logits, [1, V]; asked for only by a gate that reads `confidence`.
    package func decide(
        final: Matrix, taps: [Matrix], price: Float, team: ThreadTeam, logits: () -> Matrix
    ) -> GateDecision {
        let sigma =
            switch subject {
            case .linear(let gate): gate.sigma(VectorMath.rms(final), team: team)[0]
            case .network(let network):
                SideNetwork.sigmoid(network.predict(final: final, taps: taps, team: team, logits: logits))
            }
        let effect = effect?.predict(final: final, taps: taps, team: team, logits: logits)
        return GateDecision(sigma: sigma, effect: effect, price: price)
    }
}

/// A gate's network for one position.
private struct GateNetworkInference: Sendable {
    private let sources: [GateSource]
    /// 1 / deviation and -mean / deviation, so that standardising is one product and one sum: [D].
    private let factor, offset: [Float]
    private let hidden: HalfMatrix
    private let hiddenBias, output, ones: [Float]
    private let outputBias: Float

    init(_ network: GateNetwork, hidden: HalfMatrix) {
        sources = network.sources
        factor = network.deviation.map { 1 / $0 }
        offset = zip(network.mean, factor).map { -$0 * $1 }
        self.hidden = hidden
        hiddenBias = network.hiddenBias
        output = network.output.values
        ones = hiddenBias.map { _ in 1 }
        outputBias = network.outputBias
    }

    func predict(final: Matrix, taps: [Matrix], team: ThreadTeam, logits: () -> Matrix) -> Float {
        var x = Matrix(rows: 1, columns: factor.count)
        var start = 0
        func read(_ values: [Float], _ scale: Float) {
            VectorMath.scaled(values, by: scale, weight: factor, into: &x.values, at: start)
            start += values.count
        }
        for source in sources {
            switch source {
            case .final: read(final.values, VectorMath.inverseRMS(final.values))
            case .tap(let index): read(taps[index].values, VectorMath.inverseRMS(taps[index].values))
            case .confidence: read(GateInput.confidence(logits()).values, 1)
            // A study's own column is on no cloud: its mean stands for it.
            case .added: read([0], 1)
            }
        }
        VectorMath.addScaled(&x.values, offset, factor: 1)
        var z = hidden.multiply(x, team: team).values
        VectorMath.addScaled(&z, hiddenBias, factor: 1)
        return VectorMath.dot(VectorMath.swiglu(gate: z, up: ones), output, count: output.count) + outputBias
    }
}
