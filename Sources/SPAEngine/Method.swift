import Compute

/// The systems that the paper compares (arXiv 2403.07088, Tables 2 and 3), beside the base alone.
public enum Method: String, Sendable, CaseIterable {
    /// SPA: the gate chooses between f and f + g.
    case spa
    /// Ladder Side-Tuning (arXiv 2206.06522): g alone speaks every token.
    case lst
    /// Full integration: f + g speaks every token.
    case integration
    /// Full separation: the gate chooses between f alone and g alone.
    case separation
    /// Low-rank adaptation (arXiv 2106.09685) of the queries and values of every block.
    case lora
    /// Serial adapters (Houlsby et al., arXiv 1902.00751), two in every block.
    case adapter

    /// Whether a gate decides token by token; without one, every token is the plugin's.
    public var hasGate: Bool { self == .spa || self == .separation }

    /// Whether the side path speaks from rms(f) + u; otherwise from u alone.
    public var addsToBase: Bool { self == .spa || self == .integration }

    /// Whether the plugin is a side network over the base's states; otherwise it sits inside the base's blocks.
    public var usesSideNetwork: Bool { self != .lora && self != .adapter }

    /// What the head reads on the side path, [n, H].
    /// - Parameters: u and rmsFinal: the side network's output and rms(f), [n, H] each.
    package func sideState(_ u: Matrix, rmsFinal: Matrix) -> Matrix {
        guard addsToBase else { return u }
        var state = u
        VectorMath.addScaled(&state.values, rmsFinal.values, factor: 1)
        return state
    }
}
