/// SPA (arXiv 2403.07088): the gate chooses between f and f + g.
///
///     side loss = E_data[ -log p_I(y) ] + weight · E_anchors[ KL(p_f ‖ p_I) ],   p_I = softmax(E · norm(rms(f) + u))
///     gate      = trained on tau = loss_f - loss_I on data, -KL(p_f ‖ p_I) on anchors, cross-fitted
extension SideMethod {
    static let spa = SideMethod(method: .spa, isHeldToBase: true, upDeviation: 0)
}
