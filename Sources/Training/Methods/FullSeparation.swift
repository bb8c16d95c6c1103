/// Full separation (arXiv 2403.07088, Table 3): the gate chooses between f alone and g alone. The side is that of LST;
/// anchors teach the gate alone.
///
///     side loss = E_data[ -log p_g(y) ],   p_g = softmax(E · norm(u))
///     gate      = trained on tau = loss_f - loss_g on data, -KL(p_f ‖ p_g) on anchors, cross-fitted
extension SideMethod {
    static let fullSeparation = SideMethod(method: .separation, isHeldToBase: false, upDeviation: 0.02)
}
