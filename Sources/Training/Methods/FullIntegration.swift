/// Full integration (arXiv 2403.07088, Table 3): f + g speaks every token; no gate, no anchors.
///
///     loss = E_data[ -log p_I(y) ],   p_I = softmax(E · norm(rms(f) + u))
extension SideMethod {
    static let fullIntegration = SideMethod(method: .integration, isHeldToBase: false, upDeviation: 0)
}
