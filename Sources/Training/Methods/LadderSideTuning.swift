/// LST, Ladder Side-Tuning (arXiv 2206.06522): g alone speaks every token; no gate, no anchors. It starts from a small
/// random Up, as nothing can be learned through norm(0).
///
///     loss = E_data[ -log p_g(y) ],   p_g = softmax(E · norm(u))
extension SideMethod {
    static let ladderSideTuning = SideMethod(method: .lst, isHeldToBase: false, upDeviation: 0.02)
}
