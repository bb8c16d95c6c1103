import SPAEngine

/// What tells the methods with a side network apart in training. What each speaks from is `Method.addsToBase`, and
/// whether it has a gate `Method.hasGate`.
struct SideMethod {
    let method: Method
    /// Whether the side's loss has KL(p_f ‖ p_side) on anchors.
    let isHeldToBase: Bool
    /// The deviation of Up at the start; 0 starts at the base.
    let upDeviation: Float

    /// Of a method with a side network; nil for others.
    static func named(_ method: Method) -> SideMethod? {
        switch method {
        case .spa: spa
        case .lst: ladderSideTuning
        case .integration: fullIntegration
        case .separation: fullSeparation
        case .lora, .adapter: nil
        }
    }

    /// Where training starts.
    func start(_ sizes: SideConfiguration, seed: UInt64) -> SideNetwork {
        SideNetwork(sizes, seed: seed, upDeviation: upDeviation)
    }
}
