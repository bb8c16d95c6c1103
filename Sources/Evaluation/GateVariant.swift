import SPAEngine
import Training

/// A gate of the study: how it differs from the default.
struct GateVariant {
    let name: String
    let recipe: GateRecipe
    /// The share of the anchors that it learns from.
    var anchorShare = 1.0

    /// The default, the paper's, and the default with one thing changed.
    static var all: [GateVariant] {
        func changed(_ name: String, anchors: Double = 1, _ change: (inout GateRecipe) -> Void) -> GateVariant {
            var recipe = GateRecipe()
            change(&recipe)
            return GateVariant(name: name, recipe: recipe, anchorShare: anchors)
        }
        return [
            changed("effect gate (the default)") { _ in },
            changed("linear gate (the paper's), price 0.3") { $0.kind = .linear },
            changed("linear gate, price 1.0") { ($0.kind, $0.linearPrice) = (.linear, 1) },
            changed("subject by the paper's matrix") { $0.subject = .linear },
            changed("subject by the final state") { $0.subjectNetwork.sources = [.final] },
            changed("effect without taps") { $0.effectNetwork.sources = [.final] },
            changed("effect with one tap") { $0.effectNetwork.sources = [.final, .tap(-2)] },
            changed("effect with the base's confidence") { $0.effectNetwork.sources += [.confidence] },
            changed(previousEffect) { $0.effectNetwork.sources += [.added] },
            changed("effect without dropout") { $0.effectNetwork.dropout = 0 },
            changed("realised effects alone") { $0.smoothsEffects = false },
            changed("effects clipped to 4 nats") { $0.effectClip = 4 },
            changed("effects not calibrated") { $0.calibratesEffects = false },
            changed("half of the anchors", anchors: 0.5) { _ in },
        ]
    }

    /// Those that answer rows for ROUGE-L over usage: the default and the paper's.
    static let answering = Array(all.prefix(2).map(\.name))

    static let previousEffect = "effect with the previous token's"
}
